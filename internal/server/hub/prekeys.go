package hub

import (
	"slices"
	"time"

	"labchat/internal/wire"
)

const (
	// maxPrekeyLife is how far ahead a prekey may expire.
	maxPrekeyLife = 90 * 24 * time.Hour
	// maxTakes within takesWithin is how many prekeys one account may ask for.
	maxTakes    = 10
	takesWithin = time.Minute
	// maxTakesOfOne is how many one-time prekeys of one account another one
	// gets within an hour: after that it is given the Last one, so that nobody
	// uses up what others need.
	maxTakesOfOne = 20
)

// sealing is what an account has for lines that only its devices can open, and
// how much it has asked of others.
type sealing struct {
	stock    Stock                   // as the log has it
	promised map[prekeyName]struct{} // of the stock, on their way to those who asked
	storing  bool                    // more is on its way to the log
	asked    meter
	taken    map[string]*made // one-time prekeys that it got within an hour, by whose
}

// made counts what one account got of another within an hour.
type made struct {
	n     int
	since time.Time
}

// prekeyName tells an account's prekeys apart.
type prekeyName struct{ device, id string }

// CheckPrekeys verifies the signatures of prekeys: Result.OK.
type CheckPrekeys struct{ Keys []wire.Prekey }

func (CheckPrekeys) work() {}

// Valid does the work: some milliseconds for a hundred.
func (w CheckPrekeys) Valid() bool {
	for i := range w.Keys {
		k := &w.Keys[i]
		if !wire.Signed(k.Device, wire.PrekeyText(k), k.Sig) {
			return false
		}
	}
	return true
}

// storePrekeys takes in what one of the account's devices hands over. Any session of
// the account may do it, and who seals checks the device's key.
func (rv *rendezvous) storePrekeys(c call, r wire.Prekeys) {
	if text := badPrekeys(r.Keys, c.now); text != "" {
		c.refuse(wire.CodeMalformed, text)
		return
	}
	for i := range r.Keys {
		r.Keys[i].Device = r.Keys[0].Device // one string for all
	}
	if !rv.takesPrekeys(c, r.Keys) {
		return
	}
	rv.ask(c, CheckPrekeys{Keys: r.Keys}, func(c call, res Result) {
		switch {
		case c.refuseWork(res):
		case !res.OK:
			c.refuse(wire.CodeMalformed, "A prekey is not signed by its device. Nothing was stored.")
		case rv.takesPrekeys(c, r.Keys):
			rv.logPrekeys(c, r.Keys)
		}
	})
}

// logPrekeys stores prekeys that were checked, one request of an account at a
// time, so that its limits hold.
func (rv *rendezvous) logPrekeys(c call, keys []wire.Prekey) {
	acct := c.s.user.account
	if acct.sealing.storing {
		c.refuseFor(wire.CodeBusy, busyRetry, "Another session of the account hands over prekeys just now. Try again in a moment.")
		return
	}
	acct.sealing.storing = true
	c.log(PrekeysMade{Name: acct.name, Keys: keys}, func(c call, _ *Entry) {
		if acct.devices.find(keys[0].Device) == nil {
			c.refuseForeignPrekeys()
			return
		}
		c.reply(&wire.PrekeyCount{Re: wire.Re{Re: c.tag}, Count: acct.prekeysLeft(keys[0].Device, keys[0].Notes())})
	})
}

// badPrekeys says what is wrong with prekeys, but for their signatures, or "".
func badPrekeys(keys []wire.Prekey, now time.Time) string {
	if len(keys) == 0 || len(keys) > wire.MaxPrekeys+1 {
		return "Hand over 1 to 100 prekeys at once, and a last one with them."
	}
	if _, err := wire.ParseDeviceKey(keys[0].Device); err != nil {
		return "The device of a prekey is no key."
	}
	ids, last := map[string]bool{}, 0
	for i := range keys {
		k := &keys[i]
		switch left := k.Expires.Time().Sub(now); {
		case k.Device != keys[0].Device:
			return "The prekeys of one request must be of one device."
		case k.ID == "" || !wire.IsTag(k.ID) || ids[k.ID]:
			return "The id of each prekey must be 1 to 32 printable ASCII characters of its own."
		case len(k.Key) != prekeyBytes:
			return "A prekey's key has 32 bytes."
		case left <= 0 || left > maxPrekeyLife:
			return "A prekey must expire within 90 days, and not before now."
		case k.Last:
			last++
		}
		ids[k.ID] = true
	}
	if last > 1 {
		return "A device has one last prekey."
	}
	return ""
}

// prekeyBytes is the length of an X25519 key.
const prekeyBytes = 32

// takesPrekeys reports whether the prekeys are of a device of the asker's account,
// and whether there is room for them, or refuses.
func (rv *rendezvous) takesPrekeys(c call, keys []wire.Prekey) bool {
	acct := c.s.user.account
	stock := acct.sealing.stock.Fresh(wire.MillisOf(c.now))
	switch {
	case acct.devices.find(keys[0].Device) == nil:
		c.refuseForeignPrekeys()
	case stock.With(keys).Count(keys[0].Device) > wire.MaxPrekeys:
		c.refuse(wire.CodeFull, "So many prekeys of the device wait that no more are taken. Hand over fewer.")
	default:
		return true
	}
	return false
}

func (c call) refuseForeignPrekeys() {
	c.refuse(wire.CodeDenied, "The prekeys are of a device that your account does not have. Send udp with its key first.")
}

