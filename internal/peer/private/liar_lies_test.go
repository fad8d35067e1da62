package private_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"

	"labchat/internal/wire"
)

const (
	trueNode  = "node"
	falseNode = "another node"
)

// enoughKeys is how many prekeys the server says that it has of everybody: making
// them takes a while, and those of last resort are made all the same.
const enoughKeys = 50

// sameCall is how often a call is passed on that is said again and again: servers
// have their limits.
const sameCall = 4

var (
	features = []string{"udp", "sealed"}
	online   = &wire.Status{State: wire.StateOnline, Dialect: "chat1", Remote: "10.0.0.1:1300"}
	offline  = &wire.Status{State: wire.StateOffline}
	// everybody are the names that the server speaks of.
	everybody = []string{"bob", "bob", "cat", "gus", "mallory", "Bob", "ann", "gustav"}
	kinds     = []wire.Kind{wire.KindAccount, wire.KindAccount, wire.KindGuest, wire.KindOld, ""}
)

func pick[T any](r *rand.Rand, of []T) T { return of[r.IntN(len(of))] }

// knock is a puppet's call, letterTo a sealed line of its: the server passes them on
// as it likes.
type knock struct {
	by    *puppet
	alias string
	r     wire.Punch
}

type letterTo struct {
	by    *puppet
	alias string
	note  wire.Note
}

// lies reports whether the server lies this time.
func (h *history) lies() bool { return h.r.Float64() >= h.honesty }

// tell has ann's program hear something.
func (h *history) tell(e wire.Event) {
	switch e := e.(type) {
	case *wire.Withdrawn:
		h.oracle.withdrawn(e.Name, e.Device)
	case *wire.Punched:
		h.oracle.listed(e.From, e.Devices)
	default:
	}
	h.ann.desk.say(e)
}

// serve answers what ann's program has asked, and passes on what the puppets have
// said; false: there was nothing.
func (h *history) serve() bool {
	h.mu.Lock()
	open, calls, passed := h.open, h.calls, h.passed
	h.open, h.calls, h.passed = nil, nil, nil
	h.mu.Unlock()
	for _, r := range passed {
		if h.lies() {
			h.unsent = append(h.unsent, r)
			continue
		}
		h.acknowledge(r)
	}
	for _, q := range open {
		if q.tag == "" || !h.lies() || h.r.IntN(4) > 0 { // else never
			h.reply(q)
		}
	}
	for _, k := range calls {
		h.passOn(k)
	}
	return len(open)+len(calls)+len(passed) > 0
}

// acknowledge says of a line that the server has read it; the session has the disk
// know that first.
func (h *history) acknowledge(r *wire.Receipt) {
	sent := *r
	sent.State = wire.ReceiptSent
	if h.archive != nil {
		must(h.t, h.archive.Settle(&sent))
	} else {
		must(h.t, h.disk.SettlePrivate(&sent))
	}
	h.tell(&sent)
}

// reply answers ann's program.
func (h *history) reply(q question) {
	re := wire.Re{Re: q.tag}
	no := func() { h.tell(&wire.Refused{Re: re, Of: q.r.Act(), Code: wire.CodeNoUser, Text: "no"}) }
	switch r := q.r.(type) {
	case wire.UDP:
		e := &wire.Endpoint{Re: re, ID: "00000000000000ff", Secret: "00", Devices: []wire.Device{{Key: h.ownKey(), Since: 1}}, Prekeys: enoughKeys}
		if h.lies() {
			e.Devices = h.lieDevices("ann", h.anyKey())
		}
		h.tell(e)
	case wire.Find:
		e := h.truth(r.Name)
		if h.lies() {
			e = h.lieAbout(r.Name, e)
		}
		if e == nil {
			no()
			return
		}
		e.Re = re
		h.oracle.listed(r.Name, e.Devices)
		h.toldKey[wire.Fold(r.Name)] = e.Device
		h.note("%s is %q, %s, at %s%s", r.Name, e.Name, e.Kind, h.markOf(e.Device), h.marksOf(e.Devices))
		h.tell(e)
	case wire.Punch:
		h.punch(r, re)
	case wire.Prekeys:
		h.annStock = append(h.annStock, r.Keys...)
		h.tell(&wire.PrekeyCount{Re: re, Count: enoughKeys})
	case wire.TakePrekey:
		h.give(r.Name, re, no)
	case wire.Seal:
		h.tell(&wire.Accepted{Re: re, Of: r.Act(), ID: 1, Client: r.Client, Inbox: true})
		if p := h.holder(r.Device); p != nil && p.run != nil {
			name, kind := h.ann.desk.called()
			p.run.desk.say(&wire.Sealed{ID: 1, From: name, To: p.alias, Kind: kind, Note: r.Note})
		}
	case wire.Guest:
		h.ann.desk.calls(r.Name, wire.KindGuest, q.tag)
	case wire.Login:
		h.ann.desk.calls(r.Name, wire.KindAccount, q.tag)
	case wire.Decline:
		if p := h.routeTo(r.To); p != nil && p.run != nil {
			p.run.desk.say(&wire.Declined{From: h.annName(), Call: r.Call})
		}
	case wire.Devices:
		h.tell(&wire.DeviceList{Re: re, Devices: []wire.Device{{Key: h.ownKey(), Since: 1}}})
	case wire.Typing, wire.Taken:
	default:
		h.tell(&wire.Done{Re: re, Of: q.r.Act()})
	}
}

