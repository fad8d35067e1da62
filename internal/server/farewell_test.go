package server

import (
	"errors"
	"os"
	"strings"
	"testing"
	"time"
)

func TestShutdownTellsOlderProgramsInTheirWordsAndServicesNothing(t *testing.T) {
	const why = "The server stops. It will be back soon."
	h := start(t, withRegistry, func(cfg *Config) { cfg.Ports, cfg.Styles.Of = FreePorts(), map[string]string{"arith": "hello"} })
	at := func(port string, says ...string) *peer {
		p := newPeer(t, dialFrom(t, "127.0.0.1", h.addrs[port]))
		for i := 0; i+1 < len(says); i += 2 {
			p.ask(says[i], says[i+1])
		}
		return p
	}
	told := []struct {
		name string
		p    *peer
		last string
	}{
		{"A3", at(Chat, "login olga\n", "loginok\n"), "msg server " + why + "\n"},
		{"A3 in its sync mode", at(Chat, "sync\n", "modeok\n"), ""},
		{"names", at("names"), why},
		{"the prompt room", at("prompt"), why},
		{"sum", at("sum", "1+2\n", "3\n"), ""},
		{"arithmetic", at("arith"), ""},
	}
	tobi, ias, nobody := h.udpClient(t, "127.0.0.1"), h.udpClient(t, "127.0.0.2"), h.udpClient(t, "127.0.0.3")
	tobi.ask("hi tobias", "hi tobias")
	ias.ask("REG:iasmine\n", "LIN:iasmine\n")
	nobody.ask("ar nobody", "ar")
	h.stop()
	for _, tt := range told {
		if got := tt.p.ends(); !strings.HasSuffix(got, tt.last) || tt.last == "" && got != "" {
			t.Errorf("%s: the last words were %q, want %q", tt.name, got, tt.last)
		}
		tt.p.Close()
	}
	for c, want := range map[*udpClient]string{tobi: "msg server> " + why + "\n", ias: "MSG:server> " + why + "\n"} {
		c.wants(want)
	}
	h.end(t)
	nobody.SetReadDeadline(time.Now())
	if n, err := nobody.Read(make([]byte, 100)); !errors.Is(err, os.ErrDeadlineExceeded) {
		t.Errorf("an address without a name was told %d bytes, %v", n, err)
	}
}
