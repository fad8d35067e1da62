package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"labchat/cmd/internal/conf"
	"labchat/internal/archive"
	"labchat/internal/client"
	"labchat/internal/wire"
)

// profile is the client's disk while the program runs.
type profile struct {
	*archive.Archive
	thrown string // directory that goes with the program, "" stays
	lost   error  // why it is thrown away though it was to be kept
}

// kept reports whether what is in the profile will be there next time.
func (p *profile) kept() bool { return p.thrown == "" }

// Close lets go of the profile, and of its directory where nobody will come
// back to it.
func (p *profile) Close() error {
	err := p.Archive.Close()
	if p.thrown == "" {
		return err
	}
	if gone := os.RemoveAll(p.thrown); err == nil {
		err = gone
	}
	return err
}

// openProfile opens the one that dir names; "" makes one that is thrown away,
// and so does a disk that does not take a new one, unless a person has named it.
// One that exists is never left aside: its keys are who we are.
func openProfile(dir string) (*profile, error) {
	if dir == "" {
		return openThrown(nil)
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		if !isNamed(dir) {
			return openThrown(err)
		}
		return nil, fmt.Errorf("make a profile: %w", err)
	}
	inside, err := os.ReadDir(dir)
	fresh := err == nil && len(inside) == 0
	a, err := archive.Open(dir)
	switch {
	case err == nil:
		return &profile{Archive: a}, nil
	case fresh && !isNamed(dir):
		return openThrown(err)
	}
	return nil, err
}

// openThrown opens a profile that goes with the program; lost is why, where
// another one was wanted.
func openThrown(lost error) (*profile, error) {
	dir, err := os.MkdirTemp("", "chat-tui-")
	if err != nil {
		return nil, fmt.Errorf("make a profile: %w", errors.Join(lost, err))
	}
	a, err := archive.Open(dir)
	if err != nil {
		return nil, errors.Join(err, os.RemoveAll(dir))
	}
	return &profile{Archive: a, thrown: dir, lost: lost}, nil
}

// notes tells the person what they must know of the profile.
func (p *profile) notes() []string {
	if p.lost == nil {
		return nil
	}
	return []string{"nothing of this is kept on this machine: " + p.lost.Error()}
}

// namedProfiles is the directory of those that people have named.
const namedProfiles = "named"

func isNamed(dir string) bool { return filepath.Base(filepath.Dir(dir)) == namedProfiles }

// profileDir is where a session's profile lives: one directory for each server
// and account, or the named one; "" for what is thrown away.
func profileDir(r *reach) string {
	root := profilesRoot()
	switch {
	case root == "":
		return ""
	case r.Profile != "":
		return filepath.Join(root, namedProfiles, fileName(r.Profile))
	case r.User == "":
		return ""
	}
	server := r.address()
	if r.ServerKey != "" {
		server = r.ServerKey
	}
	who := wire.Fold(r.User)
	if r.mode() == client.ModeGuest {
		who = "~" + who // not to be mixed up with the account of that name
	}
	return filepath.Join(root, fileName(strings.ToLower(server)), fileName(who))
}

// profilesRoot has all profiles; "" where the user has no place for data.
func profilesRoot() string { return conf.DataDir("labchat", "profiles") }

// fileName spells s with what every file system takes, and two different
// strings differently.
func fileName(s string) string {
	var b strings.Builder
	for _, c := range []byte(s) {
		switch {
		case c >= 'a' && c <= 'z', c >= 'A' && c <= 'Z', c >= '0' && c <= '9', strings.IndexByte("-_~", c) >= 0, c == '.' && b.Len() > 0:
			b.WriteByte(c)
		default:
			fmt.Fprintf(&b, "%%%02x", c)
		}
	}
	return b.String()
}
