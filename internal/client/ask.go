package client

import (
	"bufio"
	"context"
	"errors"
	"io"
	"net"
	"os"
	"strings"
	"time"

	"labchat/internal/wire"
	"labchat/internal/wire/dialects"
)

// The ports of the small services.
const (
	ClockPort = "2020" // UDP
	SumPort   = "1301"
	ArithPort = "1303"
)

const (
	// askTimeout bounds the wait for an answer over TCP.
	askTimeout = 10 * time.Second
	// pauseAfterName keeps a name and an expression from arriving together
	// where the service is silent between them: it takes one read for one
	// message.
	pauseAfterName = 250 * time.Millisecond
	// greetingWithin is how long the greeting of a style that has one may take;
	// after that the service is of the style that says nothing to a name.
	greetingWithin = 3 * time.Second
	// farewellTimeout is how long a service may take to end the connection
	// after it was told that there is no more.
	farewellTimeout = time.Second
)

// clockTries are how long each question for the time waits for its answer: a
// datagram may get lost.
var clockTries = []time.Duration{time.Second, 1500 * time.Millisecond, 2 * time.Second}

// Question is what one of the small services of a host is asked.
type Question struct {
	Server  string       // HOST:PORT of the service
	Request wire.Request // Calc, or Clock
	Dialect string       // of Calc: sum, or a style of arith
	Name    string       // that arithmetic begins with
	Known   KnownServers // one of these over TCP is a chat server and no service; nil: none is known
	Style   func(string) // called where arithmetic is of another style than Dialect, with that; nil: nobody wants to know
	Dial    func(ctx context.Context, network, addr string) (net.Conn, error)
}

// Ask asks and returns the *wire.Calculated or *wire.ClockTold. The error is a
// sentence, or the context's.
func Ask(ctx context.Context, q Question) (wire.Event, error) {
	e, err := q.ask(ctx)
	switch {
	case err == nil:
		return e, nil
	case ctx.Err() != nil:
		return nil, ctx.Err()
	}
	return nil, lost("%s", networkReason(q.Server, err))
}

func (q Question) ask(ctx context.Context) (wire.Event, error) {
	if r, ok := q.Request.(wire.Clock); ok {
		return over(ctx, q, "udp", func(conn net.Conn) (wire.Event, error) { return askClock(conn, r) })
	}
	a, err := newAsker(q)
	if err != nil {
		return nil, err
	}
	if err := RefuseKnown(q.Known, q.Server, "Look for the service's port."); err != nil {
		return nil, err
	}
	return over(ctx, q, "tcp", func(conn net.Conn) (wire.Event, error) {
		if remote := conn.RemoteAddr(); isLoopback(remote) {
			if err := RefuseKnown(q.Known, remote.String(), "Look for the service's port."); err != nil {
				return nil, err
			}
		}
		return a.ask(ctx, conn)
	})
}

// over connects, and ends the connection when use returns or ctx ends.
func over(ctx context.Context, q Question, network string, use func(net.Conn) (wire.Event, error)) (wire.Event, error) {
	conn, err := q.dial(ctx, network)
	if err != nil {
		return nil, err
	}
	defer drop(conn)
	defer context.AfterFunc(ctx, func() { drop(conn) })()
	return use(conn)
}

func (q Question) dial(ctx context.Context, network string) (net.Conn, error) {
	ctx, cancel := context.WithTimeout(ctx, dialTimeout)
	defer cancel()
	if q.Dial != nil {
		return q.Dial(ctx, network, q.Server)
	}
	var d net.Dialer
	return d.DialContext(ctx, network, q.Server)
}

// askClock asks again where no answer comes.
func askClock(conn net.Conn, r wire.Clock) (wire.Event, error) {
	codec := dialects.DatagramsByName("clock").Client()
	question, err := codec.AppendDatagrams(nil, r)
	if err != nil {
		return nil, err
	}
	for _, wait := range clockTries {
		if _, err := conn.Write(question[0]); err != nil {
			return nil, err
		}
		conn.SetReadDeadline(time.Now().Add(wait))
		e, err := readClock(conn, codec, r.Date)
		if !errors.Is(err, os.ErrDeadlineExceeded) {
			return e, err
		}
	}
	return nil, os.ErrDeadlineExceeded
}

// readClock reads until an answer of the kind that was asked for. The other
// kind may be on its way to somebody who had this port before.
func readClock(conn net.Conn, codec wire.DatagramClient, date bool) (wire.Event, error) {
	var buf [1024]byte
	for {
		n, err := conn.Read(buf[:])
		if err != nil {
			return nil, err
		}
		e, err := codec.ParseDatagram(buf[:n])
		if err != nil {
			return nil, lost("The answer %.100q is neither a date nor a time.", buf[:n])
		}
		switch e := e.(type) {
		case *wire.Refused:
			return nil, lost("The service answers %q.", e.Text)
		case *wire.ClockTold:
			if e.Date == date {
				return e, nil
			}
		default:
		}
	}
}

