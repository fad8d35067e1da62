package hub

import (
	"cmp"
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"

	"labchat/internal/wire"
	"labchat/internal/wire/dialects"
)

// script runs lines of this kind against a harness:
//
//	bob: say lobby hello       a request of a session
//	  bob < accepted 1         what is heard because of it, all of it, in the
//	  eve < said lobby bob: hello   order in which each session hears it
//	open bob native            a connection that has said hello
//	open bob a3 | silent | tls | prompt | names ..., from 10.0.0.1
//	open A tobi | ias from 127.0.0.1:41001   an address that datagrams come from
//	open G bridge den          the multicast group of a room
//	A> hi anna                 a datagram, \n being a line feed; what A is sent is
//	  A < hi anna              compared as datagrams too
//	enter bob                  native, named bob, in the lobby; nothing is checked
//	old bob                    an A3 program logged in as bob; nothing is checked
//	decide bob native | a3 | tls
//	gone bob                   the connection breaks
//	seen bob 10.0.0.1:4000     a signal of bob's endpoint comes from there
//	pass 1s                    time goes by
//	log off | on | fails       entries wait, or the next batch is not stored
//	log dies                   what is stored is not handed back: restart is next
//	jobs off | on | fail | busy | work
//	op add bob | list ...      an operator's command; its reply is heard by "op"
//	restart
//	quietly LINE               what is heard because of LINE is not checked
//
// "-- text" is a comment.
type script struct {
	*harness

	names  map[string]SessionID
	ever   map[string]SessionID // of ended ones too
	order  []string
	calls  uint64
	codecs map[SessionID]wire.DatagramServer // of those that send datagrams
	expect map[string][]string
	at     string // the step whose deliveries are compared next
	quiet  bool
}

func run(t *testing.T, cfg Config, text string) *script {
	t.Helper()
	s := &script{harness: newHarness(t, cfg), names: map[string]SessionID{}, ever: map[string]SessionID{}, expect: map[string][]string{}, codecs: map[SessionID]wire.DatagramServer{}}
	for line := range strings.Lines(text) {
		line, _, _ = strings.Cut(strings.TrimSpace(line), "-- ")
		line = strings.TrimSpace(line)
		who, what, heard := strings.Cut(line, " < ")
		switch {
		case line == "":
		case heard:
			s.expect[who] = append(s.expect[who], what)
		default:
			s.compare()
			s.at = line
			line, s.quiet = strings.CutPrefix(line, "quietly ")
			s.step(line)
		}
	}
	s.compare()
	return s
}

// compare checks what was heard since the last step.
func (s *script) compare() {
	s.t.Helper()
	for _, name := range s.order {
		var got []string
		for _, e := range s.heard[s.names[name]] {
			if codec := s.codecs[s.names[name]]; codec != nil {
				got = append(got, s.datagrams(codec, e)...)
			} else if s.says(s.names[name], e) {
				got = append(got, words(e)+s.aside(s.names[name], e))
			}
		}
		if want := s.expect[name]; !s.quiet && !slices.Equal(got, want) {
			s.t.Errorf("after %q %s heard\n\t%s\nwant\n\t%s", s.at, name,
				strings.Join(got, "\n\t"), strings.Join(want, "\n\t"))
		}
		delete(s.expect, name)
	}
	s.compareReplies()
	for name := range s.expect {
		s.t.Errorf("after %q there is no session %q", s.at, name)
	}
	clear(s.heard)
	clear(s.expect)
}

// says reports whether a session's dialect has words for an event.
func (s *script) says(id SessionID, e wire.Event) bool {
	in := s.hub.sessions[id]
	if in == nil || !in.isOld() {
		return true
	}
	_, _, err := dialects.ByName(cmp.Or(in.origin.Dialect, "a3")).Server().AppendEvent(nil, e)
	return err == nil
}

// aside is what only older programs are told beside an event: where somebody
// comes from, the names and the connections that are counted, and when.
func (s *script) aside(id SessionID, e wire.Event) string {
	if in := s.hub.sessions[id]; in == nil || in.origin.Manners.Native {
		return ""
	}
	from := func(v wire.Via) string { return more(" from ", v.Addr) }
	switch e := e.(type) {
	case *wire.Joined:
		return from(e.Via) + fmt.Sprintf(", %d of %d at %s", e.Names, e.Count, e.At.Format("15:04"))
	case *wire.Left:
		return from(e.Via) + fmt.Sprintf(", %d of %d at %s", e.Names, e.Count, e.At.Format("15:04"))
	case *wire.Renamed:
		return from(e.Via) + fmt.Sprintf(", %d of %d at %s", e.Names, e.Count, e.At.Format("15:04"))
	default:
		return ""
	}
}

func (s *script) compareReplies() {
	s.t.Helper()
	var got []string
	for _, r := range s.replies {
		got = append(got, slices.DeleteFunc(append(r.Rows, r.Err), func(s string) bool { return s == "" })...)
	}
	want := s.expect["op"]
	delete(s.expect, "op")
	if !s.quiet && !slices.EqualFunc(got, want, strings.Contains) {
		s.t.Errorf("after %q the operator read\n\t%q\nwant\n\t%q", s.at, got, want)
	}
	s.replies = nil
}

