package store

import (
	"errors"
	"fmt"
	"path/filepath"
	"strconv"

	"labchat/internal/dbfile"
)

// lockName is the file in the data directory that a daemon holds.
const lockName = "lock"

// A DirLock holds a data directory for one process.
type DirLock = dbfile.Lock

// LockedError says which process holds a data directory.
type LockedError struct {
	Dir string
	PID int // 0: not known
}

func (e *LockedError) Error() string {
	by := "another process"
	if e.PID > 0 {
		by = "process " + strconv.Itoa(e.PID)
	}
	return fmt.Sprintf("%s is in use by %s: stop that chatd first, or give another --data directory", e.Dir, by)
}

// Lock takes the data directory for this process, making it where it is
// missing. A *LockedError names the process that has it.
func Lock(dir string) (*DirLock, error) {
	if err := dbfile.MakeDir(dir); err != nil {
		return nil, fmt.Errorf("lock data directory: %w", err)
	}
	lock, by, err := dbfile.Acquire(filepath.Join(dir, lockName))
	if errors.Is(err, dbfile.ErrHeld) {
		return nil, &LockedError{Dir: dir, PID: by}
	}
	if err != nil {
		return nil, fmt.Errorf("lock data directory: %w", err)
	}
	return lock, nil
}
