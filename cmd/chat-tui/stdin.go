package main

import (
	"errors"
	"os"

	"github.com/muesli/cancelreader"
)

// errStuck says that a Read under way could not be ended: it goes with the
// process.
var errStuck = errors.New("the input can't be interrupted")

// stdin reads standard input until Close, which ends a Read under way: a plain
// file can't promise that for a terminal or a pipe.
type stdin struct {
	*os.File
	wake cancelreader.CancelReader // nil where the system can't wake a reader of the file
}

func openStdin(f *os.File) *stdin {
	wake, err := cancelreader.NewReader(f)
	if err != nil {
		wake = nil // /dev/null is such a file; it does not keep anybody waiting
	}
	return &stdin{File: f, wake: wake}
}

// Read reads until Close.
func (s *stdin) Read(b []byte) (int, error) {
	if s.wake == nil {
		return s.File.Read(b)
	}
	return s.wake.Read(b)
}

// Close ends reading. The file itself stays open.
func (s *stdin) Close() error {
	if s.wake == nil || !s.wake.Cancel() {
		return errStuck
	}
	return nil
}

// release gives back what waking took; nobody may read any more.
func (s *stdin) release() {
	if s.wake != nil {
		_ = s.wake.Close() // descriptors of our own, at the end
	}
}
