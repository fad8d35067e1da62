package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/adrg/xdg"

	"labchat/internal/archive"
	"labchat/internal/client"
	"labchat/internal/wire"
)

// profile is the client's disk while the program runs.
type profile struct {
	*archive.Archive
	thrown string // directory that goes with the program, "" stays
}

// kept says whether what is in the profile will be there next time.
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

// openProfile opens the one that dir names; "" makes one that is thrown away.
func openProfile(dir string) (*profile, error) {
	p := &profile{}
	if dir == "" {
		var err error
		if dir, err = os.MkdirTemp("", "chat-tui-"); err != nil {
			return nil, fmt.Errorf("make a profile: %w", err)
		}
		p.thrown = dir
	} else if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("make a profile: %w", err)
	}
	var err error
	if p.Archive, err = archive.Open(dir); err != nil {
		if p.thrown != "" {
			err = errors.Join(err, os.RemoveAll(p.thrown))
		}
		return nil, err
	}
	return p, nil
}

// profileDir is where a session's profile lives: one directory for each server
// and account, or the named one; "" for what is thrown away.
func profileDir(r *reach) string {
	root := profilesRoot()
	switch {
	case r.Profile != "":
		return filepath.Join(root, "named", fileName(r.Profile))
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

func profilesRoot() string { return filepath.Join(xdg.DataHome, "labchat", "profiles") }

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
