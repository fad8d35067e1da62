package server

import (
	"io"
	"log/slog"
	"net"
	"slices"
	"strings"
	"testing"
	"time"
)

// lines is a log whose lines a test waits for.
type lines chan string

func (l lines) Write(b []byte) (int, error) {
	l <- string(b)
	return len(b), nil
}

// TestTheArithmeticServiceLogsWhatItIsAsked plays one session and reads the
// log, as the sheet of the exercise wants both.
func TestTheArithmeticServiceLogsWhatItIsAsked(t *testing.T) {
	log := make(lines, 100)
	h := start(t, func(cfg *Config) {
		cfg.Ports = Ports{Chat: 0, "arith": 0}
		cfg.Log = slog.New(slog.NewTextHandler(log, nil))
	})
	nc, err := net.Dial("tcp", h.addrs["arith"])
	if err != nil {
		t.Fatal(err)
	}
	defer nc.Close()
	nc.SetDeadline(time.Now().Add(patience))
	if _, err := io.WriteString(nc, "ada\n12 + 42\nnonsense\nq\n"); err != nil {
		t.Fatal(err)
	}
	if _, err := io.ReadAll(nc); err != nil {
		t.Fatal(err)
	}
	want := []string{
		`msg="Session began" service=arith addr=` + nc.LocalAddr().String() + " user=ada",
		`msg=request service=arith addr=` + nc.LocalAddr().String() + ` expression="12 + 42"`,
		`msg="request refused" service=arith addr=` + nc.LocalAddr().String() + " code=malformed",
		`msg=request service=arith addr=` + nc.LocalAddr().String() + " act=quit",
		`msg="Session ended" service=arith addr=` + nc.LocalAddr().String(),
	}
	late := time.After(patience)
	for len(want) > 0 {
		select {
		case line := <-log:
			if !strings.Contains(line, "service=") {
				continue
			}
			if !strings.Contains(line, want[0]) || !strings.Contains(line, "level=INFO") {
				t.Fatalf("got %q, want %q", line, want[0])
			}
			want = slices.Delete(want, 0, 1)
		case <-late:
			t.Fatalf("the log lacks %q", want)
		}
	}
}
