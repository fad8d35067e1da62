package private_test

import (
	"context"
	"fmt"
	"net"
	"net/netip"
	"slices"
	"sync"
	"time"

	"labchat/internal/peer/link"
	"labchat/internal/peer/private"
	"labchat/internal/wire"
)

// program is an endpoint that runs, and its session.
type program struct {
	*private.Endpoint
	desk   *desk
	cancel context.CancelFunc
	done   sync.WaitGroup
}

// launch starts a program at an address; see is called with all that its person
// sees, and hides says that nobody is to be told our address.
func (h *history) launch(store private.Store, at netip.AddrPort, d *desk, name string, hides bool, see func([]wire.Event)) *program {
	p := &program{desk: d}
	p.Endpoint = private.New(d, private.Config{
		Name: name, Store: store, Downloads: h.dir, Relay: hides,
		Listen: func(context.Context, string, string) (net.PacketConn, error) { return h.net.Listen(at) },
	})
	ctx, cancel := context.WithCancel(context.Background())
	p.cancel = cancel
	p.done.Go(func() { _ = p.Run(ctx) })
	p.done.Go(func() {
		for batch := range p.Events() {
			see(batch)
		}
	})
	return p
}

func (p *program) quit() {
	p.cancel()
	p.done.Wait()
}

// puppet is a device of somebody else. Its program is ours, so that it says what
// programs say, whatever the version of the protocol; its server has it do all that
// may reach ann, under any name, and its person says yes to everything.
type puppet struct {
	h     *history
	mark  string // B1, for people
	id    *link.Identity
	key   string
	print string // of key
	at    netip.AddrPort
	disk  *memory

	acted int // the step in which it was needed last

	// Guarded by h.mu.
	run     *program // nil: it is not running
	alias   string   // the name that the server gives it
	stock   []wire.Prekey
	ways    map[string]wire.Way // there, by what ann is called
	offered map[string]bool     // files
}

// oneKey is the disk of a puppet, which has the same key whatever it is called.
type oneKey struct{ *memory }

// Identity implements private.Store.
func (d oneKey) Identity(string, bool) (wire.Secret, error) { return wire.Secret(d.seed), nil }

// identities are the keys of all histories: making one takes a while.
var identities sync.Map // of marks

func identityOf(seed wire.Secret) *link.Identity {
	if id, ok := identities.Load(seed); ok {
		return id.(*link.Identity)
	}
	id, err := link.NewIdentity(seed)
	if err != nil {
		panic(err) // the seed is the test's
	}
	identities.Store(seed, id)
	return id
}

func (h *history) newPuppet(mark string) *puppet {
	p := &puppet{h: h, mark: mark, disk: newMemory(mark), offered: map[string]bool{}}
	p.id = identityOf(wire.Secret(p.disk.seed))
	p.key = p.id.Key()
	p.at = netip.AddrPortFrom(netip.AddrFrom4([4]byte{10, 0, 1, byte(len(h.puppets) + 1)}), 4000)
	h.puppets = append(h.puppets, p)
	return p
}

// acts has the puppet run under a name.
func (p *puppet) acts(name string) {
	h := p.h
	p.acted = h.steps
	h.mu.Lock()
	run, alias := p.run, p.alias
	h.mu.Unlock()
	if run != nil && alias == name {
		return
	}
	p.stop()
	d := newDesk(name, p.answer, func(*wire.Receipt) {})
	_ = p.disk.SetContact(wire.Contact{User: h.annName(), Accepted: true})
	run = h.launch(oneKey{p.disk}, p.at, d, name, false, p.see)
	h.mu.Lock()
	p.run, p.alias, p.ways = run, name, map[string]wire.Way{}
	h.mu.Unlock()
	d.say(&wire.Welcome{Node: trueNode, Features: features})
	d.calls(name, h.kindOf(name), "")
	d.say(online)
	h.rest()
}

// stop ends the puppet's program.
func (p *puppet) stop() {
	p.h.mu.Lock()
	run := p.run
	p.run = nil
	p.h.mu.Unlock()
	if run != nil {
		run.quit()
	}
}

