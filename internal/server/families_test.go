package server

import (
	"encoding/json"
	"fmt"
	"net"
	"net/netip"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"
)

// heardLine is a line as one member of a room has heard it.
type heardLine struct{ from, text string }

// member is a scripted program of one family in the lobby: it sends as the
// originals send, and reads as they read.
type member struct {
	name  string
	say   func(text string)
	parse func(read string) []heardLine // one read of its socket
	knows func() int                    // of tobi: how many peers it sends to
	close func()

	mu    sync.Mutex
	heard map[heardLine]int
	odd   []string // reads that its original could not have read
}

func (m *member) hears(read string) {
	lines := m.parse(read)
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, l := range lines {
		m.heard[l]++
	}
}

func (m *member) complain(read string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.odd = append(m.odd, read)
}

func (m *member) times(l heardLine) int {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.heard[l]
}

// family is a whole room's members, and who waits for their readers.
type family struct {
	t       *testing.T
	h       *harness
	readers sync.WaitGroup
	members []*member
}

// add takes a member in whose socket is read size bytes at a time.
func (f *family) add(m *member, c net.Conn, size int) {
	m.heard = map[heardLine]int{}
	m.close = func() { c.Close() }
	f.members = append(f.members, m)
	f.readers.Go(func() {
		buf := make([]byte, size)
		for {
			n, err := c.Read(buf)
			if n > 0 {
				m.hears(string(buf[:n]))
			}
			if err != nil {
				return
			}
		}
	})
}

func (f *family) dial(port, from string) net.Conn {
	f.t.Helper()
	d := net.Dialer{LocalAddr: &net.TCPAddr{IP: net.ParseIP(from)}}
	c, err := d.DialContext(f.t.Context(), "tcp", f.h.addrs[port])
	if err != nil {
		f.t.Fatal(err)
	}
	return c
}

func (f *family) write(c net.Conn, text string) {
	if _, err := c.Write([]byte(text)); err != nil {
		f.t.Errorf("send %q: %v", text, err)
	}
}

// expect reads one message, as it comes in one read.
func (f *family) expect(c net.Conn, want string) {
	f.t.Helper()
	buf := make([]byte, 2048)
	c.SetReadDeadline(time.Now().Add(patience))
	n, err := c.Read(buf)
	if err != nil || string(buf[:n]) != want {
		f.t.Fatalf("read %q, %v; want %q", buf[:n], err, want)
	}
	c.SetReadDeadline(time.Time{})
}

// byLines makes a parser of one that is handed whole lines.
func byLines(parse func(line string) (heardLine, bool)) func(string) []heardLine {
	rest := ""
	return func(read string) (all []heardLine) {
		rest += read
		for {
			line, after, whole := strings.Cut(rest, "\n")
			if !whole {
				return all
			}
			rest = after
			if l, ok := parse(line); ok {
				all = append(all, l)
			}
		}
	}
}

// byForm makes a parser of one for whom each read is a message; a late reader
// finds several in one, which the originals show as they are.
func byForm(form string) func(string) []heardLine {
	lines := regexp.MustCompile(form)
	return func(read string) (all []heardLine) {
		for _, m := range lines.FindAllStringSubmatch(read, -1) {
			all = append(all, heardLine{m[1], m[2]})
		}
		return all
	}
}

func (f *family) a3() (m *member, tell func(to, text string)) {
	c := f.dial(Chat, "127.0.0.31")
	f.write(c, "login ada\n")
	f.expect(c, "loginok\n")
	m = &member{name: "ada", say: func(text string) { f.write(c, "msg "+text+"\n") }}
	m.parse = byLines(func(line string) (heardLine, bool) {
		word, rest, _ := strings.Cut(line, " ")
		from, text, _ := strings.Cut(rest, " ")
		if word == "privmsg" {
			return heardLine{privately + from, text}, true
		}
		return heardLine{from, text}, word == "msg"
	})
	f.add(m, c, 1024)
	return m, func(to, text string) { f.write(c, "privmsg "+to+" "+text+"\n") }
}

func (f *family) native() {
	p := f.h.peer(f.t).hello("nat")
	m := &member{name: "nat", say: func(text string) {
		f.write(p.Conn, fmt.Sprintf(`{"type":"say","room":"lobby","text":%q}`+"\n", text))
	}}
	m.parse = byLines(func(line string) (heardLine, bool) {
		var e struct{ Type, From, Text string }
		if json.Unmarshal([]byte(line), &e) != nil {
			m.complain(line)
		}
		return heardLine{e.From, e.Text}, e.Type == "said"
	})
	f.add(m, p.Conn, 4096)
}

