package netlab

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"runtime"

	"golang.org/x/sys/unix"
)

// namespace is a network of its own. It lives as long as its file is open, or
// a process or socket is in it.
type namespace struct{ file *os.File }

func newNamespace() (*namespace, error) {
	ns := &namespace{}
	return ns, onThread(func() error {
		err := unix.Unshare(unix.CLONE_NEWNET)
		if err != nil {
			return os.NewSyscallError("unshare", err)
		}
		ns.file, err = os.Open("/proc/thread-self/ns/net")
		return err
	})
}

// onThread runs f on a thread that ends with it: f takes the thread to another
// namespace, where nobody else must find himself.
func onThread(f func() error) error {
	done := make(chan error)
	go func() {
		runtime.LockOSThread() // and never unlocked
		done <- f()
	}()
	return <-done
}

// do runs f in the namespace. What f opens stays there.
func (n *namespace) do(f func() error) error {
	return onThread(func() error {
		if err := unix.Setns(int(n.file.Fd()), unix.CLONE_NEWNET); err != nil {
			return os.NewSyscallError("setns", err)
		}
		return f()
	})
}

// path names the namespace for other processes.
func (n *namespace) path() string { return fmt.Sprintf("/proc/%d/fd/%d", os.Getpid(), n.file.Fd()) }

// command prepares a program that runs in the namespace. nsenter becomes it, so
// that its process is the program's own.
func (n *namespace) command(ctx context.Context, name string, args ...string) *exec.Cmd {
	all := append([]string{"--net=" + n.path(), "--", name}, args...)
	return exec.CommandContext(ctx, "nsenter", all...) //nolint:gosec // a test says what runs
}
