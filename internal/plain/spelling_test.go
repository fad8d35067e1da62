package plain_test

import (
	"fmt"
	"strings"
	"testing"
	"testing/synctest"

	"labchat/internal/wire"
)

// TestAPersonHasOnePromptHoweverTheNameIsTyped and one place among those with
// something new.
func TestAPersonHasOnePromptHoweverTheNameIsTyped(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := conversation(t, false, true)
		arrive(r)
		r.hear(whispered(3, "Bob", "one", wire.WayDirect), whispered(4, "bob", "two", wire.WayDirect))
		r.types("/next")
		if out := r.out.String(); !strings.Contains(out, "you are at Bob.") {
			t.Errorf("got %q", out)
		}
		r.types("/next")
		if out := r.out.String(); !strings.Contains(out, "nothing unread") {
			t.Errorf("got %q", out)
		}
		r.types("/msg BOB")
		r.hear(&wire.TalkRenamed{Old: "BOB", Name: "Bob", Kind: wire.KindAccount}, &wire.Path{Re: wire.Re{Re: fmt.Sprint("t", r.s.n)}, User: "Bob", Way: wire.WayDirect})
		r.types("hello")
		if got := r.s.lastAsked(); got != `whisper Bob "hello" false` {
			t.Errorf("got %q", got)
		}
		if out := r.out.String(); strings.Contains(out, "is Bob now") {
			t.Errorf("got %q", out)
		}
		r.eof()
		_ = r.result()
	})
}