// prompt reads 2,048 bytes for one message: what begins with [ must be a list
// and nothing else.
func (f *family) prompt() {
	c := f.dial("prompt", "127.0.0.32")
	f.expect(c, "Welcome to this chatroom! Type your username and press enter to continue: ")
	f.write(c, "pia")
	f.expect(c, "Your username (pia) is valid. You can start chatting now.")
	m := &member{name: "pia", say: func(text string) { f.write(c, text) }}
	said := byForm(`([a-z]+) \(IP: [0-9.]+\) said: (line [0-9]+ of [a-z]+\.)`)
	m.parse = func(read string) []heardLine {
		var list [][2]string
		switch {
		case read[0] == '[' && json.Unmarshal([]byte(read), &list) != nil, read[0] != '[' && strings.Contains(read, "[["):
			m.complain(read)
		}
		return said(read)
	}
	f.add(m, c, 2048)
}

func (f *family) nameFirst() {
	c := f.dial("names", "127.0.0.33")
	f.write(c, "nell")
	m := &member{name: "nell", say: func(text string) { f.write(c, text) }}
	m.parse = byForm(`([a-z]+): (line [0-9]+ of [a-z]+\.)`)
	f.add(m, c, 1024)
}

// tobi sends each line to all its peers, of whom the registry is one.
func (f *family) tobi(name, from string) {
	c, err := net.ListenUDP("udp4", &net.UDPAddr{IP: net.ParseIP(from)})
	if err != nil {
		f.t.Fatal(err)
	}
	if err := c.SetReadBuffer(4 << 20); err != nil {
		f.t.Fatal(err)
	}
	registry := net.UDPAddrFromAddrPort(netip.MustParseAddrPort(f.h.registry))
	var mu sync.Mutex
	var peers []*net.UDPAddr
	send := func(text string, to *net.UDPAddr) {
		if _, err := c.WriteToUDP([]byte(text), to); err != nil {
			f.t.Errorf("send %q: %v", text, err)
		}
	}
	pace := time.NewTicker(time.Second / 16)
	f.t.Cleanup(pace.Stop)
	m := &member{name: name, say: func(text string) {
		<-pace.C // the registry takes 20 a second
		mu.Lock()
		defer mu.Unlock()
		for _, to := range peers {
			send("msg "+name+"> "+text+"\n", to)
		}
	}}
	m.parse = func(read string) []heardLine {
		words := strings.Fields(read)
		switch {
		case len(words) == 0:
			m.complain(read)
		case words[0] == "hi" && len(words) == 2:
			send("rj lobby", registry)
		case read == "rj __clear_peers__":
			mu.Lock()
			peers = nil
			mu.Unlock()
		case words[0] == "rj" && len(words) == 3:
			to, err := net.ResolveUDPAddr("udp4", words[1]+":"+words[2])
			if err != nil {
				m.complain(read)
			}
			mu.Lock()
			peers = append(peers, to)
			mu.Unlock()
		case words[0] == "msg" && len(words) > 1:
			return []heardLine{{strings.TrimSuffix(words[1], ">"), strings.Join(words[2:], " ")}}
		}
		return nil
	}
	m.knows = func() int {
		mu.Lock()
		defer mu.Unlock()
		return len(peers)
	}
	f.add(m, c, 1024)
	send("hi "+name, registry)
	f.until(name+" in the room", func() bool { return m.knows() > 0 })
}

// privately marks who has sent a private line.
const privately = "privately "

