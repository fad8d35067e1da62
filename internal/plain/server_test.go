package plain_test

import (
	"errors"
	"strings"
	"testing"
	"testing/synctest"

	"labchat/internal/plain"
	"labchat/internal/wire"
)

// mistrusted is what a session says of a server that is not the one we know.
func mistrusted() *wire.Status {
	e := offline("The key of 127.0.0.1:1300 has changed.")
	e.Code, e.Mistrust = wire.CodeDenied, &wire.Mistrust{Had: "SHA256:old", Shows: "SHA256:new"}
	return e
}

func TestAServerIsTrustedAfterAQuestionThatShowsBothKeys(t *testing.T) {
	for _, json := range []bool{false, true} {
		synctest.Test(t, func(t *testing.T) {
			r := conversation(t, json, false)
			r.hear(&wire.Status{State: wire.StateConnecting, Server: "127.0.0.1:1300"}, mistrusted())
			r.hear(&wire.Status{State: wire.StateConnecting, Server: "127.0.0.1:1300", Attempt: 1}, mistrusted())
			if got := strings.Count(r.out.String(), "has changed"); !json && got != 1 {
				t.Errorf("the reason is told %d times, want once:\n%s", got, r.out)
			}
			r.types("/server trust")
			for _, part := range []string{"SHA256:old", "SHA256:new", "trust the new key of 127.0.0.1:1300? y/n"} {
				if !strings.Contains(r.out.String(), part) {
					t.Errorf("%q is not in:\n%s", part, r.out)
				}
			}
			if got := r.s.lastAsked(); got != "" {
				t.Errorf("asked %q before an answer", got)
			}
			r.types("y") // t1
			if got := r.s.lastAsked(); !strings.Contains(got, "TrustServer") || !strings.Contains(got, "Shows:SHA256:new") {
				t.Errorf("asked %q, want the new key trusted", got)
			}
			r.hear(&wire.Done{Re: wire.Re{Re: "t1"}, Of: wire.ActTrust})
			arrive(r)
			r.types("/quit")
			if err := r.result(); err != nil {
				t.Error(err)
			}
		})
	}
}

func TestAServerThatCallsItselfAnotherOneIsGoneOnWithAfterAQuestionThatShowsBothNames(t *testing.T) {
	for _, json := range []bool{false, true} {
		synctest.Test(t, func(t *testing.T) {
			r := conversation(t, json, false)
			other := mistrusted()
			other.Mistrust = &wire.Mistrust{Had: "node1", Shows: "node2", Node: true}
			r.hear(&wire.Status{State: wire.StateConnecting, Server: "127.0.0.1:1300"}, other)
			if json && !strings.Contains(r.out.String(), `"had":"node1","shows":"node2","node":true`) {
				t.Errorf("a program is not told of the names:\n%s", r.out)
			}
			r.types("/server trust")
			for _, part := range []string{"called itself: node1", "calls itself now: node2", "go on with 127.0.0.1:1300 as a new server? y/n"} {
				if !strings.Contains(r.out.String(), part) {
					t.Errorf("%q is not in:\n%s", part, r.out)
				}
			}
			r.types("y")
			if got := r.s.lastAsked(); !strings.Contains(got, "TrustServer") || !strings.Contains(got, "Shows:node2 Node:true") {
				t.Errorf("asked %q, want the new server trusted", got)
			}
			r.hear(&wire.Status{State: wire.StateEnded, Reason: "127.0.0.1:1300 is a new server from now on."})
			if err := r.result(); err == nil || !strings.Contains(err.Error(), "new server") {
				t.Errorf("got %v, want how it goes on", err)
			}
		})
	}
}

func TestAScriptEndsWhereNobodyCanTrustTheServer(t *testing.T) {
	for _, first := range []string{"the end of the input", "the refusal"} {
		t.Run(first+" comes first", func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				r := conversation(t, false, false)
				if first == "the refusal" {
					r.hear(mistrusted())
					r.eof()
				} else {
					arrive(r)
					r.hear(offline("Nobody answers."))
					r.types("a line")
					r.eof()
					r.hear(mistrusted())
				}
				if ended, ok := errors.AsType[*plain.EndedError](r.result()); !ok || !strings.Contains(ended.Error(), "has changed") {
					t.Errorf("got %v, want the reason", ended)
				}
			})
		})
	}
}
