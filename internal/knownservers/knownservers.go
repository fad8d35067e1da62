// Package knownservers is the file in which one user's programs note the keys of
// the servers that were spoken to over TLS, as ssh has its known_hosts. All
// profiles and all programs of the user share it.
//
// A line is SERVER KEY, parted by blanks:
//
//	chat.example.org:1300 ca
//	127.0.0.1:1300 SHA256:4rxlMFPoTZAA6YVvyv2ZMZuNzUy0pTIlOoGNZIRRzno
//	local:/home/ann/.local/share/labchat/local SHA256:VBXjBzCOkzWlZf3xb0QxNvtIhWjYkPyQqcAIYnuTGH8
//
// KEY is the fingerprint of the server's public key, or "ca" for a certificate
// that was valid for its name, whose key may change. SERVER is HOST:PORT,
// "local:" and a data directory, in which blanks, % and # are written as %20,
// %25 and %23. What follows a # at the beginning of a line is a comment. Lines
// that begin with "node=" are of earlier versions, and of no use any more.
//
// The file is read anew at each question, because other programs write it too.
// It is replaced as a whole, under a lock, and lines that can't be read stay in
// it for a person to mend.
package knownservers

import (
	"bytes"
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"net"
	"net/netip"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"
	"unicode"

	"labchat/internal/dbfile"
)

const (
	// certified stands for a certificate that was valid for its name.
	certified = "ca"
	// localPrefix is before a data directory.
	localPrefix = "local:"
	// nodePrefix is before what a server calls itself, in files of earlier versions.
	nodePrefix = "node="
	// lockWithin bounds the wait for other programs that write the file.
	lockWithin = 5 * time.Second
	// lockEvery is how often the lock is tried: nobody holds it for long.
	lockEvery = 5 * time.Millisecond
	// printBytes is the length of a fingerprint.
	printBytes = 32

	// byteOrderMark is what some editors put in front of a file.
	byteOrderMark = "\ufeff"

	header = "# The keys of servers that were spoken to over TLS, one a line: SERVER KEY.\n" +
		"# \"ca\" is a certificate that is valid for the server's name. Delete a line to forget a server.\n"
)

// errNoPlace is that of a File without a name.
var errNoPlace = errors.New("there is no directory for it: set HOME, or XDG_DATA_HOME")

// LineError says that lines of the file can't be read.
type LineError struct {
	Path string
	Line int // the first of them
}

func (e *LineError) Error() string {
	return fmt.Sprintf("line %d of %s can't be read: mend or delete it", e.Line, e.Path)
}

// File is a known-servers file. Its methods may be called by several goroutines
// and programs.
type File struct {
	path string

	mu      sync.Mutex
	unsaved map[string]string // noted here, because the file took nothing
}

// At returns the file of that name, which need not exist. Nothing is read yet.
// Without a name nothing can be noted for longer than the program runs.
func At(path string) *File { return &File{path: path, unsaved: map[string]string{}} }

// String names the file for people.
func (f *File) String() string { return f.path }

// Exists reports whether the file is there.
func (f *File) Exists() bool {
	_, err := os.Stat(f.path)
	return err == nil
}

// Local is what the server of a data directory is called: its port changes.
func Local(dir string) string { return localPrefix + dir }

// Key returns the fingerprint that a server is known by, "" for a certificate
// that was valid for its name. A *LineError may come with a known server; with
// an unknown one it says that the server may be known by a line that can't be
// read.
func (f *File) Key(server string) (key string, known bool, err error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	server = normal(server)
	text, err := f.read()
	if err != nil {
		return "", false, err
	}
	entries, bad := f.parse(text)
	key, known = entries[server]
	if !known {
		key, known = f.unsaved[server]
	}
	if bad != nil {
		return key, known, bad
	}
	return key, known, nil
}

// Add notes the key of a server that is not known. What is known of it stays:
// another program may have been faster.
func (f *File) Add(server, key string) error {
	return f.note(map[string]string{server: key}, false)
}

// AddAll notes several, all in one step.
func (f *File) AddAll(keys map[string]string) error { return f.note(keys, false) }

// Set notes the key of a server in place of what was known of it.
func (f *File) Set(server, key string) error {
	return f.note(map[string]string{server: key}, true)
}

func (f *File) note(keys map[string]string, replace bool) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	err := f.change(func(text []byte) ([]byte, error) {
		for _, server := range slices.Sorted(maps.Keys(keys)) {
			entries, bad := f.parse(text)
			server, key := normal(server), keys[server]
			old, known := entries[server]
			added := line(server, key)
			if of, _, kind := split([]byte(added)); kind != isEntry || of != server {
				return nil, fmt.Errorf("%q can't be written in %s", server, f.path)
			}
			switch {
			case known && (!replace || old == key):
				continue
			case !known && !replace && bad != nil:
				return nil, bad
			}
			if text = without(text, server); len(text) == 0 {
				text = []byte(header)
			}
			text = append(text, added...)
		}
		return text, nil
	})
	for server, key := range keys {
		server = normal(server)
		if err == nil {
			delete(f.unsaved, server)
		} else if _, there := f.unsaved[server]; replace || !there {
			f.unsaved[server] = key // as long as the program runs
		}
	}
	if err != nil {
		return fmt.Errorf("note the server's key: %w", err)
	}
	return nil
}

// Forget drops what is known of a server.
func (f *File) Forget(server string) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	server = normal(server)
	delete(f.unsaved, server)
	if err := f.change(func(text []byte) ([]byte, error) { return without(text, server), nil }); err != nil {
		return fmt.Errorf("forget the server's key: %w", err)
	}
	return nil
}

