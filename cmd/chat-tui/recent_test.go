package main

import (
	"log/slog"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/adrg/xdg"
	"github.com/google/go-cmp/cmp"

	"labchat/internal/tui"
)

// stateHome gives the test a directory for what is remembered.
func stateHome(t *testing.T) {
	t.Helper()
	was := xdg.StateHome
	xdg.StateHome = filepath.Join(t.TempDir(), "state")
	t.Cleanup(func() { xdg.StateHome = was })
}

func TestTheFormBeginsWithHowSomebodyCameInLast(t *testing.T) {
	const lab, other = "lab.example.org:1300", "127.0.0.1:1300"
	for _, tt := range []struct {
		name string
		last reach // came in with these
		here bool  // or on this machine
		now  reach
		want tui.Login
	}{
		{"never", reach{}, false, reach{}, tui.Login{Server: other, Mode: tui.ModeGuest}},
		{"an account", reach{Server: lab, User: "ada"}, false, reach{}, tui.Login{Server: lab, Mode: tui.ModeLogin, Name: "ada"}},
		{"who registered has an account now", reach{Server: lab, User: "ada", Register: true}, false, reach{}, tui.Login{Server: lab, Mode: tui.ModeLogin, Name: "ada"}},
		{"a guest", reach{Server: lab, User: "ada", Guest: true}, false, reach{}, tui.Login{Server: lab, Mode: tui.ModeGuest, Name: "ada"}},
		{"a port goes without saying", reach{Server: "lab.example.org", User: "ada"}, false, reach{}, tui.Login{Server: lab, Mode: tui.ModeLogin, Name: "ada"}},
		{"flags come first", reach{Server: lab, User: "ada"}, false, reach{Server: "h:1", User: "bob", Guest: true}, tui.Login{Server: "h:1", Mode: tui.ModeGuest, Name: "bob"}},
		{"a flag for the server", reach{Server: lab, User: "ada"}, false, reach{Server: "h:1"}, tui.Login{Server: "h:1", Mode: tui.ModeLogin, Name: "ada"}},
		{"a flag for the name", reach{Server: lab, User: "ada", Guest: true}, false, reach{User: "bob"}, tui.Login{Server: lab, Mode: tui.ModeLogin, Name: "bob"}},
		{"an older server", reach{Server: "lab:12000", User: "ada", Guest: true, Dialect: "prompt"}, false, reach{Dialect: "auto"}, tui.Login{Server: "lab:12000", Dialect: "prompt", Mode: tui.ModeGuest, Name: "ada"}},
		{"an older server, and another now", reach{Server: "lab:12000", User: "ada", Guest: true, Dialect: "prompt"}, false, reach{Server: "h:1"}, tui.Login{Server: "h:1", Mode: tui.ModeGuest, Name: "ada"}},
		{"on this machine", reach{User: "ada"}, true, reach{}, tui.Login{Server: other, Mode: tui.ModeGuest, Name: "ada", Here: true}},
		{"on this machine, and a server now", reach{User: "ada"}, true, reach{Server: lab}, tui.Login{Server: lab, Mode: tui.ModeGuest, Name: "ada"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			stateHome(t)
			now := recentOf(&tt.last)
			if tt.here {
				now = recentHere(slog.Default(), tt.last.User)
			}
			if tt.last != (reach{}) {
				now.keep(slog.Default())
			}
			got := tt.now.first(readRecent(slog.Default()))
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestAServerOnThisMachineDoesNotMakeTheOtherForgotten(t *testing.T) {
	stateHome(t)
	log := slog.Default()
	recentOf(&reach{Server: "lab.example.org", User: "ada", ServerKey: "SHA256:abc"}).keep(log)
	recentHere(log, "ben").keep(log)
	want := recent{Server: "lab.example.org:1300", ServerKey: "SHA256:abc", Name: "ben", Mode: modeLocal}
	if diff := cmp.Diff(want, readRecent(log)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	var now reach
	if diff := cmp.Diff(tui.Login{Server: "lab.example.org:1300", Mode: tui.ModeGuest, Name: "ben", Here: true}, now.first(readRecent(log))); diff != "" {
		t.Errorf("the form, (-want +got):\n%s", diff)
	}
}

func TestWhatIsRememberedIsTheOwnersAloneAndHoldsNoPassword(t *testing.T) {
	stateHome(t)
	r := &reach{Server: "lab:1300", User: "ada", PasswordFile: "where-it-is"}
	recentOf(r).keep(slog.Default())
	info, err := os.Stat(recentFile())
	if err != nil {
		t.Fatal(err)
	}
	if runtime.GOOS != "windows" && info.Mode().Perm() != 0o600 {
		t.Errorf("got %v, want 0600", info.Mode().Perm())
	}
	b, err := os.ReadFile(recentFile())
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(string(b), "where-it-is") {
		t.Errorf("it holds %s", b)
	}
	left, err := filepath.Glob(recentFile() + ".*")
	if err != nil || len(left) > 0 {
		t.Errorf("it leaves %v, %v", left, err)
	}
}

func TestSessionsThatNeedMoreFlagsAreNotRemembered(t *testing.T) {
	stateHome(t)
	for _, r := range []reach{
		{Server: "lab:1300", User: "ada", Profile: "two"},
		{Server: "lab:1300", User: "ada", UDP: "127.0.0.1:2021"},
	} {
		recentOf(&r).keep(slog.Default())
		if got := readRecent(slog.Default()); got != (recent{}) {
			t.Errorf("%+v: got %+v", r, got)
		}
	}
}

func TestTheKeyOfAServerGoesWithItsNameOnly(t *testing.T) {
	d := desk{last: recent{Server: "lab:1300", ServerKey: "SHA256:abc"}}
	if got := d.reached(tui.Login{Server: "lab:1300"}).ServerKey; got != "SHA256:abc" {
		t.Errorf("the same server: got %q", got)
	}
	if got := d.reached(tui.Login{Server: "other:1300"}).ServerKey; got != "" {
		t.Errorf("another server: got %q", got)
	}
}

func TestAFileThatCannotBeReadIsNoReasonNotToStart(t *testing.T) {
	stateHome(t)
	if err := os.MkdirAll(filepath.Dir(recentFile()), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(recentFile(), []byte(`{"server":7`), 0o600); err != nil {
		t.Fatal(err)
	}
	want := tui.Login{Server: "127.0.0.1:1300", Mode: tui.ModeGuest}
	if got := new(reach).first(readRecent(slog.New(slog.DiscardHandler))); got != want {
		t.Errorf("got %+v, want %+v", got, want)
	}
}