// ias is in no room: groups are multicast, and lobby is none. Its person talks
// with one other, here of A3, by way of the registry.
func (f *family) ias(name, from, with string) *member {
	c, err := net.ListenUDP("udp4", &net.UDPAddr{IP: net.ParseIP(from)})
	if err != nil {
		f.t.Fatal(err)
	}
	registry := net.UDPAddrFromAddrPort(netip.MustParseAddrPort(f.h.registry))
	send := func(text string) {
		if _, err := c.WriteToUDP([]byte(text), registry); err != nil {
			f.t.Errorf("send %q: %v", text, err)
		}
	}
	send("REG:" + name + "\n")
	f.expect(c, "LIN:"+name+"\n")
	send("REQ:" + with + "\n")
	f.expect(c, "PIN:"+strings.Replace(f.h.registry, ":", "_", 1))
	send("PTP:" + name + "\n")
	m := &member{name: name, heard: map[heardLine]int{}, say: func(text string) { send("MSG:" + text + "\n") }}
	m.parse = func(read string) []heardLine {
		text, said := strings.CutPrefix(read, "MSG:")
		if !said {
			m.complain(read)
		}
		return []heardLine{{with, strings.TrimSuffix(text, "\n")}}
	}
	f.add(m, c, 1024)
	f.members = f.members[:len(f.members)-1] // not of the room
	return m
}

// talkPrivately has two people say lines to each other in turn.
func (f *family) talkPrivately(one *member, other *member, tell func(text string), lines int) {
	for n := range lines {
		text := fmt.Sprintf("private line %d", n)
		one.say(text)
		if !f.until(other.name+" hearing "+one.name, func() bool { return other.times(heardLine{privately + one.name, text}) > 0 }) {
			return
		}
		tell(text)
		if !f.until(one.name+" hearing "+other.name, func() bool { return one.times(heardLine{other.name, text}) > 0 }) {
			return
		}
	}
}

// until waits for what must come to hold, and reports whether it did.
func (f *family) until(what string, holds func() bool) bool {
	f.t.Helper()
	tick := time.NewTicker(2 * time.Millisecond)
	defer tick.Stop()
	end := time.After(2 * patience)
	for !holds() {
		select {
		case <-tick.C:
		case <-end:
			f.t.Errorf("%s: not within %v", what, 2*patience)
			return false
		}
	}
	return true
}

// TestAllFamiliesHearEachLineOnce puts a member of each family that has a room
// into the lobby, where each says many lines, and has one of the family that
// has none talk with one of them meanwhile.
func TestAllFamiliesHearEachLineOnce(t *testing.T) {
	lines := 1000
	if testing.Short() {
		lines = 120
	}
	h := start(t, func(cfg *Config) { cfg.Ports, cfg.Rate = FreePorts(), 0 })
	f := &family{t: t, h: h}
	f.native()
	ada, tell := f.a3()
	f.prompt()
	f.nameFirst()
	f.tobi("toby", "127.0.0.34")
	f.tobi("ruby", "127.0.0.35")
	const private = 20
	ian := f.ias("ian", "127.0.0.36", "ada")
	// A line that crosses a list on its way can't be heard by who is new in it.
	for _, m := range f.members {
		f.until(m.name+" knowing the registry and the other", func() bool { return m.knows == nil || m.knows() == 2 })
	}
	each := lines / len(f.members)
	var talking sync.WaitGroup
	talking.Go(func() { f.talkPrivately(ian, ada, func(text string) { tell("ian", text) }, private) })
	for i, m := range f.members {
		// Who speaks waits until somebody of another family has heard it, as a
		// person's next line comes later than the one before.
		witness := f.members[(i+1)%2]
		talking.Go(func() {
			for n := range each {
				l := heardLine{m.name, fmt.Sprintf("line %d of %s.", n, m.name)}
				m.say(l.text)
				if !f.until(m.name+" being heard by "+witness.name, func() bool { return witness.times(l) > 0 }) {
					return
				}
			}
		})
	}
	talking.Wait()
	for _, m := range f.members {
		for _, from := range f.members {
			for n := range each {
				l := heardLine{from.name, fmt.Sprintf("line %d of %s.", n, from.name)}
				if from != m && !f.until(fmt.Sprintf("%s hearing %v", m.name, l), func() bool { return m.times(l) > 0 }) {
					t.FailNow()
				}
			}
		}
	}
	for _, m := range append(f.members, ian) {
		m.close()
	}
	f.readers.Wait()
	for _, m := range append(f.members, ian) {
		want := each * (len(f.members) - 1)
		switch m {
		case ada:
			want += private
		case ian:
			want = private
		}
		if len(m.heard) != want {
			t.Errorf("%s has heard %d different lines, want %d", m.name, len(m.heard), want)
		}
		for l, n := range m.heard {
			if n != 1 {
				t.Errorf("%s has heard %v %d times", m.name, l, n)
			}
		}
		for _, odd := range m.odd {
			t.Errorf("%s could not have read %q", m.name, odd)
		}
	}
}
