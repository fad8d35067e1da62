package datagram

import (
	"net/netip"
	"testing"
)

func TestOnlyGroupsOfProgramsAreJoined(t *testing.T) {
	tests := map[string]bool{
		"239.1.2.3:5007":  true,
		"224.0.1.1:1024":  true,
		"224.0.0.5:5007":  false, // the network's own
		"239.1.2.3:1023":  false, // a service's port
		"10.0.0.1:5007":   false,
		"[ff02::1]:5007":  false,
		"[ff05::99]:5007": false,
	}
	for group, want := range tests {
		if got := isJoinable(netip.MustParseAddrPort(group)); got != want {
			t.Errorf("%s: got %v, want %v", group, got, want)
		}
	}
}

func TestSpeakersOfAGroupAreShownMarkedByTheNameTheyGaveAndTheirAddress(t *testing.T) {
	b := &bridge{nicks: newLRU[netip.AddrPort, string](2)}
	from := netip.MustParseAddrPort("10.0.0.1:5007")
	says := []struct{ text, want string }{
		{"hello", "~someone@10.0.0.1"},
		{"Hey there I am anna", "~anna@10.0.0.1"},
		{"Hey there I am None", "~anna@10.0.0.1"},
		{"Hey there I am ~root@10.0.0.9", "~anna@10.0.0.1"},
		{"hello", "~anna@10.0.0.1"},
		{"Hey there I am bob", "~bob@10.0.0.1"},
	}
	for _, s := range says {
		if got := b.speaker(from, s.text); got != s.want {
			t.Errorf("%q: got %s, want %s", s.text, got, s.want)
		}
	}
	for text, want := range map[string]bool{"Hey there I am bob": true, "Hey there I am anna": false, "bob": false, "hello": false} {
		if got := b.isRepeated(from, text); got != want {
			t.Errorf("%q is nothing new: got %v, want %v", text, got, want)
		}
	}
	if b.isRepeated(netip.MustParseAddrPort("10.0.0.2:5007"), "Hey there I am bob") {
		t.Error("another bob is nothing new")
	}
	for i := range 3 {
		b.speaker(netip.AddrPortFrom(netip.AddrFrom4([4]byte{10, 0, 1, byte(i)}), 5007), "Hey there I am zoe")
	}
	if got := b.speaker(from, "hello"); got != "~someone@10.0.0.1" {
		t.Errorf("one that was silent the longest is still %s", got)
	}
}