// punch passes a call of ann's on to whoever has the key that the server has told.
func (h *history) punch(r wire.Punch, re wire.Re) {
	if h.lies() && h.r.IntN(4) == 0 {
		h.tell(&wire.Refused{Re: re, Of: r.Act(), Code: wire.CodeNoUser, Text: "no"})
		return
	}
	h.tell(&wire.Done{Re: re, Of: r.Act()})
	p := h.holder(h.toldKey[wire.Fold(r.To)])
	if h.lies() && h.r.IntN(4) == 0 {
		p = pick(h.r, h.puppets)
	}
	if p == nil {
		return
	}
	p.acts(r.To)
	h.route(r.To, p)
	e := &wire.Punched{From: h.annName(), Kind: wire.KindAccount, Call: r.Call, Device: h.ownKey(), Devices: []wire.Device{{Key: h.ownKey(), Since: 1}}, Relay: r.Relay || !h.direct}
	if !e.Relay {
		e.Addrs = []string{annAt.String()}
	}
	p.run.desk.say(e)
}

// passOn tells ann's program of a puppet's call.
func (h *history) passOn(k knock) {
	if h.repeats[k.r.Call]++; h.silent[k.r.Call] || h.repeats[k.r.Call] > sameCall || k.by.run == nil {
		return
	}
	e := &wire.Punched{From: k.alias, Kind: h.kindOf(k.alias), Call: k.r.Call, Device: k.by.key, Relay: k.r.Relay || !h.direct}
	if c := h.people[wire.Fold(k.alias)]; c != nil {
		e.Devices = slices.Clone(c.devices)
	}
	if h.lies() {
		e.Kind, e.Devices = pick(h.r, kinds), h.lieDevices(k.alias, k.by.key)
		if h.r.IntN(4) == 0 {
			e.Device = h.anyKey()
		}
	}
	if !e.Relay {
		e.Addrs = []string{k.by.at.String()}
	}
	h.route(k.alias, k.by)
	h.toldKey[wire.Fold(k.alias)] = e.Device
	h.note("%s calls as %s, %s, with %s%s", k.by.mark, e.From, e.Kind, h.markOf(e.Device), h.marksOf(e.Devices))
	h.tell(e)
}

// give hands out a prekey of somebody's.
func (h *history) give(name string, re wire.Re, no func()) {
	c := h.people[wire.Fold(name)]
	var p *puppet
	var devices []wire.Device
	if c != nil && len(c.devices) > 0 {
		p, devices = h.holder(c.devices[0].Key), slices.Clone(c.devices)
	}
	if h.lies() {
		p = pick(h.r, h.puppets)
		devices = h.lieDevices(name, p.key)
	}
	if p == nil {
		no()
		return
	}
	if len(p.stock) == 0 || h.r.IntN(4) == 0 {
		p.acts(name)
	}
	h.mu.Lock()
	stock := p.stock
	h.mu.Unlock()
	if len(stock) == 0 {
		no()
		return
	}
	h.oracle.listed(name, devices)
	h.note("a prekey of %s: %s%s", name, p.mark, h.marksOf(devices))
	h.tell(&wire.PrekeyTaken{Re: re, Name: name, Prekey: stock[len(stock)-1], Devices: devices})
}

// anyKey is a key that somebody has, ann among them, or none that is one.
func (h *history) anyKey() string {
	switch h.r.IntN(12) {
	case 0:
		return ""
	case 1:
		return "no key"
	case 2:
		return h.ownKey()
	default:
		return pick(h.r, h.puppets).key
	}
}

// lieAbout is anything about a name but the truth.
func (h *history) lieAbout(name string, truth *wire.Found) *wire.Found {
	if h.r.IntN(8) == 0 {
		return nil
	}
	e := truth
	if e == nil {
		e = &wire.Found{Name: name, Kind: wire.KindAccount, Online: true}
	}
	for range 1 + h.r.IntN(3) {
		switch h.r.IntN(5) {
		case 0:
			e.Device = h.anyKey()
		case 1:
			e.Kind = pick(h.r, kinds)
		case 2:
			e.Devices = h.lieDevices(name, e.Device)
		case 3:
			e.Name = pick(h.r, everybody)
		default:
			e.Device, e.Devices = "", nil
		}
	}
	return e
}

// lieDevices is a list of somebody's devices that makes something of a key.
func (h *history) lieDevices(name, key string) []wire.Device {
	var list []wire.Device
	if c := h.people[wire.Fold(name)]; c != nil {
		list = slices.Clone(c.devices)
	}
	d := wire.Device{Key: key, Since: 9}
	switch h.r.IntN(8) {
	case 0:
		return nil
	case 1:
		return []wire.Device{d}
	case 2: // junk
		if len(list) > 0 {
			d.By, d.Sig = list[0].Key, make([]byte, 64)
		}
		return append(list, d)
	case 3: // by a device that may have been stolen
		if p := h.holder(key); p != nil {
			d = h.vouch(name, p, h.stolen, 9)
		}
		return append(list, d)
	case 4: // for itself
		if p := h.holder(key); p != nil {
			d = h.vouch(name, p, p, 9)
		}
		return append(list, d)
	case 5:
		if len(list) > 0 {
			i := h.r.IntN(len(list))
			list = slices.Delete(list, i, i+1)
		}
		return list
	default:
		return append(list, d)
	}
}

// marksOf spells a list of devices.
func (h *history) marksOf(devices []wire.Device) string {
	var b strings.Builder
	for _, d := range devices {
		b.WriteString(", " + h.markOf(d.Key))
		if d.By != "" {
			b.WriteString(" by " + h.markOf(d.By))
		}
	}
	return b.String()
}

// note writes down what a reader of a broken history wants to know.
func (h *history) note(format string, args ...any) {
	h.trace = append(h.trace, "      "+fmt.Sprintf(format, args...))
}

func (h *history) markOf(key string) string {
	if p := h.holder(key); p != nil {
		return p.mark
	}
	return fmt.Sprintf("%q", key)
}
