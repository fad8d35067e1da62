package archive

import (
	"errors"
	"fmt"
	"path/filepath"
	"strconv"

	"labchat/internal/dbfile"
)

// lockName is the file in a profile's directory that its one user holds.
const lockName = "archive.lock"

// LockedError says that another program uses the profile.
type LockedError struct {
	Dir string
	PID string // of the holder, "" if it is not known
}

func (e *LockedError) Error() string {
	holder := "another program"
	if e.PID != "" {
		holder = "process " + e.PID
	}
	return fmt.Sprintf("the profile in %s is in use by %s: close it, or choose another profile with --profile NAME", e.Dir, holder)
}

// lock takes the profile for this process.
func lock(dir string) (*dbfile.Lock, error) {
	l, by, err := dbfile.Acquire(filepath.Join(dir, lockName))
	if !errors.Is(err, dbfile.ErrHeld) {
		return l, err
	}
	locked := &LockedError{Dir: dir}
	if by > 0 {
		locked.PID = strconv.Itoa(by)
	}
	return nil, locked
}
