package plain_test

import (
	"strings"
	"testing"
	"testing/synctest"

	"labchat/internal/wire"
)

func TestAPersonIsToldThatATokenWasCopied(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := conversation(t, false, false)
		r.hear(online(), &wire.LoggedIn{Name: "sara", Kind: wire.KindAccount, Copied: "192.0.2.9\x1b[31m"})
		synctest.Wait()
		if got := r.out.String(); !strings.Contains(got, "the second time from 192.0.2.9") || !strings.Contains(got, "/account password") || strings.Contains(got, "\x1b") {
			t.Errorf("got %q", got)
		}
		r.eof()
		if err := r.result(); err != nil {
			t.Error(err)
		}
	})
}
