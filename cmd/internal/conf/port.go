package conf

import (
	"fmt"
	"net"
	"strconv"
	"strings"
)

// Port is a listener's port: 1 to 65535, 0 for a free one, PortOff for none.
type Port int

// PortOff switches a listener off. It is written `off` or -1.
const PortOff Port = -1

// Off reports whether the listener is switched off.
func (p Port) Off() bool { return p == PortOff }

// UnmarshalText reads a number, `off` or -1.
func (p *Port) UnmarshalText(text []byte) error {
	s := string(text)
	if s == "off" || s == "-1" {
		*p = PortOff
		return nil
	}
	n, err := strconv.ParseUint(s, 10, 16)
	if err != nil {
		return fmt.Errorf("want a port from 1 to 65535, 0 for a free one, or off, not %q", cut(s))
	}
	*p = Port(n)
	return nil
}

// MarshalText writes what UnmarshalText reads.
func (p Port) MarshalText() ([]byte, error) {
	if p.Off() {
		return []byte("off"), nil
	}
	return strconv.AppendInt(nil, int64(p), 10), nil
}

// CheckServer refuses what is neither HOST nor HOST:PORT.
func CheckServer(s string) error {
	if bare := strings.Trim(s, "[]"); !strings.Contains(bare, ":") || net.ParseIP(bare) != nil {
		return nil // the usual port
	}
	if !endsInPort(s) {
		return fmt.Errorf("want HOST or HOST:PORT, the port being a number from 1 to 65535, not %q", cut(s))
	}
	return nil
}

// CheckSocket refuses what is not HOST:PORT; the HOST may be left out.
func CheckSocket(s string) error {
	if !endsInPort(s) {
		return fmt.Errorf("want HOST:PORT, the port being a number from 1 to 65535, not %q", cut(s))
	}
	return nil
}

func endsInPort(s string) bool {
	_, port, err := net.SplitHostPort(s)
	return err == nil && CheckPort(port) == nil
}

// CheckPort refuses what is no port that can be connected to.
func CheckPort(s string) error {
	if n, err := strconv.ParseUint(s, 10, 16); err != nil || n == 0 {
		return fmt.Errorf("%q is no port: want a number from 1 to 65535", cut(s))
	}
	return nil
}

// cut shortens foreign input for a sentence.
func cut(s string) string {
	const most = 40 // bytes: enough to recognise what was typed
	if len(s) <= most {
		return s
	}
	return s[:most] + "…"
}
