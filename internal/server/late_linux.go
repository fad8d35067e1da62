package server

import (
	"fmt"
	"os"
	"sync"
	"time"

	"golang.org/x/sys/unix"
)

// fdTimer is a timerfd that Go's poller waits for, which is exact.
type fdTimer struct {
	file *os.File
	fd   int
	c    chan struct{}
	done sync.WaitGroup
}

func newLateTimer() (lateTimer, error) {
	fd, err := unix.TimerfdCreate(unix.CLOCK_MONOTONIC, unix.TFD_NONBLOCK|unix.TFD_CLOEXEC)
	if err != nil {
		return nil, fmt.Errorf("make a timer: %w", err)
	}
	t := &fdTimer{file: os.NewFile(uintptr(fd), "timer"), fd: fd, c: make(chan struct{}, 1)}
	t.done.Go(t.wait)
	return t, nil
}

// wait passes on what the kernel says, until the timer is closed.
func (t *fdTimer) wait() {
	var expirations [8]byte
	for {
		if _, err := t.file.Read(expirations[:]); err != nil {
			return
		}
		signal(t.c)
	}
}

func (t *fdTimer) arm(after time.Duration) { t.set(max(1, after)) }
func (t *fdTimer) stop()                   { t.set(0) }
func (t *fdTimer) fired() <-chan struct{}  { return t.c }

func (t *fdTimer) close() {
	_ = t.file.Close() // it held no data
	t.done.Wait()
}

func (t *fdTimer) set(after time.Duration) {
	spec := unix.ItimerSpec{Value: unix.NsecToTimespec(after.Nanoseconds())}
	// It fails for a wrong argument only.
	_ = unix.TimerfdSettime(t.fd, 0, &spec, nil)
}
