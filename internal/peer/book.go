package peer

import (
	"net/netip"

	"labchat/internal/wire"
)

const (
	maxLabels    = 256 // addresses whose names are remembered
	maxStrangers = 32  // who wait for a word of ours
	maxHeld      = 20  // lines of one of them
)

// book is who is known, and by which address. Owned by loop.
type book struct {
	labels    map[netip.AddrPort]string // what an address is called here
	used      map[string]netip.AddrPort // by the folded label
	contacts  map[string]*contact       // by the folded name
	strangers map[netip.AddrPort]*stranger
	dropped   int // datagrams of strangers that were not shown
}

// contact is somebody that we have a private conversation with.
type contact struct {
	name string
	addr netip.AddrPort
}

// stranger is somebody who has spoken to us and whom we have not answered.
type stranger struct {
	label   string
	shown   bool         // a first line, after which others are held
	refused bool         // a person does not want to hear of it
	lines   []*wire.Said // that are held
}

func newBook() book {
	return book{
		labels:    make(map[netip.AddrPort]string),
		used:      make(map[string]netip.AddrPort),
		contacts:  make(map[string]*contact),
		strangers: make(map[netip.AddrPort]*stranger),
	}
}

// label returns what an address is called. The first that it calls itself
// stays; near is set where a list of the registry vouches for the address, so
// that the plain name will do if nobody else has it.
func (b *book) label(addr netip.AddrPort, claimed, me string, near bool) string {
	if l, ok := b.labels[addr]; ok {
		return l
	}
	if wire.CheckUser(claimed) != nil {
		return addr.String() // it may say a better name later
	}
	ways := []string{claimed + "@" + addr.Addr().String(), claimed + "@" + addr.String()}
	if near && wire.Skeleton(claimed) != wire.Skeleton(me) {
		ways = append([]string{claimed}, ways...)
	}
	for _, way := range ways {
		if _, taken := b.used[wire.Skeleton(way)]; !taken {
			b.call(addr, way)
			return way
		}
	}
	return addr.String()
}

// call names an address.
func (b *book) call(addr netip.AddrPort, label string) {
	if old, ok := b.labels[addr]; ok {
		delete(b.used, wire.Skeleton(old))
	} else if len(b.labels) >= maxLabels {
		return
	}
	b.labels[addr] = label
	b.used[wire.Skeleton(label)] = addr
}

// meet makes somebody a contact, for whose name the registry or the person
// vouches: who only calls itself so gets another label.
func (b *book) meet(name string, addr netip.AddrPort) *contact {
	c := &contact{name: name, addr: addr}
	b.contacts[wire.Fold(name)] = c
	if holder, ok := b.used[wire.Skeleton(name)]; ok && holder != addr {
		delete(b.labels, holder)
	}
	b.call(addr, name)
	delete(b.strangers, addr)
	return c
}

// at returns the contact at an address, or nil.
func (b *book) at(addr netip.AddrPort) *contact {
	for _, c := range b.contacts {
		if c.addr == addr {
			return c
		}
	}
	return nil
}

// byLabel returns the address that is called so.
func (b *book) byLabel(label string) (netip.AddrPort, bool) {
	addr, ok := b.used[wire.Skeleton(label)]
	if ok {
		return addr, true
	}
	addr, err := netip.ParseAddrPort(label)
	return addr, err == nil && b.strangers[addr] != nil
}
