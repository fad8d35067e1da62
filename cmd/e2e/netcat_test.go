package e2e_test

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"net"
	"os"
	"time"
)

// netcat is nc as OpenBSD's, with the flags that the pages use: the programs
// of that name differ between systems, and many have none. With -N the end of
// the input ends what is sent; without it the connection stays until the other
// side ends it. Each read of the input is a datagram with -u; -w ends it when
// nothing has come for so many seconds after the input's end.
func netcat(args []string) int {
	flags := flag.NewFlagSet("nc", flag.ContinueOnError)
	shut := flags.Bool("N", false, "")
	udp := flags.Bool("u", false, "")
	wait := flags.Int("w", 0, "")
	from := flags.String("s", "", "")
	if err := flags.Parse(splitNumber(args)); err != nil || flags.NArg() != 2 {
		fmt.Fprintln(os.Stderr, "usage: nc [-N] [-u] [-w SECONDS] [-s ADDRESS] HOST PORT")
		return 1
	}
	network, dialer := "tcp", net.Dialer{LocalAddr: &net.TCPAddr{IP: net.ParseIP(*from)}}
	if *udp {
		network, dialer = "udp", net.Dialer{LocalAddr: &net.UDPAddr{IP: net.ParseIP(*from)}}
	}
	conn, err := dialer.Dial(network, net.JoinHostPort(flags.Arg(0), flags.Arg(1)))
	if err != nil {
		fmt.Fprintln(os.Stderr, "nc:", err)
		return 1
	}
	defer conn.Close()
	go func() {
		_, _ = io.Copy(conn, os.Stdin) // a side that has ended is seen by who reads
		if tcp, ok := conn.(*net.TCPConn); ok && *shut {
			_ = tcp.CloseWrite()
		}
		if *wait > 0 {
			_ = conn.SetReadDeadline(time.Now().Add(time.Duration(*wait) * time.Second))
		}
	}()
	if _, err := io.Copy(os.Stdout, conn); err != nil && !errors.Is(err, os.ErrDeadlineExceeded) {
		fmt.Fprintln(os.Stderr, "nc:", err)
		return 1
	}
	return 0
}

// splitNumber makes -w 1 of -w1.
func splitNumber(args []string) []string {
	var all []string
	for _, a := range args {
		if len(a) > 2 && a[:2] == "-w" {
			all = append(all, "-w", a[2:])
			continue
		}
		all = append(all, a)
	}
	return all
}
