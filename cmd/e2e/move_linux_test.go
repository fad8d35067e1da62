package e2e_test

import (
	"testing"

	"labchat/internal/netlab"
)

// TestAConversationGoesOnWhenAnAddressChanges has two people talk of whom one
// gets another address, as in another network, and one is behind a router that
// does. The connection to the server is dead then, too: who has moved finds that
// out after up to a minute, and can't be called before.
func TestAConversationGoesOnWhenAnAddressChanges(t *testing.T) {
	for _, tt := range []struct {
		name string
		move func(a *netlab.Host, r *netlab.Router)
	}{
		{"of a host", func(a *netlab.Host, _ *netlab.Router) { a.Move() }},
		{"of a router", func(_ *netlab.Host, r *netlab.Router) { r.Move() }},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			s := newNetHarness(t)
			a, r := s.Host("ann"), s.NAT("router", netlab.Independent)
			ann, ben := s.guest(a, "ann"), s.guest(r.Host("ben"), "ben")
			ann.meets(ben, "before")
			ann.way(ben, "direct")
			tt.move(a, r)
			ann.types("@ben: from ann")
			ben.types("@ann: from ben")
			ben.hears("from ann")
			ann.hears("from ben")
			ann.way(ben, "direct")
			ben.way(ann, "direct")
		})
	}
}
