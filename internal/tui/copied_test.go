package tui

import (
	"testing"

	"labchat/internal/wire"
)

func TestAPersonIsToldThatATokenWasCopied(t *testing.T) {
	s := entered(t)
	s.hear(&wire.LoggedIn{Name: "sara", Kind: wire.KindAccount, Copied: "192.0.2.9\x1b[31m"})
	s.shows("the second time from 192.0.2.9")
	s.shows("/account password")
}
