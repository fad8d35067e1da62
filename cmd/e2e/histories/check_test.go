package histories_test

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"time"

	"labchat/internal/wire"
)

// rest heals everything, waits until nothing is under way, and checks what
// everybody has.
func (w *harness) rest() {
	w.note("everything heals")
	w.due = nil
	w.host.ledger.setFault(works)
	for _, d := range w.devices {
		if d.runs() && d.disk.isDead() {
			d.end()
		}
		if !d.runs() {
			d.start()
		}
		d.disk.setFault(works)
		d.disk.dieAfter(-1, false)
		d.screen.pause(false)
		d.network.heal()
	}
	for _, t := range w.tails {
		t.out.pause(false)
		t.network.heal()
	}
	var why string
	for end := time.Now().Add(patience); time.Now().Before(end); {
		w.pass(time.Second)
		for _, d := range w.devices {
			d.tryAgain()
		}
		if why = w.unsettled(); why == "" {
			return
		}
	}
	w.fail("no rest after %v: %s", patience, why)
}

// unsettled says what is not as it must be in the end, "" if all is.
func (w *harness) unsettled() string {
	l := w.host.ledger
	l.mu.Lock()
	wrong := slices.Clone(l.wrong)
	l.mu.Unlock()
	if len(wrong) > 0 {
		w.fail("the server's log: %s", wrong[0])
	}
	for _, d := range w.devices {
		d.complaints()
		if why := cmp.Or(d.notReady(), d.typedWrong()); why != "" {
			return d.name + ": " + why
		}
	}
	for _, d := range w.devices {
		if why := d.lacks(); why != "" {
			return d.name + ": " + why
		}
	}
	for _, t := range slices.Clone(w.tails) {
		if why := t.lacks(); why != "" {
			return t.name + ": " + why
		}
	}
	return w.untold()
}

// notReady says what the device waits for.
func (d *device) notReady() string {
	d.screen.mu.Lock()
	defer d.screen.mu.Unlock()
	if d.screen.state != wire.StateOnline {
		return fmt.Sprintf("not online, but %s (%s)", d.screen.state, d.screen.why)
	}
	for _, m := range d.rooms {
		log := d.w.host.ledger.read(m.room, d.archive.LastSeen(m.room))
		if last := log.last(); m.in && last > log.gone {
			return fmt.Sprintf("the mark of %s is %d, not %d", m.room, d.archive.LastSeen(m.room), last)
		}
	}
	return ""
}

// typedWrong says what is wrong with a line that was typed here.
func (d *device) typedWrong() string {
	d.settleTyped()
	keep := d.typed[:0]
	why := ""
	waits := map[string]string{} // the oldest line of each name that is not at the server
	for _, t := range d.typed {
		times, id := d.w.host.ledger.has(t.text)
		failed := t.state == wire.ReceiptFailed || t.settled == wire.ReceiptFailed
		sent := t.state == wire.ReceiptSent || t.settled == wire.ReceiptSent
		if times == 1 && !t.found && !t.again {
			t.found = true
			d.inOrder(t, id, waits[t.as])
		}
		switch {
		case t.fleeting() && (failed || sent || t.mayBeLost):
			continue
		case times > 1:
			d.w.fail("%s: the line %.30q was stored %d times", d.name, t.text, times)
		case failed && (times == 1 && !t.unsure && !t.unnoted || sent):
			d.w.fail("%s: the line %.30q of %s is at the server, and called failed", d.name, t.text, t.room)
		case sent && times == 0:
			d.w.fail("%s: the line %.30q was called sent, and is not at the server", d.name, t.text)
		case failed, t.again && times == 0 && !t.onDisk, t.mayBeLost && !t.onDisk && (!sent || t.to != ""):
			continue
		case sent && (t.to == "" || d.has("@"+t.to, id, t.text)):
			continue
		case t.again && d.waitsForName(t):
			// The disk does not know that it was sent, and nobody asks the server under another name.
		case sent:
			why = fmt.Sprintf("the own line %.30q to %s is not in the archive (seen as %q, settled as %q, queued on disk: %v)", t.text, t.to, t.state, t.settled, t.onDisk)
		case d.waitsForName(t):
		default:
			why = fmt.Sprintf("the line %.30q waits (%q, as %q; stored %d; queued on disk: %v; settled as %q; may be lost: %v)", t.text, t.state, t.as, times, t.onDisk, t.settled, t.mayBeLost)
		}
		if times == 0 && waits[t.as] == "" && t.as != "" {
			waits[t.as] = t.text
		}
		keep = append(keep, t)
	}
	d.typed = keep
	return why
}

// fleeting reports whether nobody keeps the line: it is for a guest, who is here or
// is not.
func (t *typed) fleeting() bool { return t.to != "" && !slices.Contains(accounts, t.to) }

// waitsForName reports whether the line goes out only under a name that the device
// does not have at present.
func (d *device) waitsForName(t *typed) bool {
	d.screen.mu.Lock()
	defer d.screen.mu.Unlock()
	return t.as != "" && wire.Fold(t.as) != wire.Fold(d.screen.name)
}