// asker is what is said to a service that computes.
type asker struct {
	Question

	dialect  wire.Dialect
	codec    wire.ClientCodec
	hello    []byte // nil where the dialect does not begin with a name
	greeted  bool   // the service answers it
	question []byte
	goodbye  []byte
}

// newAsker finds out what is said, before anybody is spoken to.
func newAsker(q Question) (*asker, error) {
	a := &asker{Question: q}
	return a, a.speak(q.Dialect)
}

// speak finds out what is said in a dialect.
func (a *asker) speak(dialect string) error {
	a.dialect = dialects.ByName(dialect)
	if a.dialect == nil {
		return lost("There is no dialect %q.", dialect)
	}
	a.codec = a.dialect.Client()
	hello := wire.Hello{Program: a.Name}
	var err error
	if a.hello, err = a.codec.AppendRequest(nil, hello); err != nil && !errors.Is(err, wire.ErrUnsupported) {
		return lost("The service can't be told the name %.100q. Take another one.", a.Name)
	}
	a.greeted = a.codec.Assume(hello) == nil
	if a.goodbye, err = a.codec.AppendRequest(nil, wire.Quit{}); err != nil {
		return lost("%s is no dialect of a service that computes.", dialect)
	}
	if a.question, err = a.codec.AppendRequest(nil, a.Request); err != nil {
		return lost("The service speaks %s, which does not take this expression.", dialect)
	}
	return nil
}

// ask says a name where the dialect begins with one, asks, and says that there
// is no more.
func (a *asker) ask(ctx context.Context, conn net.Conn) (wire.Event, error) {
	conn.SetDeadline(time.Now().Add(askTimeout))
	if a.hello != nil {
		if err := a.introduce(ctx, conn); err != nil {
			return nil, err
		}
	}
	if _, err := conn.Write(a.question); err != nil {
		return nil, err
	}
	answer, err := a.answer(conn)
	if err != nil {
		return nil, err
	}
	// What goes wrong now harms nobody: the answer is here.
	if _, err := conn.Write(a.goodbye); err == nil {
		conn.SetReadDeadline(time.Now().Add(farewellTimeout))
		_, _ = io.Copy(io.Discard, conn)
	}
	return answer, nil
}

// answer reads the value. A greeting that comes in its place is late, and says
// which style is spoken.
func (a *asker) answer(conn net.Conn) (*wire.Calculated, error) {
	frames := bufio.NewScanner(conn)
	frames.Buffer(nil, a.dialect.MaxBytes()+1)
	frames.Split(a.dialect.Split)
	answer, err := await[*wire.Calculated](frames, a.codec)
	if err != nil || a.hello == nil || styleOf(answer.Value) == "" {
		return answer, err
	}
	if err := a.restyle(styleOf(answer.Value)); err != nil {
		return nil, err
	}
	return await[*wire.Calculated](frames, a.codec)
}

// introduce says a name and waits for the greeting, or as long as a silent
// service may take to read the name. What comes, or that nothing does, says which
// style is spoken: the originals serve one connection, so that there is no second
// one to try another on.
func (a *asker) introduce(ctx context.Context, conn net.Conn) error {
	if _, err := conn.Write(a.hello); err != nil {
		return err
	}
	wait := pauseAfterName
	if a.greeted {
		wait = greetingWithin
	}
	conn.SetReadDeadline(time.Now().Add(wait))
	var buf [1024]byte
	n, err := conn.Read(buf[:])
	conn.SetReadDeadline(time.Now().Add(askTimeout))
	greeting := string(buf[:n])
	switch {
	case n > 0 && styleOf(greeting) == "":
		return lost("The service says %.100q instead of waiting for an expression. Look for the arithmetic's port.", greeting)
	case n > 0:
		return a.restyle(styleOf(greeting))
	case errors.Is(err, os.ErrDeadlineExceeded) && ctx.Err() == nil:
		return a.restyle(silentStyle(a.dialect.Name(), a.greeted))
	default:
		return err
	}
}

// restyle goes on in the style that the service speaks.
func (a *asker) restyle(dialect string) error {
	if dialect == a.dialect.Name() {
		return nil
	}
	if a.Style != nil {
		a.Style(dialect)
	}
	return a.speak(dialect)
}

// styleOf tells the style of arithmetic by how it greets, "" where that is no
// greeting.
func styleOf(greeting string) string {
	switch {
	case strings.HasPrefix(greeting, "Hello "):
		return "arith-hello"
	case strings.HasPrefix(greeting, "Welcome!"):
		return "arith-welcome"
	default:
		return ""
	}
}

// silentStyle is the style of a service that says nothing to a name.
func silentStyle(dialect string, greets bool) string {
	if greets {
		return "arith"
	}
	return dialect
}