func (s *script) step(line string) {
	s.t.Helper()
	if who, what, ok := strings.Cut(line, ": "); ok && s.names[who] != 0 {
		for what := range strings.SplitSeq(what, " | ") { // several at once
			s.ask(s.names[who], s.request(what))
		}
		return
	}
	if who, what, ok := strings.Cut(line, "> "); ok && s.codecs[s.names[who]] != nil {
		s.sends(s.names[who], what)
		return
	}
	word := strings.Fields(line + " - - -")
	switch word[0] {
	case "open":
		from := loopback
		if word[3] == "from" {
			var err error
			if from, err = netip.ParseAddrPort(word[4]); err != nil {
				from = netip.AddrPortFrom(netip.MustParseAddr(word[4]), 4000)
			}
		}
		if word[2] == "bridge" {
			s.openBridge(word[1], word[3])
			return
		}
		s.openAs(word[1], word[2], from)
	case "enter":
		s.openAs(word[1], "native", loopback)
		s.ask(s.names[word[1]], wire.Guest{Name: word[1]})
		s.ask(s.names[word[1]], wire.Join{Room: wire.Lobby})
		s.quiet = true
	case "old":
		s.openAs(word[1], "a3", loopback)
		s.ask(s.names[word[1]], wire.Guest{Name: word[1]})
		s.quiet = true
	case "decide":
		id := s.names[word[1]]
		s.do(func(out *Out) { s.hub.Decide(s.now, id, origin(word[2], loopback), out) })
	case "gone":
		s.gone(s.names[word[1]])
		s.drop(word[1])
	case "seen":
		s.signal(s.names[word[1]], word[2])
	case "pass":
		d, err := time.ParseDuration(word[1])
		if err != nil {
			s.t.Fatal(err)
		}
		s.pass(d)
	case "log":
		s.holdLog, s.failLog = word[1] == "off", s.failLog || word[1] == "fails"
		s.dies = word[1] == "dies"
		s.settle()
	case "jobs":
		s.holdJobs, s.failJobs, s.busyJobs = word[1] == "off", word[1] == "fail", word[1] == "busy"
		s.settle()
	case "op":
		s.operate(word)
	case "restart":
		s.restart()
		s.order = nil
		clear(s.names)
	default:
		s.t.Fatalf("no such step: %q", line)
	}
}

func (s *script) operate(word []string) {
	s.calls++
	cmd := Command{Verb: Verb(word[1]), Name: strings.Trim(word[2], "-"), Hash: "phc:" + wire.PasswordDigest("pw").Reveal()}
	s.do(func(out *Out) { s.hub.Operator(s.now, s.calls, cmd, out) })
}

// drop forgets a session's name, so that another one can have it.
func (s *script) drop(name string) {
	delete(s.names, name)
	s.order = slices.DeleteFunc(s.order, func(other string) bool { return other == name })
}

func (s *script) openAs(name, dialect string, from netip.AddrPort) {
	s.t.Helper()
	if s.names[name] != 0 {
		s.t.Fatalf("there is a session %q already", name)
	}
	o := silent(from)
	if dialects.ByName(dialect) != nil && dialect != "a3" {
		o = origin(dialect, from) // its port has no other dialect
	}
	if d := datagramsOf(dialect); d != nil {
		o = Origin{Addr: from, Datagram: true, Dialect: dialect, Manners: d.Manners()}
		s.codecs[s.last+1] = d.Server()
	}
	id := s.open(o)
	s.names[name], s.ever[name] = id, id
	s.order = append(s.order, name)
	if dialect == "silent" || o.Dialect != "" {
		return
	}
	s.do(func(out *Out) { s.hub.Decide(s.now, id, origin(dialect, from), out) })
	switch dialect {
	case "native", "safe":
		s.ask(id, wire.Hello{Version: 1, Profile: profile(name)})
		s.heard[id] = nil
	case "a3":
		s.ask(id, wire.Ping{}) // its first word
		s.heard[id] = nil
	}
}

func origin(dialect string, from netip.AddrPort) Origin {
	o := Origin{Addr: from, Manners: dialects.ByName("chat1").Manners()}
	switch dialect {
	case "native", "fresh":
		o.Dialect = "chat1"
	case "safe":
		o.Dialect, o.Secure = "chat1", true
	case "tls":
		o.Secure = true
	default:
		o.Dialect, o.Manners = dialect, dialects.ByName(dialect).Manners()
	}
	return o
}

// silent is where a connection comes from that has said nothing yet.
func silent(from netip.AddrPort) Origin {
	return Origin{Addr: from, Manners: dialects.ByName("a3").Manners()}
}

// profile makes 32 hexadecimal digits of the letters of a name before a dash:
// "bob-2" is the same client as "bob".
func profile(name string) string {
	name, _, _ = strings.Cut(name, "-")
	return (fmt.Sprintf("%x", name) + strings.Repeat("0", 32))[:32]
}

// token is one of those that a session was given; -1 is the last.
func (s *script) token(name string, i int) wire.Secret {
	all := s.tokens[s.ever[name]]
	if len(all) == 0 {
		return ""
	}
	return all[(i+len(all))%len(all)]
}
