package dbfile

import (
	"errors"
	"io"
	"os"
	"strconv"
	"strings"
)

// maxPID is how many bytes of a lock file are read: more is no number.
const maxPID = 32

// ErrHeld is what Acquire answers when another process has the lock.
var ErrHeld = errors.New("held by another process")

// A Lock is a file that one process holds. The system gives it up when the
// process ends, whatever becomes of it.
type Lock struct{ f *os.File }

// Acquire takes a lock for this process, making the file where it is missing.
// With ErrHeld comes the process that has it, 0 where that is not known.
func Acquire(file string) (l *Lock, by int, err error) {
	f, err := openLock(file)
	if errors.Is(err, ErrHeld) {
		return nil, holder(file), err
	}
	if err != nil {
		return nil, 0, err
	}
	if err = f.Truncate(0); err == nil {
		_, err = f.WriteAt([]byte(strconv.Itoa(os.Getpid())+"\n"), 0)
	}
	if err != nil {
		return nil, 0, errors.Join(err, f.Close())
	}
	return &Lock{f: f}, 0, nil
}

// Release gives the lock up; it may be called again. The file stays: to remove
// it would let two processes hold two files of one name.
func (l *Lock) Release() error {
	if l.f == nil {
		return nil
	}
	err := errors.Join(l.f.Truncate(0), l.f.Close())
	l.f = nil
	return err
}

// holder reads the number of the process that has written the file, 0 where
// there is none.
func holder(file string) int {
	f, err := os.Open(file)
	if err != nil {
		return 0
	}
	defer func() { _ = f.Close() }() // it only read
	text, _ := io.ReadAll(io.LimitReader(f, maxPID))
	pid, err := strconv.Atoi(strings.TrimSpace(string(text)))
	if err != nil {
		return 0
	}
	return pid
}
