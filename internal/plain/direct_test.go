package plain_test

import (
	"io"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"labchat/internal/plain"
	"labchat/internal/wire"
)

func TestAConversationWithoutAServerGreetsWithTheCommandThatItHas(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := start(t, func(s *session, in io.ReadCloser, out io.Writer) error {
			return plain.Run(t.Context(), plain.Config{
				Session: s, Input: in, Out: out, Room: "direct", Direct: true, Prompt: true, Zone: time.UTC, Now: sinceStart(),
			})
		})
		r.hear(&wire.Status{State: wire.StateOnline, Server: "127.0.0.1:5000", Dialect: "direct"},
			&wire.LoggedIn{Name: "ann", Kind: wire.KindGuest},
			&wire.Entered{Room: "direct", People: []wire.Person{{Name: "ann", Kind: wire.KindGuest}}})
		greeting := r.out.String()
		if !strings.Contains(greeting, ":q ends it") || strings.Contains(greeting, "Type /") || strings.Contains(greeting, "registered") {
			t.Errorf("it greets with %q", greeting)
		}
		r.types(":q")
		if err := r.result(); err != nil {
			t.Error(err)
		}
	})
}
