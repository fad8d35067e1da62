//go:build !unix

package tty

import "context"

// A Job is this program as a job of a shell. This system has none.
type Job struct{}

// NewJob returns the Job of this process.
func NewJob() *Job { return &Job{} }

// Watch waits until ctx ends.
func (*Job) Watch(ctx context.Context, _, _ func()) { <-ctx.Done() }

// Stop stops nothing.
func (*Job) Stop(bool) (stopped bool) { return false }
