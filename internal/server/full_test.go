package server

import (
	"sync/atomic"
	"testing"

	"labchat/internal/server/store"
	"labchat/internal/server/store/storetest"
)

// fullable is a store whose disk can be full.
type fullable struct {
	store.Store

	full atomic.Bool
}

func (f *fullable) Full() bool { return f.full.Load() }

func TestOnAFullDiskLinesAreRefusedWithAReasonAndAllElseGoesOn(t *testing.T) {
	disk := &fullable{Store: storetest.New(nil)}
	h := start(t, func(cfg *Config) { cfg.Store = disk })
	nora, old := h.peer(t).hello("nora"), h.peer(t)
	old.ask("login olga\n", "loginok\n")
	nora.send(`{"type":"say","id":"1","room":"lobby","text":"before"}` + "\n")
	nora.want(`"type":"accepted"`)
	old.wants("msg nora before\n")

	disk.full.Store(true)
	nora.send(`{"type":"say","id":"2","room":"lobby","text":"lost"}` + "\n")
	nora.want(`"code":"storage"`)
	nora.send(`{"type":"history","id":"3","room":"lobby","limit":5}` + "\n")
	nora.want(`"text":"before"`)
	nora.send(`{"type":"create","id":"4","room":"den"}` + "\n")
	nora.want(`"type":"created"`)
	old.send("msg lost\n")
	old.want("disk is almost full")

	disk.full.Store(false)
	nora.send(`{"type":"say","id":"5","room":"lobby","text":"after"}` + "\n")
	nora.want(`"type":"accepted"`)
	old.wants("msg nora after\n")
}