// answer is the puppet's server, which tells it that everybody is ann.
func (p *puppet) answer(q question) {
	h := p.h
	h.mu.Lock()
	defer h.mu.Unlock()
	if p.run == nil {
		return
	}
	re := wire.Re{Re: q.tag}
	say := p.run.desk.say
	ann := []wire.Device{{Key: h.annKey, Since: 1}}
	switch r := q.r.(type) {
	case wire.UDP:
		say(&wire.Endpoint{Re: re, ID: "00000000000000ff", Secret: "00", Devices: []wire.Device{{Key: p.key, Since: 1}}, Prekeys: enoughKeys})
	case wire.Find:
		e := &wire.Found{Re: re, Name: r.Name, Kind: wire.KindAccount, Devices: ann}
		if e.Online = !h.away; e.Online {
			e.Device = h.annKey
		}
		say(e)
	case wire.Punch:
		say(&wire.Done{Re: re, Of: r.Act()})
		h.calls = append(h.calls, knock{p, p.alias, r})
	case wire.Relay:
		if h.ann != nil && !h.cutOff {
			h.ann.desk.say(&wire.Relayed{From: p.alias, Data: r.Data})
		}
	case wire.Prekeys:
		p.stock = append(p.stock, r.Keys...)
		say(&wire.PrekeyCount{Re: re, Count: enoughKeys})
	case wire.TakePrekey:
		if len(h.annStock) == 0 {
			say(&wire.Refused{Re: re, Of: r.Act(), Code: wire.CodeNoUser})
			return
		}
		say(&wire.PrekeyTaken{Re: re, Name: r.Name, Prekey: h.annStock[len(h.annStock)-1], Devices: ann})
	case wire.Seal:
		say(&wire.Accepted{Re: re, Of: r.Act(), ID: 1, Client: r.Client, Inbox: true})
		h.mail = append(h.mail, letterTo{p, p.alias, r.Note})
	default:
		if q.tag != "" {
			say(&wire.Done{Re: re, Of: r.Act()})
		}
	}
}

// see is the puppet's person, who says yes to everything; what ann's program has
// said to it is noted.
func (p *puppet) see(events []wire.Event) {
	h := p.h
	h.mu.Lock()
	defer h.mu.Unlock()
	if p.run == nil {
		return
	}
	for _, e := range events {
		switch e := e.(type) {
		case *wire.Called:
			p.run.Do(accepting(e))
		case *wire.KeySeen:
			if e.State == wire.KeyChanged || e.State == wire.KeyShared {
				p.run.Do(answerTo(&wire.Safety{User: e.User, Print: e.Print}, wire.AnswerSame))
			}
		case *wire.Whispered:
			if e.Via.Way != "" {
				h.observe(seen{what: sawLine, by: p, name: p.alias, text: e.Text, way: e.Via.Way})
			}
		case *wire.Transfer:
			if !e.Out && !p.offered[e.Name] {
				p.offered[e.Name] = true
				h.observe(seen{what: sawFile, by: p, name: p.alias, text: e.Name})
			}
		case *wire.Receipt:
			if e.State == wire.ReceiptDelivered || e.State == wire.ReceiptRead {
				h.observe(seen{what: sawReceipt, by: p, name: p.alias})
			}
		case *wire.Typed:
			h.observe(seen{what: sawTyping, by: p, name: p.alias})
		case *wire.Path:
			linked := func(w wire.Way) bool { return w == wire.WayDirect || w == wire.WayRelay }
			if linked(e.Way) && !linked(p.ways[e.User]) {
				h.observe(seen{what: sawLink, by: p, name: p.alias, way: e.Way})
			}
			p.ways[e.User] = e.Way
		default:
		}
	}
}

// accepting is a yes to who was said to call.
func accepting(e *wire.Called) wire.Accept { return wire.Accept{Name: e.From, Print: e.Print} }

// answerTo is a person's word on a key.
func answerTo(e *wire.Safety, a wire.Answer) wire.Verify {
	return wire.Verify{Name: e.User, Answer: a, Print: e.Print}
}

