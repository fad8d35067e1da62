package plain_test

import (
	"io"
	"strings"
	"testing"
	"testing/synctest"

	"labchat/internal/plain"
	"labchat/internal/wire"
)

// disk is an Archive that an earlier run has filled.
type disk struct {
	talks []wire.Talk
	lines map[string][]wire.Event
	marks map[string]wire.ID
}

func (d *disk) Ignored() []string                      { return []string{"mallory"} }
func (d *disk) SetIgnored(string, bool) error          { return nil }
func (d *disk) Talks() ([]wire.Talk, error)            { return d.talks, nil }
func (d *disk) SetMark(place string, id wire.ID) error { d.marks[place] = id; return nil }
func (d *disk) Recent(place string, _ wire.ID, _ int) ([]wire.Event, error) {
	return d.lines[place], nil
}

func (d *disk) After(string, wire.ID, int) ([]wire.Event, error) { return nil, nil }

func TestWhatNobodyHasReadInPrivateIsStillUnreadAfterARestart(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := &disk{marks: map[string]wire.ID{}, talks: []wire.Talk{
			{User: "bob", Last: id(9), Unread: 2},
			{User: "carol", Unread: 1, Closed: true},
			{User: "mallory", Unread: 5},
			{User: "alice", Last: id(8), Unread: 3},
			{User: "dora", Last: id(7)},
		}}
		d.lines = map[string][]wire.Event{"@alice": {whispered(8, "alice", "an old line", "")}}
		r := start(t, func(s *session, in io.ReadCloser, out io.Writer) error {
			return plain.Run(t.Context(), plain.Config{Session: s, Archive: d, Input: in, Out: out, Room: "lab3", Prompt: true})
		})
		arrive(r)
		if out := r.out.String(); !strings.Contains(out, "unread: alice 3, bob 2. /next goes there.") {
			t.Errorf("got %q", out)
		}
		r.types("/next")
		if out := r.out.String(); !strings.Contains(out, "you are at alice.") || d.marks["@alice"] != id(8) {
			t.Errorf("got %v, %q", d.marks, out)
		}
		r.types("/read")
		if out := r.out.String(); !strings.Contains(out, "private alice: an old line") {
			t.Errorf("got %q", out)
		}
		r.hear(whispered(20, "alice", "a new one", wire.WayDirect), whispered(21, "dora", "elsewhere", wire.WayDirect))
		if d.marks["@alice"] != id(20) || d.marks["@dora"] != 0 {
			t.Errorf("got %v", d.marks)
		}
		r.eof()
		if err := r.result(); err != nil {
			t.Error(err)
		}
	})
}

func TestWhoAsksIsToldThatTheyHaveToAccept(t *testing.T) {
	for _, json := range []bool{false, true} {
		synctest.Test(t, func(t *testing.T) {
			r := start(t, func(s *session, in io.ReadCloser, out io.Writer) error {
				return plain.Run(t.Context(), plain.Config{Session: s, Input: in, Out: out, Room: "lab3", JSON: json})
			})
			arrive(r)
			asked := &wire.Path{User: "alice", Way: wire.WayNone, Trying: true, Asked: true, Reason: "alice was asked; lines go when alice accepts"}
			r.hear(&wire.Path{User: "alice", Way: wire.WayNone, Trying: true}, asked, asked)
			want := "private with alice: alice was asked; lines go when alice accepts.\n"
			if json {
				want = `"trying":true,"asked":true`
			}
			if n := strings.Count(r.out.String(), want); n != 1 {
				t.Errorf("it is said %d times in %q", n, r.out)
			}
			r.hear(&wire.TalkRenamed{Old: "alice", Name: "alicia", Kind: wire.KindGuest})
			want = "alice is ~alicia now: it is the same device"
			if json {
				want = `{"type":"talk_renamed","old":"alice","user":"alicia","kind":"guest"}`
			}
			if !strings.Contains(r.out.String(), want) {
				t.Errorf("got %q, want %q", r.out, want)
			}
			r.eof()
			if err := r.result(); err != nil {
				t.Error(err)
			}
		})
	}
}

func TestAnAnswerToNobodyNamesWhoAsks(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := conversation(t, false, false)
		arrive(r)
		r.types("/accept")
		r.hear(&wire.Path{User: "eve", Way: wire.WayNone, Request: true})
		r.types("/refuse")
		out := r.out.String()
		if nobody, eve := strings.Index(out, "This is no private conversation"), strings.Index(out, "eve asks for a private conversation: /accept eve or /refuse eve."); nobody < 0 || eve < nobody {
			t.Errorf("got %q", out)
		}
		r.eof()
		if err := r.result(); err != nil {
			t.Error(err)
		}
	})
}
