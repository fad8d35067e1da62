package tui

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"labchat/internal/command"
	"labchat/internal/tui/bubble"
	"labchat/internal/wire"
)

// withFiles opens a scene in a private conversation, in a directory with files.
func withFiles(t *testing.T, names ...string) *scene {
	t.Helper()
	dir := t.TempDir()
	for _, name := range names {
		file := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
			t.Fatal(err)
		}
		if strings.HasSuffix(name, "/") {
			continue
		}
		if err := os.WriteFile(file, []byte("x"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	t.Chdir(dir)
	t.Setenv("HOME", dir)
	s := open(t, 100, 30)
	s.hear(online()...)
	s.enters("/msg bob")
	return s
}

func (s *scene) draft() string { return s.bar.composer.draft.String() }

func TestTabCompletesTheFileToSend(t *testing.T) {
	for _, c := range []struct{ typed, want string }{
		{"/send rep", "/send report.pdf"},
		{"/send my", `/send my\ notes.txt`},
		{`/send my\ no`, `/send my\ notes.txt`},
		{"/send 'my no", "/send 'my notes.txt'"},
		{`/send "my`, `/send "my notes.txt"`},
		{"/send it", `/send it\'s\ here/`},
		{"/send 'it", `/send 'it'\''s here/`},
		{`/send it\'s\ here/`, `/send it\'s\ here/deep.txt`},
		{"/send ~/rep", "/send ~/report.pdf"},
		{"/send ./rep", "/send ./report.pdf"},
		{"/send .h", "/send .hidden"},
		{"/send a", "/send aß"}, // as far as they agree
		{"/send nothing", "/send nothing"},
		{"/send none/x", "/send none/x"},
		{"/send 'my notes.txt' x", "/send 'my notes.txt' x"},
	} {
		t.Run(c.typed, func(t *testing.T) {
			s := withFiles(t, "report.pdf", "my notes.txt", "it's here/deep.txt", ".hidden", "aß1", "aß2", "bad\x1bname", "bad\xffname")
			s.types(c.typed)
			s.press("tab")
			if got := s.draft(); got != c.want {
				t.Errorf("got %s, want %s", got, c.want)
			}
			s.press("tab")
			if got := s.draft(); c.want == "/send aß" && got != "/send aß1" {
				t.Errorf("the second time: got %s, want the first of them", got)
			}
		})
	}
}

func TestTheFileThatTabFoundIsTheOneThatIsSent(t *testing.T) {
	for _, name := range []string{"my notes.txt", "it's \"here\".txt", `back\slash.txt`, `back\ slash.txt`, "ends in a blank ", " begins with one", "'quoted'", "~tilde"} {
		for _, mark := range []string{"", "'", `"`} {
			s := withFiles(t, name)
			s.types("/send " + mark)
			s.press("tab")
			line := s.draft()
			a, ok := command.Parse(line, command.Context{To: "bob"}).(command.Ask)
			if r, _ := a.Request.(wire.SendFile); !ok || r.File != name {
				t.Errorf("%s: got %q, want %q", line, r.File, name)
			}
		}
	}
}

func TestAListOfFilesThatComesTooLateChangesNothing(t *testing.T) {
	s := withFiles(t, "report.pdf")
	s.types("/send rep")
	jobs := s.Update(bubble.Key{Name: "tab"})
	s.types("x")
	s.work(jobs)
	if got := s.draft(); got != "/send repx" {
		t.Errorf("got %q, want what was typed since", got)
	}
}

func TestFilesAreListedWhereThereAreSeveral(t *testing.T) {
	s := withFiles(t, "a1.txt", "a2.txt", "a3/x", "b.txt")
	s.types("/send a")
	s.press("tab")
	for _, name := range []string{"files", "a1.txt", "a2.txt", "a3/"} {
		if got := s.View(); !strings.Contains(got, name) {
			t.Errorf("got\n%s\nwant %s in it", got, name)
		}
	}
	if strings.Contains(s.View(), "b.txt") {
		t.Error("a file is listed that begins otherwise")
	}
	s.press("tab", "tab", "shift+tab")
	if got := s.draft(); got != "/send a1.txt" {
		t.Errorf("got %q", got)
	}
}

func TestACardThatIsWrappedKeepsItsFrame(t *testing.T) {
	s := open(t, 60, 24)
	s.hear(online()...)
	s.hear(&wire.Transfer{ID: "f", User: "alice", Name: "a very long name of a file that nobody can read.txt", State: wire.TransferDone, SHA256: "98eaaaaaaaaaaae4", File: "/tmp/where/the/file/is/now/a very long name of a file that nobody can read.txt", At: at(14, 3)})
	s.switchTo(s.Book.ByID["@alice"])
	for _, row := range []string{"│ ┌ a very long", "│ │ nobody can", "│ │ whole and", "│ │ /tmp/where", "│ │ long name", "│ └ read.txt"} {
		s.shows(row)
	}
}

func TestAFileThatCameAfterANoteStandsBelowIt(t *testing.T) {
	s := open(t, 80, 24)
	s.hear(online()...)
	alice := s.Book.Person("alice")
	s.switchTo(alice)
	s.Note(alice, "direct connection made")
	s.lingers(10 * time.Minute)
	s.hear(&wire.Transfer{ID: "f", User: "alice", Name: "a.bin", State: wire.TransferOffered, At: wire.MillisOf(s.clock.now)})
	s.Note(alice, "the newest")
	view := s.View()
	for i, words := range []string{"direct connection made", "a.bin", "the newest"} {
		at := strings.Index(view, words)
		if at < 0 {
			t.Fatalf("%q is not there:\n%s", words, view)
		}
		if i > 0 && at < strings.Index(view, []string{"direct connection made", "a.bin"}[i-1]) {
			t.Errorf("%q stands too high:\n%s", words, view)
		}
	}
}
