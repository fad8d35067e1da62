package command

import (
	"slices"
	"strings"
	"testing"

	"labchat/internal/wire"
)

func TestOnlyWhatADialectCanSayIsOffered(t *testing.T) {
	for dialect, want := range map[string]struct{ has, lacks []Verb }{
		"chat1":           {has: []Verb{Join, Topic, Sessions, Sum, Quit, Accept, Refuse, Verify, Send, Cancel, Path, Kick, Outbox, Share}},
		"a3":              {has: []Verb{Users, Msg, Nick, Joke, Inbox, Me, Sum, Quit}, lacks: []Verb{Join, Rooms, Topic, Sessions, Whois, Accept, Verify, Send, Cancel, Path, Kick, Outbox, Share}},
		"prompt":          {has: []Verb{Users, Me, Quit, Next}, lacks: []Verb{Join, Msg, Joke, Register, Nick, Accept, Refuse, Outbox, Kick}},
		"prompt-accounts": {has: []Verb{Users, Me}, lacks: []Verb{Nick, Register, Login}},
		"ias":             {has: []Verb{Create, Join, Leave, Rooms, Users, Accept, Refuse}, lacks: []Verb{Logout, Topic, Verify, Outbox}},
		"tobi":            {has: []Verb{Join, Create, Rooms, Users, Msg, Open, Accept, Refuse}, lacks: []Verb{Topic, Joke, Verify, Send, Cancel, Path, Kick, Outbox, Share}},
		"sum":             {has: []Verb{Sum, Quit, Help}, lacks: []Verb{Users, Msg}},
		"direct":          {has: []Verb{Quit}, lacks: []Verb{Help, Users, Msg, Sum}},
		"unheard of":      {has: []Verb{Join, Topic}},
	} {
		t.Run(dialect, func(t *testing.T) {
			o := OfferOf(dialect)
			for _, c := range commands {
				switch {
				case slices.Contains(want.has, c.Verb) && !o.has(&c):
					t.Errorf("%s is not offered", c.Verb)
				case slices.Contains(want.lacks, c.Verb) && o.has(&c):
					t.Errorf("%s is offered", c.Verb)
				}
			}
		})
	}
}

func TestHelpAndCompletionHoldTheOfferOnly(t *testing.T) {
	o := OfferOf("a3")
	if rows := strings.Join(HelpLines(o), "\n"); strings.Contains(rows, "/join") || !strings.Contains(rows, "/joke") {
		t.Errorf("the help on a3 is\n%s", rows)
	}
	for _, c := range Complete("/j", 2, world{}, o) {
		if c.Command.Verb == Join {
			t.Error("/join is completed")
		}
	}
}

func TestTheHelpWithoutAServerNamesOnlyWhatWorksThere(t *testing.T) {
	for _, e := range HelpEntries(OfferOf("direct")) {
		a := Parse(e.Signature, Context{Room: "direct", Me: "ann", Direct: true})
		if l, ok := a.(Local); !ok || l.Verb != Quit {
			t.Errorf("%q is helped with, and is %#v", e.Signature, a)
		}
	}
}

// TestARequestIsCalledByTheCommandThatAsksForIt so that a refusal names what was
// typed.
func TestARequestIsCalledByTheCommandThatAsksForIt(t *testing.T) {
	seen := 0
	for i := range commands {
		c := &commands[i]
		shortest := values{}
		for _, a := range c.Args {
			if !a.Optional {
				shortest[a.Name] = samples[a.Name]
			}
		}
		for _, v := range []values{shortest, samples} {
			a, why := c.make(Context{Room: wire.Lobby, To: "alice", Me: "alice", Account: true}, v)
			ask, asks := a.(Ask)
			if why != "" || !asks {
				continue
			}
			seen++
			word := ask.Request.Act().Command()
			if found, _ := find(Slash, strings.TrimPrefix(word, string(Slash))); found == nil || found.Verb != c.Verb && c.Verb != Sum && c.Verb != Date {
				t.Errorf("%s asks for %q, which is called %q", c.Verb, ask.Request.Act(), word)
			}
		}
	}
	if seen < 20 {
		t.Errorf("only %d requests were made", seen)
	}
}
