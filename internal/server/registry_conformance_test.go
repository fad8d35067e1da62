package server

import (
	"fmt"
	"net"
	"os"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"labchat/internal/wire/dialects"
	"labchat/internal/wire/wiretest"
)

// TestDatagramConformance plays the transcripts of the registry's dialects on
// sockets, datagram for datagram. Each letter is a socket; those that a
// transcript knows by their number get the ports that the system gives them.
func TestDatagramConformance(t *testing.T) {
	for _, d := range dialects.Datagrams() {
		data, err := os.ReadFile(wiretest.TranscriptFile(t, d.Name()))
		if err != nil {
			t.Fatal(err)
		}
		_, sections, _ := strings.Cut(string(data), "\n-- ")
		for section := range strings.SplitSeq(sections, "\n-- ") {
			name, lines, _ := strings.Cut(section, " --\n")
			t.Run(d.Name()+" "+name, func(t *testing.T) { playSection(t, strings.Split(strings.TrimSpace(lines), "\n")) })
		}
	}
}

// section is a part of a transcript that is being played.
type section struct {
	t       *testing.T
	h       *harness
	clients map[string]*udpClient
	ports   []string // of the letters, in order; what comes before the first is the registry's
	talkers map[string]*peer
	said    int
}

func playSection(t *testing.T, lines []string) {
	t.Helper()
	h := start(t, withRegistry, func(cfg *Config) { cfg.Host, cfg.Rate = "0.0.0.0", 0 })
	_, port, err := net.SplitHostPort(h.registry)
	if err != nil {
		t.Fatal(err)
	}
	s := &section{t: t, h: h, clients: map[string]*udpClient{}, talkers: map[string]*peer{}, ports: []string{port}}
	s.bring(lines)
	for i, line := range lines {
		who, what, _ := strings.Cut(line, " ")
		if who == "open" {
			s.open(what)
			continue
		}
		kind, text := what[:2], unescape(t, strings.TrimPrefix(what[2:], " "))
		c := s.clients[who]
		if kind[0] == 'C' {
			c.send(text)
			continue
		}
		if i > 0 && !strings.HasPrefix(lines[i-1], "open") {
			s.cause(text)
		}
		if got := c.datagram(); got != text && !sameClock(got, text) {
			if want := s.known(text); got != want {
				t.Fatalf("line %d, %s: got %q, want %q", i+1, line, got, want)
			}
		}
	}
	s.end()
}

// open gives a letter its socket: the third is on another address.
func (s *section) open(letter string) {
	ip := loopback
	if letter == "c" {
		ip = "127.0.0.3"
	}
	s.clients[letter] = newUDPClient(s.t, ip, net.JoinHostPort(ip, s.ports[0]))
	s.ports = append(s.ports, s.clients[letter].port())
}

// known puts the ports that there are in place of a transcript's.
func (s *section) known(text string) string {
	text = strings.ReplaceAll(text, "2020", s.ports[0])
	for i, port := range s.ports[1:] {
		text = strings.ReplaceAll(text, strconv.Itoa(40001+i), port)
	}
	return text
}

var clockFace = regexp.MustCompile(`^\d\d(:\d\d:\d\d|-\d\d-\d{4})$`)

// sameClock reports whether two texts are times, or dates, of one form.
func sameClock(a, b string) bool {
	return clockFace.MatchString(a) && clockFace.MatchString(b) && len(a) == len(b)
}

// line is what somebody says who is in no transcript: "msg NAME> TEXT" or
// "MSG:NAME> TEXT".
var line = regexp.MustCompile(`^(?:msg |MSG:)(?:(\w+)> )?(.*)\n$`)

// bring has those people come who are heard in the transcript, so that they
// are there before anybody asks for them.
func (s *section) bring(lines []string) {
	for _, l := range lines {
		_, text, said := strings.Cut(l, " S: ")
		if m := line.FindStringSubmatch(unescape(s.t, text)); said && m != nil && m[1] != "" {
			s.talker(m[1])
		} else if said && m != nil {
			s.talker("sara")
		}
	}
}

func (s *section) talker(name string) *peer {
	if s.talkers[name] == nil {
		s.talkers[name] = s.h.peer(s.t).hello(name)
	}
	return s.talkers[name]
}

// cause has somebody say what the next datagram tells, where it tells a line:
// privately in the dialect of colons, else in the lobby.
func (s *section) cause(text string) {
	m := line.FindStringSubmatch(text)
	if m == nil {
		return
	}
	who, said := m[1], strings.ReplaceAll(m[2], "\u2236", ":")
	if who == "" {
		who = "sara"
	}
	act := ""
	if rest, ok := strings.CutPrefix(said, "* "); ok {
		act, said = `"action":true,`, rest
	}
	s.said++
	request := fmt.Sprintf(`{"type":"say","id":"1","room":"lobby","cid":"c%d",%s"text":%q}`, s.said, act, said)
	if strings.HasPrefix(text, "MSG:") {
		request = fmt.Sprintf(`{"type":"private","id":"1","to":"anna","cid":"c%d","text":%q}`, s.said, said)
	}
	s.talker(who).send(request + "\n")
	s.talker(who).want(`"type":"accepted"`)
}

// end looks that nobody was sent anything more.
func (s *section) end() {
	for letter, c := range s.clients {
		c.send("SEND_DATE")
		if got := c.datagram(); !sameClock(got, "01-01-2000") {
			s.t.Errorf("%s was sent %q besides", letter, got)
		}
	}
}

// unescape reads bytes as Go escapes them.
func unescape(t *testing.T, escaped string) string {
	t.Helper()
	text, err := strconv.Unquote(`"` + strings.ReplaceAll(escaped, `"`, `\"`) + `"`)
	if err != nil {
		t.Fatal(err)
	}
	return text
}
