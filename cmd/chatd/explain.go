package main

import (
	"errors"
	"fmt"
	"net"
	"strconv"
	"syscall"

	"labchat/cmd/internal/conf"
)

// explain says what to do about a listener that can't be opened. Other errors
// say it themselves.
func (s serve) explain(err error) error {
	if dns, ok := errors.AsType[*net.DNSError](err); ok {
		return fmt.Errorf("--host %s: no address of that name is known here: give an address of this machine, 0.0.0.0 is all of them", dns.Name)
	}
	op, ok := errors.AsType[*net.OpError](err)
	if !ok || op.Op != "listen" || op.Addr == nil {
		return err
	}
	flag := s.flagOf(op.Addr)
	switch {
	case errors.Is(err, syscall.EADDRINUSE):
		return fmt.Errorf("%s is in use: stop the program that listens there, or choose another port with --%s (0 takes a free one)", op.Addr, flag)
	case errors.Is(err, syscall.EACCES):
		return fmt.Errorf("%s may not be opened: ports below 1024 belong to the system, choose another with --%s", op.Addr, flag)
	case errors.Is(err, syscall.EADDRNOTAVAIL):
		return fmt.Errorf("%s is no address of this machine: choose one with --host, 0.0.0.0 is all of them", op.Addr)
	}
	return err
}

// flagOf names the flag that moves a listener.
func (s serve) flagOf(addr net.Addr) string {
	_, port, err := net.SplitHostPort(addr.String())
	if err != nil {
		return "port"
	}
	for _, p := range []struct {
		flag string
		port conf.Port
	}{
		{"sum-port", s.Ports.SumPort},
		{"prompt-port", s.Ports.PromptPort},
		{"arith-port", s.Ports.ArithPort},
		{"names-port", s.Ports.NamesPort},
		{"prompt-accounts-port", s.Ports.PromptAccountsPort},
		{"registry-port", s.Ports.RegistryPort},
	} {
		if strconv.Itoa(int(p.port)) == port && p.port != s.Ports.Port {
			return p.flag
		}
	}
	return "port"
}
