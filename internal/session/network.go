package session

import (
	"context"
	"errors"
	"io"
	"net"
	"os"
	"slices"
	"strconv"
	"strings"
	"syscall"
)

// cause is what an error of the network means to a person.
type cause struct {
	errs  []error
	short string // the end of a sentence
	whole string // a sentence about WHERE; "" where it is made of short
}

// causes are looked through in their order.
var causes = []cause{
	{[]error{syscall.ECONNREFUSED}, "nobody answers there", "Nobody answers at WHERE."},
	{[]error{os.ErrDeadlineExceeded, context.DeadlineExceeded, syscall.ETIMEDOUT}, "no answer came in time", "WHERE does not answer in time."},
	{[]error{io.EOF, io.ErrUnexpectedEOF}, "the other side closed the connection", "The server closed the connection."},
	{[]error{syscall.ECONNRESET, syscall.EPIPE, syscall.ECONNABORTED}, "the connection was cut", "The connection was cut."},
	{[]error{syscall.EHOSTUNREACH, syscall.EHOSTDOWN}, "there is no way to that machine", "There is no way to WHERE: that machine is off, or can't be reached from here."},
	{[]error{syscall.ENETUNREACH, syscall.ENETDOWN}, "this machine has no way to that network", "This machine has no way to WHERE: look whether it is connected to a network."},
	{[]error{syscall.EADDRINUSE}, "another program uses it", ""},
	{[]error{syscall.EADDRNOTAVAIL}, "this machine has no such address", ""},
	{[]error{syscall.EACCES, syscall.EPERM}, "the system does not allow it", ""},
	{[]error{syscall.EMFILE, syscall.ENFILE, syscall.ENOBUFS}, "this machine has too many connections open", ""},
	{[]error{syscall.EINVAL, syscall.EAFNOSUPPORT}, "that address can't be used here", ""},
	{[]error{syscall.EMSGSIZE}, "it is too long for the network", ""},
	{[]error{net.ErrClosed}, "the connection was closed", ""},
}

// Trouble says in a sentence for people what an error of the network means that
// came of talking to where, which is HOST:PORT.
func Trouble(where string, err error) string {
	if dns, ok := errors.AsType[*net.DNSError](err); ok {
		return "The name " + unknownName(dns) + "."
	}
	if c := causeOf(err); c != nil && c.whole != "" {
		return strings.ReplaceAll(c.whole, "WHERE", where)
	}
	return "The connection to " + where + " failed: " + Cause(err) + "."
}

// Cause says the same as the end of a sentence, without the full stop.
func Cause(err error) string {
	if dns, ok := errors.AsType[*net.DNSError](err); ok {
		return "the name " + unknownName(dns)
	}
	if c := causeOf(err); c != nil {
		return c.short
	}
	for inner := err; inner != nil; inner = errors.Unwrap(inner) {
		err = inner // what stands around it are addresses and system calls
	}
	return err.Error()
}

// unknownName says of a name that it leads nowhere.
func unknownName(e *net.DNSError) string {
	const most = 100 // bytes of a name
	name := strconv.Quote(e.Name[:min(len(e.Name), most)])
	if e.IsNotFound {
		return name + " is not known here"
	}
	return name + " can't be looked up: look whether this machine is connected to a network"
}

func causeOf(err error) *cause {
	if system, ok := errors.AsType[syscall.Errno](err); ok && portable[system] != 0 {
		err = portable[system]
	}
	for i := range causes {
		if slices.ContainsFunc(causes[i].errs, func(e error) bool { return errors.Is(err, e) }) {
			return &causes[i]
		}
	}
	return nil
}
