package oldpeer

import (
	"fmt"
	"net/netip"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"labchat/internal/wire"
)

func addr(n int) netip.AddrPort {
	return netip.AddrPortFrom(netip.AddrFrom4([4]byte{10, 0, byte(n >> 8), byte(n)}), 4000)
}

func TestAnAddressIsCalledByItsFirstNameAndNobodyElseIs(t *testing.T) {
	b := NewBook()
	other := netip.MustParseAddrPort("10.0.0.1:4001")
	for _, tt := range []struct {
		what    string
		from    netip.AddrPort
		claimed string
		near    bool
		want    string
	}{
		{"no name", addr(1), "", false, "10.0.0.1:4000"},
		{"a name that is none", addr(1), "a\x1bb", false, "10.0.0.1:4000"},
		{"a better name later", addr(1), "olaf", false, "olaf@10.0.0.1"},
		{"another name", addr(1), "eva", false, "olaf@10.0.0.1"},
		{"the same name at the same machine", other, "olaf", false, "olaf@10.0.0.1:4001"},
		{"a list of the registry vouches", addr(2), "olaf", true, "olaf"},
		{"a look-alike", addr(3), "0laf", true, "0laf@10.0.0.3"},
		{"our own name", addr(4), "anna", true, "anna@10.0.0.4"},
	} {
		if got := b.Label(tt.from, tt.claimed, "anna", tt.near); got != tt.want {
			t.Errorf("%s: got %q, want %q", tt.what, got, tt.want)
		}
	}
}

func TestLabelsOfStrangersAreNoNamesOfUsersAndBounded(t *testing.T) {
	b := NewBook()
	for i := range 2000 {
		l := b.Label(addr(i), fmt.Sprintf("u%d", i), "anna", false)
		if !strings.ContainsAny(l, "@:") || wire.CheckUser(l) == nil {
			t.Fatalf("a stranger is called %q", l)
		}
	}
	if len(b.labels) > MaxLabels || len(b.used) > MaxLabels {
		t.Errorf("%d labels are remembered", len(b.labels))
	}
}

func TestStrangersWaitForAWordOfOurs(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := NewBook()
		line := &wire.Said{Text: "hello"}
		word := Word{From: addr(1), Claimed: "olaf", Dialect: "tobi", Line: line}
		if v := b.Hear(word, "anna"); !v.Asks || !v.Shown || v.Label != "olaf@10.0.0.1" {
			t.Errorf("the first word: %+v", v)
		}
		for range MaxHeld {
			if v := b.Hear(word, "anna"); v.Asks || v.Shown || v.Dropped != "" {
				t.Fatalf("a further word: %+v", v)
			}
		}
		if v := b.Hear(word, "anna"); v.Dropped == "" {
			t.Error("one word too many is held")
		}
		for i := range MaxStrangers {
			b.Hear(Word{From: addr(100 + i)}, "anna")
		}
		if v := b.Hear(Word{From: addr(500)}, "anna"); v.Dropped == "" {
			t.Error("one stranger too many may ask")
		}
		<-time.After(strangerFor)
		if v := b.Hear(Word{From: addr(500)}, "anna"); !v.Asks {
			t.Error("nobody makes room for a stranger")
		}
		b.Hear(word, "anna")
		c := b.Meet("olaf@10.0.0.1", addr(1))
		if c.Dialect != "tobi" || b.At(addr(1)) != c || b.Contact("OLAF@10.0.0.1") != c || b.Stranger(addr(1)) != nil {
			t.Errorf("a contact is %+v", c)
		}
		if b.Forget(c); b.At(addr(1)) != nil || b.Contact(c.Name) != nil {
			t.Error("who was forgotten is still a contact")
		}
		b.Hear(word, "anna")
		b.Stranger(addr(1)).Refuse()
		if v := b.Hear(word, "anna"); v.Dropped == "" || len(b.Stranger(addr(1)).Held()) > 0 {
			t.Errorf("who was refused is heard: %+v", v)
		}
	})
}
