package tui

import (
	"testing"

	"labchat/internal/wire"
)

// The hint how others join is for who has just begun, and is alone.
func TestTheHintOfLocalEndsWithTheFirstKeyOrPerson(t *testing.T) {
	const hint = "Others on this machine join with one of: chat-tui --local"
	alone := &wire.Entered{Room: "lab3", People: []wire.Person{{Name: "sara"}}}
	for _, tt := range []struct {
		name string
		do   func(*scene)
	}{
		{"a key", func(s *scene) { s.types("h") }},
		{"a key that types nothing", func(s *scene) { s.press("pgup") }},
		{"somebody who comes", func(s *scene) { s.hear(&wire.Joined{Room: "lab3", Name: "bob"}) }},
		{"somebody who is there", func(s *scene) {
			s.hear(&wire.Entered{Room: "lobby", People: []wire.Person{{Name: "sara"}, {Name: "bob"}}})
		}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := open(t, 120, 40, func(c *Config) {
				c.Local, c.Hint = true, "Others on this machine join with one of:\nchat-tui --local"
			})
			s.hear(append(online(), alone)...)
			s.hear(&wire.Joined{Room: "lab3", Name: "sara"})
			s.shows(hint)
			tt.do(s)
			s.hides(hint)
		})
	}
}