// prekeysLeft is how many one-time prekeys of a device can be taken still by who seals
// notes of a version, 1 of any.
func (a *account) prekeysLeft(device string, notes int) int {
	return a.sealing.stock.filter(func(k *wire.Prekey) bool { return k.Notes() >= notes }).Count(device)
}

// applyPrekeysMade adds what the log has now: nothing, if the device was removed
// meanwhile.
func (rv *rendezvous) applyPrekeysMade(e *Entry, r PrekeysMade) {
	acct := rv.names.account(r.Name)
	if acct == nil {
		return
	}
	acct.sealing.storing = false
	if acct.devices.find(r.Keys[0].Device) != nil {
		acct.sealing.stock = acct.sealing.stock.Fresh(e.At).With(r.Keys)
	}
}

// undoPrekeysMade lets the account hand over others.
func (rv *rendezvous) undoPrekeysMade(r PrekeysMade) {
	if acct := rv.names.account(r.Name); acct != nil {
		acct.sealing.storing = false
	}
}

// takePrekey gives the asker something to seal a line for an account with.
func (rv *rendezvous) takePrekey(c call, r wire.TakePrekey) {
	asker := &c.s.user.account.sealing
	if !asker.asked.ok(c.now, maxTakes, takesWithin) {
		c.refuseFor(wire.CodeThrottled, asker.asked.wait(c.now, takesWithin), "You have written to many people who are away in the last minute. Wait a little before the next line.")
		return
	}
	acct := rv.names.account(r.Name)
	one, last := acct.pick(wire.MillisOf(c.now), r.Notes)
	switch {
	case one == nil && last == nil:
		c.refuse(wire.CodeNoUser, "Nobody of that name can be left a sealed line. Keep it until you are both here.")
	case one != nil && asker.mayTake(acct.claim.fold, c.now):
		rv.handOut(c, acct, one)
	case last != nil:
		c.replyPrekey(acct, *last)
	default:
		wait := asker.taken[acct.claim.fold].left(c.now)
		c.refuseFor(wire.CodeThrottled, wait, "You have left many lines for this person in the last hour. Wait before the next one.")
	}
}

// pick returns the oldest one-time prekey that nobody is promised, and the
// Last one, of the device that handed some over last and has any for notes of a
// version, 0 of any; nil is none. An account that does not exist has none.
func (a *account) pick(now wire.Millis, notes int) (one, last *wire.Prekey) {
	if a == nil {
		return nil, nil
	}
	for _, shelf := range slices.Backward(a.sealing.stock) {
		for i := range shelf.Keys {
			k := &shelf.Keys[i]
			_, promised := a.sealing.promised[prekeyName{k.Device, k.ID}]
			switch {
			case k.Expires <= now || promised || notes != 0 && k.Notes() != notes:
			case k.Last:
				last = k
			case one == nil:
				one = k
			}
		}
		if one != nil || last != nil {
			break
		}
	}
	return one, last
}

// mayTake reports whether one more one-time prekey of an account may be handed to
// the asker, and counts it.
func (g *sealing) mayTake(whose string, now time.Time) bool {
	m := g.taken[whose]
	if m == nil || m.left(now) <= 0 {
		m = &made{since: now}
		if g.taken == nil {
			g.taken = map[string]*made{}
		}
		g.taken[whose] = m
	}
	m.n++
	return m.n <= maxTakesOfOne
}

// left is how long the hour goes on that m counts.
func (m *made) left(now time.Time) time.Duration { return m.since.Add(time.Hour).Sub(now) }

// handOut has the log forget a one-time prekey, and then tells it.
func (rv *rendezvous) handOut(c call, acct *account, k *wire.Prekey) {
	if acct.sealing.promised == nil {
		acct.sealing.promised = map[prekeyName]struct{}{}
	}
	acct.sealing.promised[prekeyName{k.Device, k.ID}] = struct{}{}
	given := *k
	gone := PrekeyGone{Name: acct.name, Device: k.Device, ID: k.ID}
	c.log(gone, func(c call, _ *Entry) { c.replyPrekey(acct, given) })
}

// replyPrekey tells the account's devices too, by which the asker can judge the
// one that the prekey is of.
func (c call) replyPrekey(acct *account, k wire.Prekey) {
	c.reply(&wire.PrekeyTaken{Re: wire.Re{Re: c.tag}, Name: acct.name, Prekey: k, Devices: acct.devices.all()})
}

// applyPrekeyGone forgets what the log has forgotten.
func (rv *rendezvous) applyPrekeyGone(r PrekeyGone) {
	if acct := rv.names.account(r.Name); acct != nil {
		acct.sealing.stock = acct.sealing.stock.Without(r.Device, r.ID)
		delete(acct.sealing.promised, prekeyName{r.Device, r.ID})
	}
}

// undoPrekeyGone keeps what the log could not forget.
func (rv *rendezvous) undoPrekeyGone(r PrekeyGone) {
	if acct := rv.names.account(r.Name); acct != nil {
		delete(acct.sealing.promised, prekeyName{r.Device, r.ID})
	}
}

// sweepPrekeys forgets prekeys that have expired, which the log does by itself,
// and who has taken some longer ago.
func (rv *rendezvous) sweepPrekeys(now time.Time) {
	for cl := range rv.names.all() {
		if cl.account == nil {
			continue
		}
		g := &cl.account.sealing
		g.stock = g.stock.Fresh(wire.MillisOf(now))
		for whose, m := range g.taken {
			if m.left(now) <= 0 {
				delete(g.taken, whose)
			}
		}
	}
}