// holder is the puppet with a key, nil where there is none.
func (h *history) holder(key string) *puppet {
	i := slices.IndexFunc(h.puppets, func(p *puppet) bool { return p.key == key })
	if i < 0 {
		return nil
	}
	return h.puppets[i]
}

// person is what a good server would say of a name.
type citizen struct {
	kind    wire.Kind
	devices []wire.Device // of an account
	here    *puppet       // nil: away
}

// found is the truth about a name, nil where nobody has it.
func (h *history) truth(name string) *wire.Found {
	c := h.people[wire.Fold(name)]
	if c == nil || c.kind != wire.KindAccount && c.here == nil {
		return nil
	}
	e := &wire.Found{Name: name, Kind: c.kind, Devices: slices.Clone(c.devices)}
	if c.here != nil {
		e.Online, e.Device = true, c.here.key
	}
	return e
}

func (h *history) kindOf(name string) wire.Kind {
	if c := h.people[wire.Fold(name)]; c != nil {
		return c.kind
	}
	return wire.KindGuest
}

// vouch is a device that another one has signed.
func (h *history) vouch(name string, d, by *puppet, since wire.Millis) wire.Device {
	return wire.Device{Key: d.key, By: by.key, Sig: by.id.Sign(wire.EndorsementText(trueNode, name, d.key)), Since: since}
}

// populate makes everybody.
func (h *history) populate() {
	one := func(p *puppet) wire.Device { return wire.Device{Key: p.key, Since: 1} }
	b1, b2, b3, c1 := h.newPuppet("B1"), h.newPuppet("B2"), h.newPuppet("B3"), h.newPuppet("C1")
	g1, _, m1 := h.newPuppet("G1"), h.newPuppet("G2"), h.newPuppet("M1")
	h.newPuppet("M2")
	h.people = map[string]*citizen{
		"bob": {kind: wire.KindAccount, here: b1, devices: []wire.Device{
			one(b1), h.vouch("bob", b2, b1, 2), h.vouch("bob", b3, b1, 3),
		}},
		"cat":     {kind: wire.KindAccount, here: c1, devices: []wire.Device{one(c1)}},
		"gus":     {kind: wire.KindGuest, here: g1},
		"mallory": {kind: wire.KindAccount, here: m1, devices: []wire.Device{one(m1)}},
	}
}

// change has something happen in the world of which a good server would tell.
func (h *history) change() string {
	bob, gus := h.people["bob"], h.people["gus"]
	switch h.r.IntN(8) {
	case 0:
		d := pick(h.r, bob.devices)
		bob.here = h.holder(d.Key)
		return "bob is at " + bob.here.mark
	case 1:
		bob.here = nil
		return "bob is away"
	case 2:
		if len(bob.devices) < 2 {
			return "nothing"
		}
		d := bob.devices[len(bob.devices)-1]
		bob.devices = bob.devices[:len(bob.devices)-1]
		if bob.here != nil && bob.here.key == d.Key {
			bob.here = nil
		}
		h.tell(&wire.Withdrawn{Name: "bob", Device: d.Key})
		return "bob removes " + h.holder(d.Key).mark
	case 3:
		if gus.kind == wire.KindGuest {
			gus.here = pick(h.r, []*puppet{h.puppets[4], h.puppets[5], nil})
		}
		return "there is another gus, or none"
	case 4:
		if gus.kind == wire.KindGuest && gus.here != nil && h.r.IntN(4) == 0 {
			gus.kind, gus.devices = wire.KindAccount, []wire.Device{{Key: gus.here.key, Since: 5}}
		}
		return "gus registers"
	case 5:
		return h.deliver()
	default:
		name := pick(h.r, []string{"bob", "cat", "gus"})
		if c := h.people[name]; c.here != nil {
			c.here.acts(name)
			c.here.run.Whisper(h.annName(), h.says(c.here, h.annName()), false)
			return fmt.Sprintf("%s writes to ann from %s", name, c.here.mark)
		}
		return "nothing"
	}
}

// rest lets everything happen that needs no time.
func (h *history) rest() {
	const moment = 10 * time.Millisecond // so that the screens are told
	<-time.After(moment)
}
