package hostile_test

import (
	"bufio"
	"context"
	"crypto/rand"
	"crypto/tls"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net"
	"net/netip"
	"time"
)

// maxFrame is the longest frame of chat/1, in bytes.
const maxFrame = 65_536

// event is what the tests read of an event of chat/1.
type event struct {
	Type  string `json:"type"`
	Re    string `json:"re"`
	Of    string `json:"of"`
	Name  string `json:"name"`
	Room  string `json:"room"`
	From  string `json:"from"`
	Text  string `json:"text"`
	Line  string `json:"line"`
	Code  string `json:"code"`
	Call  string `json:"call"`
	Retry int64  `json:"retry_ms"`
}

// request is one of chat/1.
type request map[string]any

// talk is a connection that speaks chat/1, written by hand: what our own client
// would never send can be sent.
type talk struct {
	net.Conn

	lines *bufio.Scanner
}

// dial connects from an address.
func dial(ctx context.Context, from netip.Addr, to string) (net.Conn, error) {
	d := net.Dialer{Timeout: patience, LocalAddr: net.TCPAddrFromAddrPort(netip.AddrPortFrom(from, 0))}
	return d.DialContext(ctx, "tcp4", to)
}

// open connects and says hello, in TLS or in plain text.
func open(ctx context.Context, from netip.Addr, to string, secret bool) (*talk, error) {
	conn, err := dial(ctx, from, to)
	if err != nil {
		return nil, err
	}
	if secret {
		conn = tls.Client(conn, &tls.Config{InsecureSkipVerify: true}) // the server is the test's own
	}
	t := &talk{Conn: conn, lines: bufio.NewScanner(conn)}
	t.lines.Buffer(make([]byte, 4096), maxFrame)
	if err := t.send(request{"type": "hello", "version": 1, "program": "hostile"}); err != nil {
		_ = conn.Close()
		return nil, err
	}
	return t, nil
}

func (t *talk) send(requests ...request) error {
	var all []byte
	for _, r := range requests {
		frame, err := json.Marshal(r)
		if err != nil {
			return err
		}
		all = append(append(all, frame...), '\n')
	}
	if err := t.SetWriteDeadline(time.Now().Add(patience)); err != nil {
		return err
	}
	_, err := t.Write(all)
	return err
}

// next waits for an event.
func (t *talk) next() (event, error) {
	if !t.lines.Scan() {
		if err := t.lines.Err(); err != nil {
			return event{}, err
		}
		return event{}, net.ErrClosed
	}
	var e event
	err := json.Unmarshal(t.lines.Bytes(), &e)
	return e, err
}

// ask sends a request and reads on to its answer.
func (t *talk) ask(r request) (event, error) {
	r["id"] = "asked"
	if err := t.send(r); err != nil {
		return event{}, err
	}
	for {
		e, err := t.next()
		switch {
		case err != nil:
			return e, err
		case e.Type == "goodbye":
			return e, fmt.Errorf("goodbye: %s %s", e.Code, e.Text)
		case e.Re != "asked":
		case e.Type == "refused":
			return e, fmt.Errorf("refused: %s %s", e.Code, e.Text)
		default:
			return e, nil
		}
	}
}

// random returns n random bytes in hexadecimal digits.
func random(n int) string {
	b := make([]byte, n)
	_, _ = rand.Read(b) // it never fails
	return hex.EncodeToString(b)
}

// key returns what looks like the key of a device.
func key() string {
	b := make([]byte, 32)
	_, _ = rand.Read(b)
	return base64.RawStdEncoding.EncodeToString(b)
}
