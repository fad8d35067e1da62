package server

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"labchat/internal/memnet"
)

// chatHarness is a daemon in memory with its chat port, in a bubble of its own.
type chatHarness struct {
	t *testing.T
	l *memnet.Listener
}

// inBubble runs a test on a daemon in memory, with a clock of its own.
func inBubble(t *testing.T, test func(b chatHarness), opts ...option) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		l := memnet.Listen()
		start(t, append(opts, onMemory(l))...)
		test(chatHarness{t, l})
	})
}

func dial(t *testing.T, l *memnet.Listener, opts ...memnet.Option) *memnet.Conn {
	t.Helper()
	nc, err := l.Dial(context.Background(), opts...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { nc.Close() })
	return nc
}

// endOf reads to the end and returns what came and how long it took.
func endOf(t *testing.T, nc net.Conn) (string, time.Duration) {
	t.Helper()
	begin := time.Now()
	b, err := io.ReadAll(nc)
	if err != nil {
		t.Errorf("read to the end: %v", err)
	}
	return string(b), time.Since(begin)
}

func TestBeginningsThatAreNotFinishedEnd(t *testing.T) {
	secured := func(cfg *Config) { cfg.TLS.Off = false }
	tests := map[string]struct {
		says   string
		after  time.Duration
		parts  string // of the last words
		margin time.Duration
	}{
		"half a hello":              {`{"type":`, 30 * time.Second, `"code":"timeout"`, 0},
		"half a TLS greeting":       {"\x16\x03\x01", 30 * time.Second, "", 0},
		"half a line of A3":         {"msg hal", time.Hour, "", sweepEvery},
		"nothing":                   {"", time.Hour, "", sweepEvery},
		"an A3 guest, then nothing": {"login olga\n", time.Hour, "loginok", sweepEvery},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			inBubble(t, func(b chatHarness) {
				t, l := b.t, b.l
				nc := dial(t, l)
				io.WriteString(nc, tt.says)
				got, after := endOf(t, nc)
				if after < tt.after || after > tt.after+tt.margin || !strings.Contains(got, tt.parts) {
					t.Errorf("ended after %v with %q, want %v and %q", after, got, tt.after, tt.parts)
				}
				if tt.parts == "" && got != "" {
					t.Errorf("was told %q, want nothing", got)
				}
			}, secured)
		})
	}
}

func TestAQuietNativeSessionStays(t *testing.T) {
	inBubble(t, func(b chatHarness) {
		t, l := b.t, b.l
		nc := dial(t, l)
		io.WriteString(nc, `{"type":"hello","id":"h","version":1}`+"\n")
		nc.SetReadDeadline(time.Now().Add(3 * time.Hour))
		if b, err := io.ReadAll(nc); err == nil {
			t.Errorf("it was ended after %q", b)
		}
	})
}

func TestAConnectionThatDoesNotReadItsLastWordsIsClosedAnyway(t *testing.T) {
	inBubble(t, func(b chatHarness) {
		t, l := b.t, b.l
		nc := dial(t, l, memnet.Buffer(16))
		go io.WriteString(nc, `{"type":"hello","id":"h","version":1}`+"\n"+`{"type":"quit","id":"q"}`+"\n")
		begin := time.Now()
		tick := time.NewTicker(lastWords / 10)
		defer tick.Stop()
		for err := error(nil); err == nil; {
			<-tick.C
			_, err = nc.Write([]byte("x"))
		}
		if took := time.Since(begin); took > 2*lastWords {
			t.Errorf("it was closed after %v, want about %v", took, lastWords)
		}
	})
}

func TestShutdownDoesNotWaitForThoseWhoDoNotRead(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := memnet.Listen()
		h := start(t, onMemory(l))
		nc := dial(t, l, memnet.Buffer(16))
		go io.WriteString(nc, `{"type":"hello","id":"h","version":1}`+"\n")
		synctest.Wait()
		begin := time.Now()
		h.end(t)
		if took := time.Since(begin); took > 5*time.Second {
			t.Errorf("it took %v, want at most 5 s", took)
		}
	})
}

