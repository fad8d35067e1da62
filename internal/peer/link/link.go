package link

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net/netip"
	"sync"
	"time"

	"github.com/quic-go/quic-go"

	"labchat/internal/peer/private/gate"
	"labchat/internal/wire"
	"labchat/internal/wire/peer1"
)

// Code says why a connection was ended.
type Code = quic.ApplicationErrorCode

// The codes that a connection is closed with.
const (
	CodeDone    Code = 0 // nothing is wrong
	CodeFailed  Code = 1 // what was said can't be read, or took too long
	CodeOther   Code = 2 // another way is looked for
	CodeVersion Code = 3 // the other side speaks a version that is not spoken here
	CodeMistake Code = 4 // it is not who was meant, or means somebody else
)

// readSize is how much of the conversation is read at a time.
const readSize = 4 << 10

// Link is a connection with one device. One goroutine may read, one write.
type Link struct {
	Key     string // of the other device
	Relayed bool

	conn   *quic.Conn
	stream *quic.Stream
	read   *bufio.Scanner
	once   sync.Once
}

func newLink(conn *quic.Conn, stream *quic.Stream, key string, relayed bool) *Link {
	k := &Link{Key: key, Relayed: relayed, conn: conn, stream: stream, read: bufio.NewScanner(stream)}
	k.read.Buffer(make([]byte, 0, readSize), wire.MaxFrame+4)
	k.read.Split(func(data []byte, atEOF bool) (int, []byte, error) {
		advance, frame, err := peer1.Split(data)
		if advance == 0 && err == nil && atEOF && len(data) > 0 {
			err = io.ErrUnexpectedEOF
		}
		return advance, frame, err
	})
	return k
}

// Read waits for the next message. Those that are not known here are passed
// over.
func (k *Link) Read() (peer1.Message, error) {
	for k.read.Scan() {
		m, err := peer1.Parse(k.read.Bytes())
		if err != nil {
			k.Close(true)
			return nil, fmt.Errorf("read a message: %w", err)
		}
		if m != nil {
			return m, nil
		}
	}
	if err := k.read.Err(); err != nil {
		return nil, err
	}
	return nil, io.EOF
}

// errBarred is for bytes that the gate does not let out on the link.
var errBarred = errors.New("nothing may be said to that key")

// Write writes messages that peer1.Append has made, if the gate has let them out
// to the other device. It waits while the other side does not keep up.
func (k *Link) Write(v gate.Verdict, frames []byte) error {
	if !v.Links(k.Key) {
		return errBarred
	}
	_, err := k.stream.Write(frames)
	return err
}

// Finish says that nothing more will be written; what was written still arrives.
// The other side ends the connection then.
func (k *Link) Finish() { _ = k.stream.Close() } // an error says that it has ended already

// Close ends the connection at once. What was written and has not arrived is
// lost.
func (k *Link) Close(failed bool) {
	code := CodeDone
	if failed {
		code = CodeFailed
	}
	k.Refuse(code)
}

// GiveUp is Close for a connection that another one is to take the place of.
func (k *Link) GiveUp() { k.Refuse(CodeOther) }

// Refuse closes the connection and tells the other side why.
func (k *Link) Refuse(why Code) {
	k.once.Do(func() { _ = k.conn.CloseWithError(why, "") }) // it has ended then, whatever it says
}

// Done is closed when the connection has ended.
func (k *Link) Done() <-chan struct{} { return k.conn.Context().Done() }

// Gone reports whether the other side has ended the connection in order.
func Gone(err error) bool {
	var app *quic.ApplicationError
	return errors.Is(err, io.EOF) || errors.As(err, &app) && app.ErrorCode == CodeDone
}

// Refused returns the code that the other side has closed a connection with; false
// where it was not the other side.
func Refused(err error) (Code, bool) {
	var app *quic.ApplicationError
	if !errors.As(err, &app) || !app.Remote {
		return 0, false
	}
	return app.ErrorCode, true
}

// Addr is where the other side is now.
func (k *Link) Addr() netip.AddrPort {
	ap, err := netip.ParseAddrPort(k.conn.RemoteAddr().String())
	if err != nil {
		return netip.AddrPort{}
	}
	return netip.AddrPortFrom(ap.Addr().Unmap(), ap.Port())
}

// Stats is how well a link works.
type Stats struct {
	RTT           time.Duration // smoothed
	Packets, Lost int64         // sent
	Received      int64         // packets
}

// Stats measures the link.
func (k *Link) Stats() Stats {
	s := k.conn.ConnectionStats()
	return Stats{RTT: s.SmoothedRTT, Packets: int64(s.PacketsSent), Lost: int64(s.PacketsLost), Received: int64(s.PacketsReceived)}
}

// OpenFile begins a stream for a file, if the gate has let it out to the other device.
func (k *Link) OpenFile(ctx context.Context, v gate.Verdict) (*FileOut, error) {
	if !v.Links(k.Key) {
		return nil, errBarred
	}
	s, err := k.conn.OpenUniStreamSync(ctx)
	if err != nil {
		return nil, fmt.Errorf("begin to send a file: %w", err)
	}
	return &FileOut{s}, nil
}

// FileOut is a file on its way out.
type FileOut struct{ stream *quic.SendStream }

// Write implements io.Writer.
func (f *FileOut) Write(b []byte) (int, error) { return f.stream.Write(b) }

// Close says that the file is whole.
func (f *FileOut) Close() error { return f.stream.Close() }

// Stop ends it in the middle.
func (f *FileOut) Stop() { f.stream.CancelWrite(0) }

// AcceptFile waits for a stream that the other side begins.
func (k *Link) AcceptFile(ctx context.Context) (*FileIn, error) {
	s, err := k.conn.AcceptUniStream(ctx)
	if err != nil {
		return nil, err
	}
	return &FileIn{s}, nil
}

// FileIn is a file on its way in.
type FileIn struct{ stream *quic.ReceiveStream }

// Read implements io.Reader.
func (f *FileIn) Read(b []byte) (int, error) { return f.stream.Read(b) }

// Within bounds how long reading may take from now on; 0 lifts the bound.
func (f *FileIn) Within(d time.Duration) error {
	if d == 0 {
		return f.stream.SetReadDeadline(time.Time{})
	}
	return f.stream.SetReadDeadline(time.Now().Add(d))
}

// Stop tells the other side to send no more.
func (f *FileIn) Stop() { f.stream.CancelRead(0) }
