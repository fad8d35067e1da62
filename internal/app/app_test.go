package app

import (
	"context"
	"slices"
	"testing"
	"time"

	"labchat/internal/command"
	"labchat/internal/text"
	"labchat/internal/wire"
)

// A view has no screen: what is said in passing is kept, and every question is
// answered with yes.
type view struct {
	app     *App
	flashes []text.Safe
	asked   []text.Safe
}

func (v *view) Start(after time.Duration, do func(context.Context) func()) {
	if after > 0 {
		return
	}
	if then := do(context.Background()); then != nil {
		then()
	}
}
func (v *view) Flash(words text.Safe)                    { v.flashes = append(v.flashes, words) }
func (v *view) Unflash(text.Safe)                        {}
func (v *view) Ask(question text.Safe, yes func())       { v.asked = append(v.asked, question); yes() }
func (v *view) AskSecret(_ text.Safe, then func(string)) { then("sesame") }
func (v *view) Do(command.Verb, string) bool             { return false }
func (v *view) Reads(at *Place) bool                     { return at == v.app.Book.Current }
func (v *view) Newest()                                  {}
func (v *view) Show(at *Place)                           { v.app.Book.Current = at }
func (v *view) SwitchTo(at *Place)                       { v.app.Book.Current = at }
func (v *view) Arrive(at *Place, _ Errand)               { v.app.Book.Current = at }
func (v *view) Displaced()                               {}
func (v *view) Missed(*Place, wire.ID, wire.ID)          {}
func (v *view) LinesCame()                               {}
func (v *view) Writing() bool                            { return false }
func (v *view) KeepDraft()                               {}
func (v *view) Edits() int                               { return 0 }
func (v *view) Recallable(*Place, string)                {}
func (v *view) Renamed(string, string)                   {}
func (v *view) StatusChanged(*wire.Status, wire.State)   {}
func (v *view) LoggedIn()                                {}
func (v *view) Restored(Restored, Restored)              {}
func (v *view) LoginRefused(*wire.Refused) bool          { return false }
func (v *view) Refused(Errand, text.Safe) bool           { return false }
func (v *view) RoomsListed()                             {}
func (v *view) Typing(*Place)                            {}
func (v *view) Safety(*wire.Safety)                      {}
func (v *view) FileCard(*wire.Transfer) text.Safe        { return "" }

// A session keeps what it is asked for.
type session struct {
	said []string
	did  []wire.Request
}

func (s *session) Events() <-chan []wire.Event { return nil }
func (s *session) Say(room, words string, _ bool) wire.ClientID {
	s.said = append(s.said, room+": "+words)
	return "c1"
}

func (s *session) Whisper(to, words string, _ bool) wire.ClientID {
	s.said = append(s.said, "@"+to+": "+words)
	return "c2"
}
func (s *session) Do(r wire.Request) string { s.did = append(s.did, r); return "t1" }
func (s *session) Retry()                   {}

func headless() (*App, *session, *view) {
	now := time.Date(2026, 11, 25, 14, 0, 0, 0, time.UTC)
	v, s := &view{}, &session{}
	a := New(v, "", false, func() time.Time { return now }, time.UTC)
	v.app = a
	a.Book.Current = a.Book.Room("lab3")
	a.Connect(s, nil, nil, false)
	a.Apply(&wire.Status{State: wire.StateOnline, Server: "h:1"})
	a.Apply(&wire.LoggedIn{Name: "sara", Kind: wire.KindAccount})
	a.Apply(&wire.Entered{Room: "lab3"})
	a.Apply(&wire.Entered{Room: "general"})
	return a, s, v
}

func (a *App) types(line string) { a.Act(command.Parse(line, a.Context()), line) }

func TestAClientNeedsNoScreen(t *testing.T) {
	a, s, _ := headless()
	a.types("hello")
	a.types("@bob: psst")
	if want := []string{"lab3: hello", "@bob: psst"}; !slices.Equal(s.said, want) {
		t.Errorf("said %q, want %q", s.said, want)
	}
	a.Apply(&wire.Said{Room: "general", ID: wire.FirstID(a.Millis()), At: a.Millis(), From: "bob", Text: "sara, look"})
	at := a.Book.Find(RoomID("general"))
	if at.Counts.Unread != 1 || at.Counts.Mentions != 1 {
		t.Errorf("got %d unread and %d mentions, want 1 of each", at.Counts.Unread, at.Counts.Mentions)
	}
	if got := a.Book.MostUnread(); got != at {
		t.Errorf("got %v to be read first, want #general", got)
	}
}

func TestWhatIsAskedBackComesBeforeTheRequest(t *testing.T) {
	a, s, v := headless()
	a.types("/leave")
	if want := []text.Safe{"leave #lab3?"}; !slices.Equal(v.asked, want) {
		t.Errorf("asked %q, want %q", v.asked, want)
	}
	if r, ok := s.did[len(s.did)-1].(wire.Leave); !ok || r.Room != "lab3" {
		t.Errorf("got the request %#v, want to leave lab3", s.did[len(s.did)-1])
	}
	a.types("/login ada")
	if r, ok := s.did[len(s.did)-1].(wire.Login); !ok || r.Name != "ada" || r.Password.Reveal() != "sesame" {
		t.Errorf("got the request %#v, want a login", s.did[len(s.did)-1])
	}
}

func TestARefusalIsToldWhereItWasAskedFor(t *testing.T) {
	a, _, _ := headless()
	at := a.Book.Current
	a.types("/whois nobody")
	a.Book.Current = a.Book.Room("general")
	a.Apply(&wire.Refused{Re: wire.Re{Re: "t1"}, Of: wire.ActWhois, Code: wire.CodeNoUser, Text: "Nobody is called so."})
	if l := at.Log.newest(); l == nil || l.Text != "/whois nobody: Nobody is called so." {
		t.Errorf("got %v, want the refusal in #lab3", l)
	}
}