// dry is a listener without descriptors for some time.
type dry struct {
	*memnet.Listener

	fails atomic.Int32 // so many more calls fail
	calls atomic.Int32
}

func (d *dry) Accept() (net.Conn, error) {
	d.calls.Add(1)
	if d.fails.Add(-1) >= 0 {
		return nil, &net.OpError{Op: "accept", Err: syscall.EMFILE}
	}
	return d.Listener.Accept()
}

func TestWithoutDescriptorsAcceptingRestsAndComesBack(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var log strings.Builder
		d := &dry{Listener: memnet.Listen()}
		d.fails.Store(8)
		h := start(t, func(cfg *Config) {
			cfg.Listen = func(string, string) (net.Listener, error) { return d, nil }
			cfg.Log = slog.New(slog.NewTextHandler(&log, nil))
		})
		begin := time.Now()
		nc := dial(t, d.Listener)
		io.WriteString(nc, "users\n")
		b := make([]byte, len("users Anonymous1\n"))
		if _, err := io.ReadFull(nc, b); err != nil {
			t.Fatal(err)
		}
		if took := time.Since(begin); took < time.Second || took > 10*time.Second {
			t.Errorf("eight failures took %v, want a rest after each that grows to a second", took)
		}
		nc.Close()
		h.end(t)
		if n := strings.Count(log.String(), "no connection can be accepted"); n != 1 {
			t.Errorf("it was logged %d times, want once:\n%s", n, log.String())
		}
		if n := d.calls.Load(); n > 12 {
			t.Errorf("accept was called %d times", n)
		}
	})
}

func TestOneAddressHasOnlySoManyConnections(t *testing.T) {
	inBubble(t, func(b chatHarness) {
		t, l := b.t, b.l
		far := &net.TCPAddr{IP: net.IPv4(10, 0, 0, 7), Port: 1}
		var first *memnet.Conn
		for i := range 2 {
			nc := dial(t, l, memnet.From(far))
			io.WriteString(nc, "users\n")
			if _, err := nc.Read(make([]byte, 1)); err != nil {
				t.Fatal(err)
			}
			if i == 0 {
				first = nc
			}
		}
		if got, _ := endOf(t, dial(t, l, memnet.From(far))); !strings.HasPrefix(got, "cmderr There are 2 connections from 10.0.0.7") {
			t.Errorf("a third one was told %q", got)
		}
		near := dial(t, l)
		io.WriteString(near, "users\n")
		if _, err := near.Read(make([]byte, 1)); err != nil {
			t.Errorf("another address: %v", err)
		}
		first.Close()
		synctest.Wait()
		again := dial(t, l, memnet.From(far))
		io.WriteString(again, "users\n")
		if _, err := again.Read(make([]byte, 1)); err != nil {
			t.Errorf("a place was given back: %v", err)
		}
	}, func(cfg *Config) { cfg.MaxPerAddress = 2 })
}

func TestAConnectionCutAtEveryByteLeavesNothingBehind(t *testing.T) {
	const script = `{"type":"hello","id":"h","version":1}` + "\n" + `{"type":"guest","id":"g","name":"cut"}` + "\n" +
		`{"type":"join","id":"j","room":"lobby"}` + "\n" + `{"type":"say","id":"s","room":"lobby","text":"x"}` + "\n"
	inBubble(t, func(b chatHarness) {
		t, l := b.t, b.l
		watcher := dial(t, l)
		io.WriteString(watcher, "login watcher\n")
		go io.Copy(io.Discard, watcher)
		for n := range int64(len(script)) {
			nc := dial(t, l, memnet.CutAfter(n))
			if _, err := io.WriteString(nc, script); !errors.Is(err, syscall.ECONNRESET) {
				t.Fatalf("cut after %d: %v", n, err)
			}
			nc.Close()
		}
		synctest.Wait()
		last := dial(t, l)
		io.WriteString(last, "login last\nusers\n")
		want := "loginok\nusers watcher last\n"
		got := make([]byte, len(want))
		if _, err := io.ReadFull(last, got); err != nil || string(got) != want {
			t.Errorf("got %q, %v; want %q", got, err, want)
		}
	})
}
