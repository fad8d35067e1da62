package tty

import (
	"errors"
	"io"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// A part is what one read of the terminal gives, after a silence.
type part struct {
	after time.Duration
	bytes string
}

// A script is a File whose reads are written down.
type script struct {
	parts []part
	clock time.Time
}

func (s *script) Read(p []byte) (int, error) {
	if len(s.parts) == 0 {
		return 0, io.EOF
	}
	next := &s.parts[0]
	s.clock = s.clock.Add(next.after)
	next.after = 0
	n := copy(p, next.bytes)
	if next.bytes = next.bytes[n:]; next.bytes == "" {
		s.parts = s.parts[1:]
	}
	return n, nil
}

func (s *script) more(d time.Duration) bool {
	if len(s.parts) > 0 && s.parts[0].after <= d {
		return true
	}
	s.clock = s.clock.Add(d)
	if len(s.parts) > 0 {
		s.parts[0].after -= d
	}
	return false
}

func (*script) Write(p []byte) (int, error) { return len(p), nil }
func (*script) Close() error                { return nil }
func (*script) Fd() uintptr                 { return 0 }
func (*script) Name() string                { return "script" }

// A reader is what reads as Bubble Tea does.
type reader struct {
	*Input
	backgrounds []bool
	unfinished  int
}

func read(parts ...part) *reader {
	r := &reader{}
	s := &script{parts: parts, clock: time.Unix(0, 0)}
	r.Input = NewInput(s, Heard{
		Background: func(dark bool) { r.backgrounds = append(r.backgrounds, dark) },
		Unfinished: func() { r.unfinished++ },
	})
	r.more, r.now = s.more, func() time.Time { return s.clock }
	return r
}

// all returns what each Read gave that gave something, with pastes in place.
func (r *reader) all(t rapid.TB) []string {
	t.Helper()
	var reads []string
	buf := make([]byte, 256) // as long as Bubble Tea's
	for {
		n, err := r.Read(buf)
		if err != nil {
			if !errors.Is(err, io.EOF) {
				t.Fatal(err)
			}
			return reads
		}
		if len(r.ready) > 0 {
			t.Fatalf("%q stays behind: nobody would come for it", r.ready)
		}
		if n == len(buf) {
			t.Fatal("a full buffer makes Bubble Tea wait for more")
		}
		got := string(buf[:n])
		for strings.Contains(got, pasteStart+pasteEnd) {
			got = strings.Replace(got, pasteStart+pasteEnd, "<"+r.Paste()+">", 1)
		}
		if got != "" {
			reads = append(reads, got)
		}
	}
}

const ms = time.Millisecond

func TestAReadEndsWhereAKeyEnds(t *testing.T) {
	for _, c := range []struct {
		name  string
		parts []part
		want  []string
	}{
		{"letters", []part{{0, "ab"}}, []string{"ab"}},
		{"a rune cut between reads", []part{{0, "a\xe2\x82"}, {20 * ms, "\xac!"}}, []string{"a", "€!"}},
		{"a lone Esc", []part{{0, "\x1b"}, {200 * ms, "/"}}, []string{"\x1b", "/"}},
		{"Esc, and a letter 51 ms later", []part{{0, "\x1b"}, {51 * ms, "/"}}, []string{"\x1b", "/"}},
		{"Alt, in one read", []part{{0, "\x1b/"}}, []string{"\x1b/"}},
		{"Alt, cut", []part{{0, "\x1b"}, {50 * ms, "/"}}, []string{"\x1b/"}},
		{"Alt and a rune of two bytes, cut", []part{{0, "\x1b\xc3"}, {5 * ms, "\xa9"}}, []string{"\x1bé"}},
		{"an arrow, cut twice", []part{{0, "\x1b"}, {5 * ms, "["}, {5 * ms, "A"}}, []string{"\x1b[A"}},
		{"an arrow in the application's mode", []part{{0, "\x1bO"}, {5 * ms, "A"}}, []string{"\x1bOA"}},
		{"a modified key, cut late", []part{{0, "\x1b[1;"}, {900 * ms, "5C"}}, []string{"\x1b[1;5C"}},
		{"a key behind a sequence that lost its end", []part{{0, "\x1b[1;"}, {9000 * ms, "x"}}, []string{"x"}},
		{"Enter behind one", []part{{0, "\x1b[1;\r"}}, []string{"\r"}},
		{"the Linux console's F1", []part{{0, "\x1b["}, {5 * ms, "[A"}}, []string{"\x1b[[A"}},
		{"Alt and a bracket", []part{{0, "\x1b["}, {200 * ms, "A"}}, []string{"\x1b[", "A"}},
		{"Alt and the other bracket", []part{{0, "\x1b]"}, {200 * ms, "1"}}, []string{"\x1b]", "1"}},
		{"Alt and O, and Enter", []part{{0, "\x1bO\r"}}, []string{"\x1bO\r"}},
		{"keys of one read, in their order", []part{{0, "a\x1b[Ab\x1b/c\r"}}, []string{"a\x1b[Ab\x1b/c\r"}},
		{"a paste", []part{{0, "a\x1b[200~one\rtwo\x1b[201~b"}}, []string{"a<one\rtwo>b"}},
		{"a paste whose first marker is cut", []part{{0, "\x1b[20"}, {20 * ms, "0~one\rtwo\x1b[201~"}}, []string{"<one\rtwo>"}},
		{"one that is cut behind Esc, and late", []part{{0, "\x1b"}, {500 * ms, "[200~one\rtwo\x1b[201~"}}, []string{"\x1b", "<one\rtwo>"}},
		{"one that is cut behind the bracket, and late", []part{{0, "\x1b["}, {500 * ms, "200~one\rtwo\x1b[201~"}}, []string{"\x1b[", "<one\rtwo>"}},
		{"one that is cut further on, and very late", []part{{0, "\x1b[20"}, {5000 * ms, "0~one\rtwo\x1b[201~"}}, []string{"<one\rtwo>"}},
		{"a paste whose last marker is cut", []part{{0, "\x1b[200~one\r\x1b[2"}, {5 * ms, "01~b"}}, []string{"<one\r>b"}},
		{"a paste that halts", []part{{0, "\x1b[200~one\r"}, {5000 * ms, "two\r\x1b[201~"}}, []string{"<one\rtwo\r>"}},
		{"a paste of what looks like keys", []part{{0, "\x1b[200~\x00\x1b[A\x1b/\x1b]11;rgb:0/0/0\a\x1b"}, {200 * ms, "\r\x1b[201~"}}, []string{"<\x00\x1b[A\x1b/\x1b]11;rgb:0/0/0\a\x1b\r>"}},
		{"two pastes", []part{{0, "\x1b[200~a\x1b[201~\x1b[200~b\x1b[201~"}}, []string{"<a><b>"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := read(c.parts...).all(t); !slices.Equal(got, c.want) {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

func TestAnAnswerOfTheTerminalIsNeverText(t *testing.T) {
	const dark, light = "\x1b]11;rgb:1e1e/1e1e/1e1e\x1b\\", "\x1b]11;rgba:ff/ff/f0/ff\a"
	for _, c := range []struct {
		name  string
		parts []part
		want  []string
		heard []bool
	}{
		{"dark", []part{{0, dark}}, nil, []bool{true}},
		{"light, between letters", []part{{0, "a" + light + "b"}}, []string{"ab"}, []bool{false}},
		{"in pieces", []part{{0, dark[:1]}, {20 * ms, dark[1:2]}, {20 * ms, dark[2:9]}, {900 * ms, dark[9 : len(dark)-1]}, {900 * ms, dark[len(dark)-1:]}}, nil, []bool{true}},
		{"in two pieces, and very late", []part{{0, dark[:9]}, {5000 * ms, dark[9:]}}, nil, []bool{true}},
		{"behind a late Esc", []part{{0, dark[:1]}, {500 * ms, dark[1:]}}, []string{"\x1b"}, []bool{true}},
		{"another answer", []part{{0, "\x1b]4;1;rgb:0/0/0\a"}}, nil, nil},
		{"one that makes no sense", []part{{0, "\x1b]11;what\a"}}, nil, nil},
		{"one that lost its end", []part{{0, dark[:9] + "\r"}}, []string{"\r"}, nil},
		{"a key long behind one that lost its end", []part{{0, dark[:9]}, {9000 * ms, "x"}}, []string{"x"}, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := read(c.parts...)
			if got := r.all(t); !slices.Equal(got, c.want) || !slices.Equal(r.backgrounds, c.heard) {
				t.Errorf("got %q and %v, want %q and %v", got, r.backgrounds, c.want, c.heard)
			}
		})
	}
}

func TestAPasteWithoutAnEndSaysSoAndEscEndsIt(t *testing.T) {
	r := read(part{0, "\x1b[200~one\rtwo"}, part{3000 * ms, "h"}, part{100 * ms, "\r"}, part{200 * ms, "\x1b"}, part{200 * ms, "ok"})
	if got, want := r.all(t), []string{"<one\rtwoh\r>", "ok"}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	if r.unfinished != 1 {
		t.Errorf("it was said %d times that a paste has no end, want once", r.unfinished)
	}
	late := read(part{0, "\x1b[200~one"}, part{3000 * ms, "\x1b"}, part{500 * ms, "[201~ok"})
	if got, want := strings.Join(late.all(t), ""), "<one>\x1b[201~ok"; got != want {
		t.Errorf("the end came after all: got %q, want %q", got, want)
	}
}

func TestAHugePasteIsWhole(t *testing.T) {
	text := strings.Repeat("0123456789abcde\n", 1<<16)
	if got := read(part{0, "a" + pasteStart + text + pasteEnd + "b"}).all(t); strings.Join(got, "") != "a<"+text+">b" {
		t.Errorf("got %d reads, want the paste between two letters", len(got))
	}
}

// TestCutsDoNotChangeWhatIsRead cuts what people and terminals send anywhere.
func TestCutsDoNotChangeWhatIsRead(t *testing.T) {
	pieces := []string{
		"a", "/msg bob x", "\r", " ", "\t", "\x7f", "\x03", "é", "€", "👩‍🚀", "\x1b[A", "\x1b[1;5C", "\x1bOP", "\x1b[15~", "\x1b/", "\x1bé", "\x1b\x1b[B", "\x1b[[B",
		"\x1b[200~one\rtwo\x1b[201~", "\x1b[200~\x1b[A\x00\x1b\x1b[20\x1b[201~", "\x1b]11;rgb:0/0/0\x1b\\", "\x1b]10;rgb:0/0/0\a", "\x1b[I", "\x1b[6;2R",
	}
	rapid.Check(t, func(t *rapid.T) {
		stream := strings.Join(rapid.SliceOfN(rapid.SampledFrom(pieces), 1, 60).Draw(t, "pieces"), "")
		cuts := rapid.SliceOfN(rapid.IntRange(0, len(stream)), 0, 30).Draw(t, "cuts")
		slices.Sort(cuts)
		var parts []part
		from := 0
		for _, to := range append(cuts, len(stream)) {
			if to > from {
				parts = append(parts, part{time.Duration(rapid.IntRange(0, 50).Draw(t, "gap")) * ms, stream[from:to]})
			}
			from = to
		}
		whole, cut := read(part{0, stream}), read(parts...)
		want, got := strings.Join(whole.all(t), ""), strings.Join(cut.all(t), "")
		if got != want || !slices.Equal(whole.backgrounds, cut.backgrounds) {
			t.Fatalf("got %q, want %q", got, want)
		}
	})
}

func TestTheQuestionGoesThroughTmuxAndScreen(t *testing.T) {
	for _, c := range []struct {
		name string
		env  map[string]string
		want string
	}{
		{"a terminal", map[string]string{"TERM": "xterm-256color"}, "\x1b]11;?\x1b\\"},
		{"tmux", map[string]string{"TERM": "screen-256color", "TMUX": "/tmp/x,1,0"}, "\x1b]11;?\x1b\\\x1bPtmux;\x1b\x1b]11;?\x1b\x1b\\\x1b\\"},
		{"screen", map[string]string{"TERM": "screen", "STY": "1.pts"}, "\x1bP\x1b]11;?\a\x1b\\"},
		{"the Linux console", map[string]string{"TERM": "linux"}, ""},
	} {
		if got := Question(func(k string) string { return c.env[k] }); got != c.want {
			t.Errorf("%s: got %q, want %q", c.name, got, c.want)
		}
	}
}

func TestEnterTypedBeforeTheTerminalWasRawIsEnter(t *testing.T) {
	line := strings.Repeat("x", 300) // longer than a Read
	r := read(part{0, line + "\n/join lab3\n"}, part{200 * ms, "a\nb"})
	if !r.Raw() {
		t.Error("nothing was typed")
	}
	if got, want := strings.Join(r.all(t), ""), line+"\r/join lab3\ra\nb"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	late := read(part{200 * ms, "a\nb"})
	if late.Raw() {
		t.Error("something was typed")
	}
	if got, want := strings.Join(late.all(t), ""), "a\nb"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}
