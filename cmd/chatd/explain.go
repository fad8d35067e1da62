package main

import (
	"errors"
	"fmt"
	"net"
	"syscall"

	"labchat/internal/server"
)

// explain says what to do about a listener that can't be opened. Other errors
// say it themselves.
func explain(err error) error {
	refused, ok := errors.AsType[*server.ListenError](err)
	if !ok {
		return err
	}
	if dns, ok := errors.AsType[*net.DNSError](err); ok {
		return fmt.Errorf("--host %s: no address of that name is known here: give an address of this machine, 0.0.0.0 is all of them", dns.Name)
	}
	op, ok := errors.AsType[*net.OpError](err)
	if !ok || op.Op != "listen" || op.Addr == nil {
		return err
	}
	switch flag := refused.Family.Flag; {
	case errors.Is(err, syscall.EADDRINUSE):
		return fmt.Errorf("%s is in use: stop the program that listens there, or choose another port with --%s (0 takes a free one)", op.Addr, flag)
	case errors.Is(err, syscall.EACCES):
		return fmt.Errorf("%s may not be opened: ports below 1024 belong to the system, choose another with --%s", op.Addr, flag)
	case errors.Is(err, syscall.EADDRNOTAVAIL):
		return fmt.Errorf("%s is no address of this machine: choose one with --host, 0.0.0.0 is all of them", op.Addr)
	}
	return err
}
