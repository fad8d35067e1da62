package private_test

import (
	"testing"
	"testing/synctest"

	"labchat/internal/wire"
)

// TestANameIsWrittenAsTheServerWritesIt also where a person has typed it in another
// way: there is one conversation.
func TestANameIsWrittenAsTheServerWritesIt(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newHarness(t)
		defer w.end()
		ann, bob := friends(w)
		ann.Whisper("BOB", "hello", false)
		settle()
		bob.wantTexts("ann", "hello")
		bob.Whisper("Ann", "hello back", false)
		settle()
		ann.wantTexts("bob", "hello back")
		if e := last(ann, func(*wire.TalkRenamed) bool { return true }); e == nil || e.Old != "BOB" || e.Name != "bob" {
			t.Errorf("ann was told %+v", e)
		}
		if p := ann.path("bob"); p == nil || p.Way != wire.WayDirect {
			t.Errorf("ann's path is %+v", p)
		}
		ann.Whisper("bob", "again", false)
		settle()
		bob.wantTexts("ann", "hello", "again")
		if n := ann.count(func(e wire.Event) bool { _, is := e.(*wire.TalkRenamed); return is }); n != 1 {
			t.Errorf("it was told %d times", n)
		}
	})
}
