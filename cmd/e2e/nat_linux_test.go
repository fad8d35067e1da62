package e2e_test

import (
	"testing"

	"labchat/internal/netlab"
)

// TestTheWayIsDirectWhereRoutersLetItAndRelayedWhereNotAndSaysWhy has two
// people talk who are behind routers of each kind.
func TestTheWayIsDirectWhereRoutersLetItAndRelayedWhereNotAndSaysWhy(t *testing.T) {
	const direct, relay, dependent = "direct", "relay", "your NAT uses another address for each destination"
	for _, tt := range []struct {
		name           string
		ann, ben       place
		way            string
		annWhy, benWhy string
	}{
		{"nothing before either", open, open, direct, "", ""},
		{"endpoint-independent both", behind(netlab.Independent), behind(netlab.Independent), direct, "", ""},
		{"one router for both", behindOne, behindOne, direct, "", ""},
		// Who is there for all answers the address that a knock comes from.
		{"endpoint-dependent and nothing", behind(netlab.Dependent), open, direct, "", ""},
		{"endpoint-independent and nothing", behind(netlab.Independent), open, direct, "", ""},
		// Ann's knocks come from a port that ben's router has heard nothing of, and
		// ben's go to one that ann's router uses for the server only.
		{
			"endpoint-dependent and independent", behind(netlab.Dependent), behind(netlab.Independent), relay,
			dependent, "nothing of ann arrives: a NAT or a firewall is between you",
		},
		{"endpoint-dependent both", behind(netlab.Dependent), behind(netlab.Dependent), relay, dependent, dependent},
		{
			"UDP blocked and nothing", blocked, open, relay,
			"UDP does not get through to the server", "ann can't be reached over UDP",
		},
		{
			"UDP blocked both", blocked, blocked, relay,
			"UDP does not get through to the server", "UDP does not get through to the server",
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			s := newNetHarness(t)
			ann, ben := s.guest(tt.ann(s, "ann"), "ann"), s.guest(tt.ben(s, "ben"), "ben")
			ann.meets(ben, "hello ben")
			ann.path(ben, tt.way, tt.annWhy)
			ben.path(ann, tt.way, tt.benWhy)
			ben.types("@ann: hello ann")
			if o := ann.hears("hello ann"); o.Path != tt.way {
				t.Errorf("a line came by way of %s, want %s", o.Path, tt.way)
			}
			ben.delivered()
			ann.leaves()
			ben.leaves()
		})
	}
}

// place makes the host of somebody.
type place func(s *netHarness, name string) *netlab.Host

func open(s *netHarness, name string) *netlab.Host { return s.Host(name) }

func behind(m netlab.Mapping) place {
	return func(s *netHarness, name string) *netlab.Host { return s.NAT(name, m).Host(name) }
}

func behindOne(s *netHarness, name string) *netlab.Host {
	if s.router == nil {
		s.router = s.NAT("router", netlab.Independent)
	}
	return s.router.Host(name)
}

func blocked(s *netHarness, name string) *netlab.Host {
	h := s.Host(name)
	s.Impair(h, netlab.Fault{NoUDP: true})
	return h
}
