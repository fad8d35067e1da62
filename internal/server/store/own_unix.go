//go:build unix

package store

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
)

// othersWrite are the bits of a mode by which others than the owner change a file
// or a directory, othersAny those by which they do anything.
const (
	othersWrite fs.FileMode = 0o022
	othersAny   fs.FileMode = 0o077
)

// Secure sees to it that nobody but this process's user can change a data
// directory: who can, puts another database or key there. It takes the rights of
// others away and returns what it has changed, in words; a directory or a file
// of ours in it that is another user's it refuses, as it does where rights can't
// be taken away. A directory that is missing is made. For root, who runs it for
// somebody, another owner is right.
func Secure(dir string) (mended []string, err error) { return secureFor(os.Geteuid(), dir) }

func secureFor(me int, dir string) (mended []string, err error) {
	info, err := os.Stat(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil // Lock makes it
	}
	if err != nil {
		return nil, fmt.Errorf("secure data directory: %w", err)
	}
	if mended, err = secure(me, mended, dir, info, othersWrite); err != nil {
		return nil, err
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, fmt.Errorf("secure data directory: %w", err)
	}
	for _, e := range entries {
		if !ours(e.Name()) || e.Type()&fs.ModeSocket != 0 {
			continue
		}
		file := filepath.Join(dir, e.Name())
		if info, err = os.Lstat(file); errors.Is(err, fs.ErrNotExist) {
			continue // another process's, and gone
		}
		if err != nil {
			return nil, fmt.Errorf("secure data directory: %w", err)
		}
		if mended, err = secure(me, mended, file, info, secret(e.Name())); err != nil {
			return nil, err
		}
	}
	return mended, nil
}

// ours reports whether a file of a data directory is one that chatd makes.
func ours(name string) bool {
	return strings.HasPrefix(name, fileName) || strings.HasPrefix(name, "tls.") || name == lockName
}

// secret are the rights that nobody else may have of one of our files: a
// certificate may be read.
func secret(name string) fs.FileMode {
	if name == "tls.crt" {
		return othersWrite
	}
	return othersAny
}

// secure takes the rights forbidden away from others.
func secure(me int, mended []string, file string, info fs.FileInfo, forbidden fs.FileMode) ([]string, error) {
	if st, ok := info.Sys().(*syscall.Stat_t); ok && me != 0 && int(st.Uid) != me {
		return nil, fmt.Errorf("%s belongs to another user, who can change it: give a --data directory of your own, or run chatd as its owner", file)
	}
	mode := info.Mode().Perm()
	if mode&forbidden == 0 || info.Mode()&fs.ModeSymlink != 0 { // a link has no rights of its own
		return mended, nil
	}
	err := os.Chmod(file, mode&^forbidden)
	if err == nil {
		info, err = os.Stat(file)
	}
	if err != nil || info.Mode().Perm()&forbidden != 0 {
		return nil, fmt.Errorf("others can change or read %s (mode %#o), and that can't be mended here: give a --data directory that is yours alone", file, mode)
	}
	return append(mended, fmt.Sprintf("%s had mode %#o and has %#o", file, mode, info.Mode().Perm())), nil
}
