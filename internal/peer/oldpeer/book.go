// Package oldpeer talks in plain datagrams to people whose programs know nothing else.
//
// Book is what is known of them: what an address is called, with whom we talk, and who
// waits for a word of ours. Who speaks is known by the address alone; what a datagram
// says of its sender is only a label. All tables are bounded: strangers fill them. Talk
// is what is said, line by line, and has a Book. It is part of what sits at a registry
// (internal/peer/registry); of People, who write to the socket of private conversations; and of
// Beside, which adds lab 3's private datagrams to a session that somebody else holds.
package oldpeer

import (
	"net/netip"

	"labchat/internal/wire"
)

// MaxLabels is for how many addresses names are remembered.
const MaxLabels = 256

// Book is who is known, and by which address. It has one owner.
type Book struct {
	Dropped int // datagrams of strangers that were not shown

	labels    map[netip.AddrPort]string // what an address is called here
	used      map[string]netip.AddrPort // by the label's skeleton
	contacts  map[string]*Contact       // by the folded name
	strangers map[netip.AddrPort]*Stranger
}

// Contact is somebody that we have a private conversation with.
type Contact struct {
	Name    string
	Addr    netip.AddrPort
	Dialect string // that they were heard in as a stranger, "" if they were none
}

// NewBook returns an empty one.
func NewBook() Book {
	return Book{
		labels:    make(map[netip.AddrPort]string),
		used:      make(map[string]netip.AddrPort),
		contacts:  make(map[string]*Contact),
		strangers: make(map[netip.AddrPort]*Stranger),
	}
}

// Label returns what an address is called. The first that it calls itself
// stays; near is set where a list of the registry vouches for the address, so
// that the plain name will do if nobody else has it. Without near a label holds
// an @ or a colon, which no user's name does.
func (b *Book) Label(addr netip.AddrPort, claimed, me string, near bool) string {
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
		if _, taken := b.used[wire.Skeleton(way)]; !taken && b.call(addr, way) {
			return way
		}
	}
	return addr.String()
}

// Called returns the label of an address that has one.
func (b *Book) Called(addr netip.AddrPort) (label string, ok bool) {
	label, ok = b.labels[addr]
	return label, ok
}

// call names an address, unless too many are named.
func (b *Book) call(addr netip.AddrPort, label string) (done bool) {
	if old, ok := b.labels[addr]; ok {
		delete(b.used, wire.Skeleton(old))
	} else if len(b.labels) >= MaxLabels {
		return false
	}
	b.labels[addr] = label
	b.used[wire.Skeleton(label)] = addr
	return true
}

// Meet makes somebody a contact, for whose name the registry or the person
// vouches: who only calls itself so gets another label.
func (b *Book) Meet(name string, addr netip.AddrPort) *Contact {
	c := &Contact{Name: name, Addr: addr}
	if s := b.strangers[addr]; s != nil {
		c.Dialect = s.dialect
	}
	b.contacts[wire.Fold(name)] = c
	if holder, ok := b.used[wire.Skeleton(name)]; ok && holder != addr {
		delete(b.labels, holder)
	}
	b.call(addr, name)
	delete(b.strangers, addr)
	return c
}

// Contact returns the one of that name, or nil.
func (b *Book) Contact(name string) *Contact { return b.contacts[wire.Fold(name)] }

// At returns the contact at an address, or nil.
func (b *Book) At(addr netip.AddrPort) *Contact {
	for _, c := range b.contacts {
		if c.Addr == addr {
			return c
		}
	}
	return nil
}

// Forget makes a contact a stranger again.
func (b *Book) Forget(c *Contact) { delete(b.contacts, wire.Fold(c.Name)) }

// ByLabel returns the address that is called so.
func (b *Book) ByLabel(label string) (netip.AddrPort, bool) {
	addr, ok := b.used[wire.Skeleton(label)]
	if ok {
		return addr, true
	}
	addr, err := netip.ParseAddrPort(label)
	return addr, err == nil && b.strangers[addr] != nil
}
