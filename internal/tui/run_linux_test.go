package tui

import (
	"context"
	"io"
	"os"
	"runtime"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	tea "github.com/charmbracelet/bubbletea"
	"github.com/creack/pty"
	"github.com/google/go-cmp/cmp"
	"github.com/hinshun/vt10x"
	"go.uber.org/goleak"
	"golang.org/x/sys/unix"

	"labchat/internal/app"
	"labchat/internal/tui/tty"
	"labchat/internal/wire"
)

// A terminal is a pseudo terminal with somebody looking at it.
type terminal struct {
	t      *testing.T
	vt     vt10x.Terminal
	master *os.File
	slave  *os.File      // not closed: after a panic the library goes on reading it
	seen   chan struct{} // something was written
	before unix.Termios
	mu     sync.Mutex
	bytes  []byte // all that was written
}

func newTerminal(t *testing.T) *terminal {
	t.Helper()
	opened, slave, err := pty.Open()
	if err != nil {
		t.Skipf("no pseudo terminal here: %v", err)
	}
	defer opened.Close()
	if err := pty.Setsize(opened, &pty.Winsize{Rows: 24, Cols: 80}); err != nil {
		t.Fatal(err)
	}
	term := &terminal{t: t, master: pollable(t, opened), slave: slave, seen: make(chan struct{}, 1)}
	term.vt = vt10x.New(vt10x.WithSize(80, 24), vt10x.WithWriter(term.master))
	term.before = term.termios()
	read := make(chan struct{})
	go func() {
		defer close(read)
		term.read()
	}()
	t.Cleanup(func() {
		term.master.Close()
		<-read
	})
	return term
}

// pollable is the same file, whose Close ends a Read under way.
func pollable(t *testing.T, f *os.File) *os.File {
	t.Helper()
	fd, err := unix.Dup(int(f.Fd()))
	if err != nil {
		t.Fatal(err)
	}
	if err := unix.SetNonblock(fd, true); err != nil {
		t.Fatal(err)
	}
	return os.NewFile(uintptr(fd), f.Name())
}

func (t *terminal) read() {
	buf := make([]byte, 4096)
	for {
		n, err := t.master.Read(buf)
		if err != nil {
			return
		}
		t.vt.Write(buf[:n])
		t.mu.Lock()
		t.bytes = append(t.bytes, buf[:n]...)
		t.mu.Unlock()
		select {
		case t.seen <- struct{}{}:
		default:
		}
	}
}

func (t *terminal) written() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return string(t.bytes)
}

func (t *terminal) termios() unix.Termios {
	t.t.Helper()
	s, err := unix.IoctlGetTermios(int(t.slave.Fd()), unix.TCGETS)
	if err != nil {
		t.t.Fatal(err)
	}
	return *s
}

func (t *terminal) alternate() bool {
	t.vt.Lock()
	defer t.vt.Unlock()
	return t.vt.Mode()&vt10x.ModeAltScreen != 0
}

// await waits until the screen is as it should be.
func (t *terminal) await(what string, is func() bool) {
	t.t.Helper()
	deadline := time.After(patience)
	for !is() {
		select {
		case <-t.seen:
		case <-deadline:
			t.t.Fatalf("waited in vain for %s:\n%s", what, t.vt.String())
		}
	}
}

func (t *terminal) awaitText(s string) {
	t.t.Helper()
	t.await(s, func() bool { return strings.Contains(t.vt.String(), s) })
}

func (t *terminal) types(s string) {
	t.t.Helper()
	if _, err := t.master.WriteString(s); err != nil {
		t.t.Fatal(err)
	}
}

// restored fails unless the terminal is as it was.
func (t *terminal) restored() {
	t.t.Helper()
	t.await("the main screen", func() bool { return !t.alternate() })
	t.await("the cursor", func() bool { return t.vt.CursorVisible() })
	if diff := cmp.Diff(t.before, t.termios()); diff != "" {
		t.t.Errorf("the terminal's modes differ: %s", diff)
	}
}

// noLeaks looks for goroutines when all else is cleaned up.
func noLeaks(t *testing.T) {
	t.Helper()
	t.Cleanup(func() { goleak.VerifyNone(t) })
}

// panicking is an archive that breaks.
type panicking struct{ *archive }

func (panicking) Recent(string, wire.ID, int) ([]wire.Event, error) { panic("the archive broke") }

func TestTheTerminalIsRestored(t *testing.T) {
	tests := []struct {
		name    string
		archive app.Archive
		end     func(*terminal, *session)
		fails   bool
	}{
		{"after somebody quits", newArchive(), func(term *terminal, _ *session) { term.types("\x11") }, false},
		{"after /quit", newArchive(), func(term *terminal, _ *session) { term.types("/quit\r") }, false},
		{"after SIGTERM", newArchive(), func(term *terminal, _ *session) {
			if err := syscall.Kill(os.Getpid(), syscall.SIGTERM); err != nil {
				term.t.Fatal(err)
			}
		}, false},
		{"after a panic in Update", newArchive(), func(_ *terminal, s *session) { s.events <- []wire.Event{(*wire.Said)(nil)} }, true},
		{"after a panic in a job", panicking{newArchive()}, func(*terminal, *session) {}, true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			noLeaks(t)
			term := newTerminal(t)
			s := &session{events: make(chan []wire.Event, 1)}
			ended := make(chan error, 1)
			go func() {
				ended <- run(t.Context(), Config{Session: s, Archive: tt.archive, Theme: plainTheme(), Room: "lab3"}, term.slave, term.slave)
			}()
			if !tt.fails || tt.name == "after a panic in Update" {
				term.awaitText("#lab3 ›")
				if !term.alternate() {
					t.Error("not on the alternate screen")
				}
			}
			tt.end(term, s)
			select {
			case err := <-ended:
				if (err != nil) != tt.fails {
					t.Errorf("got error %v, want one: %v", err, tt.fails)
				}
			case <-time.After(patience):
				t.Fatal("it goes on")
			}
			term.restored()
		})
	}
}

