package memnet_test

import (
	"context"
	"errors"
	"io"
	"net"
	"os"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"

	"labchat/internal/memnet"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestBytesArriveInOrderAndEndWithEOF(t *testing.T) {
	a, b := memnet.Pipe(memnet.Buffer(3))
	text := strings.Repeat("0123456789", 100)
	wrote := make(chan error, 1)
	go func() {
		_, err := io.WriteString(a, text)
		wrote <- errors.Join(err, a.CloseWrite())
	}()
	got, err := io.ReadAll(b)
	if err != nil || string(got) != text {
		t.Errorf("got %d bytes, %v; want %d bytes", len(got), err, len(text))
	}
	if err := <-wrote; err != nil {
		t.Error(err)
	}
	if _, err := b.Write([]byte("ok")); err != nil {
		t.Errorf("the other direction: %v", err)
	}
}

func TestAFullBufferMakesTheWriterWaitUntilItsDeadline(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a, _ := memnet.Pipe(memnet.Buffer(4))
		begin := time.Now()
		a.SetWriteDeadline(begin.Add(time.Minute))
		n, err := a.Write([]byte("123456"))
		if n != 4 || !errors.Is(err, os.ErrDeadlineExceeded) || time.Since(begin) != time.Minute {
			t.Errorf("got %d bytes, %v after %v; want 4, a deadline, after a minute", n, err, time.Since(begin))
		}
		a.SetWriteDeadline(time.Time{})
		var timeout net.Error
		if !errors.As(err, &timeout) || !timeout.Timeout() {
			t.Errorf("got %v, want a net.Error with Timeout", err)
		}
	})
}

func TestADeadlineWakesAReaderAndCanBeMoved(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a, b := memnet.Pipe()
		a.SetReadDeadline(time.Now().Add(time.Second))
		a.SetReadDeadline(time.Now().Add(time.Hour))
		got := make(chan error, 1)
		go func() {
			_, err := a.Read(make([]byte, 1))
			got <- err
		}()
		<-time.After(time.Minute) // of the bubble's clock
		synctest.Wait()
		select {
		case err := <-got:
			t.Fatalf("the first deadline still held: %v", err)
		default:
		}
		a.SetReadDeadline(time.Now())
		if err := <-got; !errors.Is(err, os.ErrDeadlineExceeded) {
			t.Errorf("got %v, want a deadline", err)
		}
		a.SetReadDeadline(time.Time{})
		b.Write([]byte("x"))
		if n, err := a.Read(make([]byte, 1)); n != 1 || err != nil {
			t.Errorf("after the deadline was lifted: %d, %v", n, err)
		}
	})
}

func TestClosingMeansWhatItMeansForTCP(t *testing.T) {
	read := func(c *memnet.Conn) (string, error) {
		b, err := io.ReadAll(c)
		return string(b), err
	}
	tests := map[string]struct {
		end  func(a, b *memnet.Conn) // a ends, b reads
		want string
		err  error
	}{
		"a close after a write":       {func(a, _ *memnet.Conn) { a.Write([]byte("bye")); a.Close() }, "bye", nil},
		"a reset loses what was sent": {func(a, _ *memnet.Conn) { a.Write([]byte("bye")); a.Reset() }, "", syscall.ECONNRESET},
		"a close with unread bytes is a reset": {func(a, b *memnet.Conn) {
			b.Write([]byte("unread"))
			a.Write([]byte("bye"))
			a.Close()
		}, "", syscall.ECONNRESET},
		"reading from what was closed here": {func(_, b *memnet.Conn) { b.Close() }, "", net.ErrClosed},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			a, b := memnet.Pipe()
			tt.end(a, b)
			got, err := read(b)
			if got != tt.want || !errors.Is(err, tt.err) {
				t.Errorf("got %q, %v; want %q, %v", got, err, tt.want, tt.err)
			}
		})
	}
}

func TestWritingToAClosedConnectionFails(t *testing.T) {
	a, b := memnet.Pipe()
	b.Close()
	if _, err := a.Write([]byte("x")); !errors.Is(err, syscall.EPIPE) {
		t.Errorf("to a closed peer: got %v, want EPIPE", err)
	}
	a.Close()
	if _, err := a.Write([]byte("x")); !errors.Is(err, net.ErrClosed) {
		t.Errorf("after Close: got %v, want net.ErrClosed", err)
	}
}

func TestACutDeliversExactlySoManyBytes(t *testing.T) {
	for cut := range int64(4) {
		a, b := memnet.Pipe(memnet.CutAfter(cut))
		n, err := a.Write([]byte("abc"))
		got, _ := io.ReadAll(b)
		if int64(n) != min(cut, 3) || string(got) != "abc"[:min(cut, 3)] {
			t.Errorf("cut after %d: wrote %d, read %q", cut, n, got)
		}
		if _, err := a.Write([]byte("d")); err == nil {
			t.Errorf("cut after %d: writing went on", cut)
		}
		if cut < 3 && !errors.Is(err, syscall.ECONNRESET) {
			t.Errorf("cut after %d: got %v, want a reset", cut, err)
		}
	}
}

func TestAListenerAcceptsUntilItIsClosed(t *testing.T) {
	l := memnet.Listen()
	ctx := context.Background()
	a, err := l.Dial(ctx)
	if err != nil {
		t.Fatal(err)
	}
	b, err := l.Accept()
	if err != nil || b.RemoteAddr().String() != a.LocalAddr().String() {
		t.Fatalf("accepted from %v, %v; want %v", b.RemoteAddr(), err, a.LocalAddr())
	}
	waiting, _ := l.Dial(ctx)
	l.Close()
	if _, err := l.Accept(); !errors.Is(err, net.ErrClosed) {
		t.Errorf("Accept after Close: %v", err)
	}
	if _, err := l.DialContext(ctx, "tcp", "anywhere:1"); !errors.Is(err, syscall.ECONNREFUSED) {
		t.Errorf("Dial after Close: %v", err)
	}
	if _, err := waiting.Read(make([]byte, 1)); !errors.Is(err, syscall.ECONNRESET) {
		t.Errorf("a connection in the backlog: %v, want a reset", err)
	}
}

func TestDialGivesUpWithItsContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := memnet.Listen()
		ctx, cancel := context.WithTimeout(context.Background(), time.Second)
		defer cancel()
		var err error
		for err == nil {
			_, err = l.Dial(ctx)
		}
		if !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("got %v, want the context's end", err)
		}
	})
}