// read returns the file's text, nil where there is no file.
func (f *File) read() ([]byte, error) {
	text, err := os.ReadFile(f.path)
	if errors.Is(err, fs.ErrNotExist) || errors.Is(err, syscall.ENOTDIR) {
		return nil, nil
	}
	return bytes.TrimPrefix(text, []byte(byteOrderMark)), err
}

// parse returns all servers with their keys, and where there are lines that
// can't be read the first of them.
func (f *File) parse(text []byte) (entries map[string]string, bad *LineError) {
	entries = map[string]string{}
	n := 0
	for l := range bytes.Lines(text) {
		n++
		server, key, kind := split(l)
		if old, twice := entries[server]; kind == isEntry && twice && old != key {
			kind = isBad // the first one counts
		}
		switch {
		case kind == isEntry:
			entries[server] = key
		case kind == isBad && bad == nil:
			bad = &LineError{Path: f.path, Line: n}
		}
	}
	return entries, bad
}

// kind is what a line of the file is.
type kind uint8

const (
	isBlank kind = iota // or a comment
	isEntry
	isBad
)

// split reads a line.
func split(l []byte) (server, key string, _ kind) {
	fields := strings.Fields(string(l))
	if len(fields) == 0 || strings.HasPrefix(fields[0], "#") {
		return "", "", isBlank
	}
	server, err := url.PathUnescape(fields[0])
	if err != nil || len(fields) != 2 || !isServer(server) {
		return "", "", isBad
	}
	switch key = fields[1]; {
	case key == certified:
		return normal(server), "", isEntry
	case isPrint(key):
		return normal(server), key, isEntry
	}
	return "", "", isBad
}

func isServer(s string) bool {
	if strings.HasPrefix(s, localPrefix) || strings.HasPrefix(s, nodePrefix) {
		return true
	}
	_, port, err := net.SplitHostPort(s)
	return err == nil && port != ""
}

func isPrint(key string) bool {
	rest, found := strings.CutPrefix(key, "SHA256:")
	raw, err := base64.RawStdEncoding.DecodeString(rest)
	return found && err == nil && len(raw) == printBytes
}

// line writes an entry.
func line(server, key string) string {
	if key == "" {
		key = certified
	}
	var escaped strings.Builder
	for _, r := range server {
		if r == '%' || r == '#' || unicode.IsSpace(r) || unicode.IsControl(r) {
			for _, b := range []byte(string(r)) {
				fmt.Fprintf(&escaped, "%%%02X", b)
			}
			continue
		}
		escaped.WriteRune(r)
	}
	return escaped.String() + " " + key + "\n"
}

// without returns the text without the lines of a server, and with an end to
// its last line.
func without(text []byte, server string) []byte {
	var out []byte
	for l := range bytes.Lines(text) {
		if of, _, kind := split(l); kind == isEntry && of == server {
			continue
		}
		if !bytes.HasSuffix(l, []byte("\n")) {
			l = append(bytes.Clone(l), '\n')
		}
		out = append(out, l...)
	}
	return out
}

// change replaces the file by what edit makes of its text, under the lock.
func (f *File) change(edit func(text []byte) ([]byte, error)) error {
	if f.path == "" {
		return errNoPlace
	}
	if err := os.MkdirAll(filepath.Dir(f.path), 0o700); err != nil {
		return err
	}
	lock, err := f.lock()
	if err != nil {
		return err
	}
	defer func() { _ = lock.Release() }() // the system releases it with the process at the latest
	text, err := f.read()
	if err != nil {
		return err
	}
	changed, err := edit(text)
	if err != nil || bytes.Equal(changed, text) {
		return err
	}
	return dbfile.Replace(f.path, changed)
}

// lock waits for the other programs that write the file.
func (f *File) lock() (*dbfile.Lock, error) {
	late := time.NewTimer(lockWithin)
	defer late.Stop()
	again := time.NewTicker(lockEvery)
	defer again.Stop()
	for {
		l, _, err := dbfile.Acquire(f.path + ".lock")
		if !errors.Is(err, dbfile.ErrHeld) {
			return l, err
		}
		select {
		case <-late.C:
			return nil, fmt.Errorf("%s.lock: %w", f.path, err)
		case <-again.C:
		}
	}
}

// normal spells a server in the one way in which it is compared: names without
// regard to case, addresses in their shortest form, and ports as numbers. What
// usually leads to this machine is its address 127.0.0.1: no host, localhost,
// ::1 and the unspecified addresses. Whoever answers at one of these is held to
// the key of the others.
func normal(server string) string {
	if dir, local := strings.CutPrefix(server, localPrefix); local {
		return localPrefix + filepath.Clean(dir)
	}
	if strings.HasPrefix(server, nodePrefix) {
		return server
	}
	host, port, err := net.SplitHostPort(server)
	if err != nil {
		return strings.ToLower(server)
	}
	if n, err := net.DefaultResolver.LookupPort(context.Background(), "tcp", port); err == nil {
		port = strconv.Itoa(n)
	}
	host = strings.TrimSuffix(strings.ToLower(host), ".")
	ip, err := netip.ParseAddr(host)
	ip = ip.Unmap()
	switch {
	case host == "", host == "localhost",
		err == nil && (ip.IsUnspecified() || ip.Is6() && ip.IsLoopback()):
		host = "127.0.0.1"
	case err == nil:
		host = ip.String()
	}
	return net.JoinHostPort(host, port)
}