func TestTheScreenEndsWithItsContext(t *testing.T) {
	noLeaks(t)
	term := newTerminal(t)
	ctx, cancel := context.WithCancel(t.Context())
	s := &session{events: make(chan []wire.Event, 1)}
	a := newArchive()
	ended := make(chan error, 1)
	go func() {
		ended <- run(ctx, Config{Session: s, Archive: a, Theme: plainTheme(), Room: "lab3"}, term.slave, term.slave)
	}()
	term.awaitText("#lab3 ›")
	term.types("half a line")
	term.awaitText("half a line")
	cancel()
	if err := <-ended; err != nil {
		t.Errorf("got %v", err)
	}
	term.restored()
	if a.drafts["#lab3"] != "half a line" {
		t.Errorf("the draft is lost: %v", a.drafts)
	}
}

// begin runs the screen on the terminal until the test ends.
func (t *terminal) begin(s *session) {
	t.t.Helper()
	cfg := Config{Session: s, Archive: newArchive(), Theme: plainTheme(), Room: "lab3"}
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- run(ctx, cfg, t.slave, t.slave) }()
	t.t.Cleanup(func() {
		cancel()
		if err := <-ended; err != nil {
			t.t.Error(err)
		}
	})
	t.awaitText("#lab3 ›")
}

// taken waits until the program has read all that was typed.
func (t *terminal) taken() {
	t.t.Helper()
	for deadline := time.Now().Add(patience); ; {
		n, err := unix.IoctlGetInt(int(t.slave.Fd()), unix.TIOCINQ)
		if err != nil {
			t.t.Fatal(err)
		}
		if n == 0 {
			return
		}
		if time.Now().After(deadline) {
			t.t.Fatal("nobody reads what is typed")
		}
		runtime.Gosched()
	}
}

func TestAPasteCutBetweenReadsNeverSendsALine(t *testing.T) {
	noLeaks(t)
	const paste = "\x1b[200~one\rtwo\rthree\x1b[201~"
	for cut := 2; cut < len(paste); cut++ {
		term := newTerminal(t)
		s := &session{events: make(chan []wire.Event, 1)}
		term.begin(s)
		term.types(paste[:cut])
		term.taken()
		term.types(paste[cut:])
		term.awaitText("paste 3 lines")
		if len(s.said) > 0 {
			t.Fatalf("cut behind %q: said %v", paste[:cut], s.said)
		}
	}
}

func TestARuneCutBetweenReadsIsNotLost(t *testing.T) {
	noLeaks(t)
	term := newTerminal(t)
	term.begin(&session{events: make(chan []wire.Event, 1)})
	for _, part := range []string{"gr\xc3", "\xbc\xc3\x9fe \xe2", "\x82", "\xac."} {
		term.types(part)
		term.taken()
	}
	term.awaitText("grüße €.")
}

func TestAnAnswerOfTheTerminalIsNeverTyped(t *testing.T) {
	noLeaks(t)
	term := newTerminal(t)
	term.begin(&session{events: make(chan []wire.Event, 1)})
	for _, part := range []string{"a\x1b", "]", "11;rg", "b:0000/0000/00", "00\x1b", "\\b"} {
		term.types(part)
		term.taken()
	}
	term.awaitText("#lab3 › ab")
}

func TestEscAndAKeyLongAfterItAreTwoKeys(t *testing.T) {
	noLeaks(t)
	term := newTerminal(t)
	pressed := make(chan string, 10)
	in := tty.NewInput(term.slave, tty.Heard{})
	program := tea.NewProgram(recorder(pressed), tea.WithInput(in), tea.WithOutput(io.Discard))
	ended := make(chan error, 1)
	go func() {
		_, err := program.Run()
		ended <- err
	}()
	term.types("\x1b")
	if got := <-pressed; got != "esc" { // it comes without another key
		t.Errorf("Esc is %q", got)
	}
	term.types("/")
	if got := <-pressed; got != "/" {
		t.Errorf("a slash after Esc is %q", got)
	}
	term.types("\x1b/")
	if got := <-pressed; got != "alt+/" {
		t.Errorf("Alt and a slash is %q", got)
	}
	program.Quit()
	if err := <-ended; err != nil {
		t.Error(err)
	}
}

// A recorder names the keys that a program sees.
type recorder chan<- string

func (recorder) Init() tea.Cmd { return nil }
func (recorder) View() string  { return "" }

func (r recorder) Update(msg tea.Msg) (tea.Model, tea.Cmd) {
	if k, ok := msg.(tea.KeyMsg); ok {
		r <- k.String()
	}
	return r, nil
}

func TestAPasteOfAMegabyteIsOnePaste(t *testing.T) {
	noLeaks(t)
	term := newTerminal(t)
	s := &session{events: make(chan []wire.Event, 1)}
	term.begin(s)
	term.types("\x1b[200~" + strings.Repeat("0123456789abcde\r", 1<<16) + "end\x1b[201~")
	term.awaitText("paste 65537 lines")
	if len(s.said) > 0 {
		t.Errorf("said %v", s.said)
	}
}
