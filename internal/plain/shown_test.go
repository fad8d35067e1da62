package plain_test

import (
	"fmt"
	"testing"
	"testing/synctest"

	"labchat/internal/wire"
)

// TestAYesOrANoIsAboutWhatWasShown has keys and files change between the question and
// the answer.
func TestAYesOrANoIsAboutWhatWasShown(t *testing.T) {
	safety := func(user, of string) *wire.Safety {
		return &wire.Safety{User: user, State: wire.KeyNew, Groups: groups, Words: words, Print: of, Own: "SHA256:own"}
	}
	for _, json := range []bool{false, true} {
		t.Run(fmt.Sprintf("JSON %v", json), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				r := conversation(t, json, false)
				arrive(r)
				for i, step := range []struct {
					before []wire.Event
					types  string
					asks   wire.Request
					gets   *wire.Safety
				}{
					{nil, "/verify alice same", wire.Verify{Name: "alice", Answer: wire.AnswerSame}, nil},
					{nil, "/accept alice", wire.Accept{Name: "alice"}, nil},
					{
						[]wire.Event{&wire.Called{From: "alice", Kind: wire.KindAccount, Secure: true, Print: "SHA256:new"}, pcap(wire.TransferOffered, 0)},
						"/accept alice",
						wire.Accept{Name: "alice", Print: "SHA256:new"},
						nil,
					},
					{
						[]wire.Event{&wire.Called{From: "alice", Kind: wire.KindAccount, Secure: true, Print: "SHA256:other"}},
						"/accept alice",
						wire.Accept{Name: "alice", Print: "SHA256:other"},
						nil,
					},
					{
						[]wire.Event{&wire.Path{User: "alice", Way: wire.WayDirect, Device: "SHA256:new"}},
						"/accept alice",
						wire.Accept{Name: "alice", File: "3f9c"},
						nil,
					},
					{nil, "/verify alice", wire.Verify{Name: "alice"}, safety("alice", "SHA256:new")},
					{
						[]wire.Event{&wire.Path{User: "alice", Way: wire.WayDirect, Device: "SHA256:other"}, pcap(wire.TransferRefused, 0)},
						"/verify alice differ",
						wire.Verify{Name: "alice", Answer: wire.AnswerDiffer, Print: "SHA256:new"},
						nil,
					},
					{nil, "/verify bob same", wire.Verify{Name: "bob", Answer: wire.AnswerSame}, nil},
					{nil, "/accept alice", wire.Accept{Name: "alice"}, nil},
					{nil, "/verify sara", wire.Verify{}, safety("", "SHA256:phone")},
					{nil, "/verify sara same", wire.Verify{Answer: wire.AnswerSame, Print: "SHA256:phone"}, nil},
				} {
					if len(step.before) > 0 {
						r.hear(step.before...)
					}
					r.types(step.types)
					if got, want := r.s.lastAsked(), fmt.Sprintf("%T%+v", step.asks, step.asks); got != want {
						t.Errorf("%s asks %s, want %s", step.types, got, want)
					}
					re := wire.Re{Re: fmt.Sprintf("t%d", i+1)}
					if step.gets != nil {
						step.gets.Re = re
						r.hear(step.gets)
						continue
					}
					r.hear(&wire.Refused{Re: re, Of: step.asks.Act(), Code: wire.CodeDenied, Text: "No."})
				}
				r.eof()
				_ = r.result() // that answers were refused
			})
		})
	}
}