// inOrder checks that no line has overtaken one that was typed before it under
// the same name.
func (d *device) inOrder(t *typed, id wire.ID, waits string) {
	if waits != "" {
		d.w.fail("%s: the line %.30q is at the server, and %.30q before it waits", d.name, t.text, waits)
	}
	if before := d.newest[t.as]; id < before.id {
		d.w.fail("%s: the line %.30q was stored before %.30q, which was typed earlier", d.name, t.text, before.text)
	}
	if t.as != "" {
		d.newest[t.as] = logged{id: id, text: t.text}
	}
}

// has reports whether the archive has a line.
func (d *device) has(place string, id wire.ID, text string) bool {
	lines, err := d.archive.After(place, id-1, 1)
	if err != nil {
		d.w.fail("%s: %v", d.name, err)
	}
	if len(lines) == 0 {
		return false
	}
	switch e := lines[0].(type) {
	case *wire.Whispered:
		return e.ID == id && e.Text == text
	case *wire.Said:
		return e.ID == id && e.Text == text
	default:
		return false
	}
}

// lacks compares the archive with what was said, and says what is missing.
func (d *device) lacks() string {
	d.screen.mu.Lock()
	defer d.screen.mu.Unlock()
	joined := d.archive.Joined()
	for key, m := range d.rooms {
		log := d.w.host.ledger.read(m.room, m.whole)
		if m.in && !slices.ContainsFunc(joined, func(room string) bool { return wire.Fold(room) == key }) {
			if log.ends == m.ends {
				return "is no longer in " + m.room
			}
			m.leave(log.gone) // the room was gone when the device came back
		}
		if why := d.compare(m, log, d.archive.Extent(m.room)); why != "" {
			return why
		}
		if why := d.unseen(m, log); why != "" {
			return why
		}
		m.whole = max(m.whole, log.last())
	}
	return ""
}

// compare goes through the lines of a room in the archive and in the log.
func (d *device) compare(m *membership, log roomLog, has wire.Extent) string {
	lines, err := d.archive.After("#"+m.room, m.whole, math.MaxInt32)
	if err != nil {
		d.w.fail("%s: %v", d.name, err)
	}
	i := 0
	for _, e := range lines {
		line := e.(*wire.Said)
		for i < len(log.lines) && log.lines[i].id < line.ID {
			if why := d.missing(m, log, has, log.lines[i]); why != "" {
				return why
			}
			i++
		}
		switch {
		case i == len(log.lines) || log.lines[i].id != line.ID:
			d.w.fail("%s has a line %d of %s that was never said: %.40q", d.name, line.ID, m.room, line.Text)
		case log.lines[i].text != line.Text || wire.Fold(log.lines[i].from) != wire.Fold(line.From):
			d.w.fail("%s has line %d of %s as %q of %s, and it is %q of %s", d.name, line.ID, m.room, line.Text, line.From, log.lines[i].text, log.lines[i].from)
		case line.ID <= m.floor:
			d.w.fail("%s has line %d of %s, said before it came in at %d", d.name, line.ID, m.room, m.floor)
		}
		i++
	}
	for ; i < len(log.lines); i++ {
		if why := d.missing(m, log, has, log.lines[i]); why != "" {
			return why
		}
	}
	return ""
}

// missing reports whether a line that is not in the archive should be there. A hole
// in its place is good only where nobody can be asked for the line any more.
func (d *device) missing(m *membership, log roomLog, has wire.Extent, line logged) string {
	switch {
	case !m.must(line.id):
		return ""
	case has.Has(line.id):
		return fmt.Sprintf("has not line %d of %s, %.40q, and no hole there", line.id, m.room, line.text)
	case m.in && line.id > log.gone:
		return fmt.Sprintf("has not line %d of %s, %.40q, and could fetch it", line.id, m.room, line.text)
	default:
		return ""
	}
}

// unseen says which line the screen was neither shown nor told to be missing.
func (d *device) unseen(m *membership, log roomLog) string {
	if !m.in {
		return ""
	}
	one := d.screen.room(m.room)
	since := max(d.since[wire.Fold(m.room)], m.stays[len(m.stays)-1].after, log.gone)
	for _, line := range log.lines {
		switch {
		case line.id <= since:
		case one.lines[line.id], d.screen.own[line.id], one.covers(line.id):
		default:
			return fmt.Sprintf("was not shown line %d of %s, %.40q", line.id, m.room, line.text)
		}
	}
	return ""
}

// untold says which private line an account has on none of its devices.
func (w *harness) untold() string {
	l := w.host.ledger
	l.mu.Lock()
	fresh := l.whispers[w.told:]
	l.mu.Unlock()
	for _, one := range fresh {
		if !slices.ContainsFunc(w.devices, func(d *device) bool {
			return d.account == one.to && d.has("@"+one.from, one.id, one.text)
		}) {
			return fmt.Sprintf("no device of %s has %.30q", one.to, one.text)
		}
		w.told++
	}
	return ""
}
