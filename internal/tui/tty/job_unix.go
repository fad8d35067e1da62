//go:build unix

package tty

import (
	"context"
	"os"
	"os/signal"
	"syscall"

	"golang.org/x/sys/unix"
)

// A Job is this program as a job of a shell, which stops it and lets it go on.
type Job struct{ signals chan os.Signal }

// NewJob returns the Job of this process. From now on SIGTSTP does not stop it.
func NewJob() *Job {
	j := &Job{signals: make(chan os.Signal, 1)}
	j.listen()
	return j
}

func (j *Job) listen() { signal.Notify(j.signals, syscall.SIGTSTP, syscall.SIGCONT) }

// Watch calls asked when somebody wants the program to stop, and continued when
// it goes on after it was stopped without being asked. It returns when ctx ends.
func (j *Job) Watch(ctx context.Context, asked, continued func()) {
	defer signal.Stop(j.signals)
	for {
		select {
		case <-ctx.Done():
			return
		case s := <-j.signals:
			if s == syscall.SIGTSTP {
				asked()
			} else {
				continued()
			}
		}
	}
}

// Stop stops the program, and with group all that the shell started together
// with it, as ctrl+z does. It returns when the program goes on, or false where
// there is no shell that could let it go on. The terminal must be as the shell
// wants it.
func (j *Job) Stop(group bool) (stopped bool) {
	if !ofShell() {
		return false
	}
	signal.Stop(j.signals)
	defer j.listen()
	goesOn := make(chan os.Signal, 1)
	signal.Notify(goesOn, syscall.SIGCONT)
	defer signal.Stop(goesOn)
	if group && !stopGroup() {
		return false
	}
	// SIGTSTP does not stop a Go program that has ever asked to be told of it.
	if err := syscall.Kill(os.Getpid(), syscall.SIGSTOP); err != nil {
		return false
	}
	<-goesOn
	return true
}

// stopGroup asks all of the process group to stop, and returns when the part of
// it that is ours has come: heard later, it would be a wish to stop once more.
func stopGroup() bool {
	heard := make(chan os.Signal, 1)
	signal.Notify(heard, syscall.SIGTSTP)
	defer signal.Stop(heard)
	if err := syscall.Kill(0, syscall.SIGTSTP); err != nil {
		return false
	}
	<-heard
	return true
}

// ofShell reports whether a shell with job control has started the program: it
// puts each job into a process group, beside that of the session's leader.
func ofShell() bool {
	session, err := unix.Getsid(0)
	return err == nil && session != unix.Getpgrp()
}
