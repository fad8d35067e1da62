package histories_test

import (
	"fmt"
	"slices"

	"labchat/internal/wire"
)

// step is something that can happen, and how often it does.
type step struct {
	weight int
	do     func(w *world)
}

// steps are all that can happen. The weights are about how many of a thousand.
var steps = []step{
	{430, (*world).stepSay},
	{40, (*world).stepBurst},
	{12, (*world).stepCry},
	{30, (*world).stepWhisper},
	{60, (*world).stepJoin},
	{20, (*world).stepLeave},
	{25, (*world).stepRead},
	{12, (*world).stepNick},
	{30, (*world).stepGo},
	{45, (*world).stepCome},
	{40, (*world).stepCut},
	{10, (*world).stepComeBackInTalk},
	{10, (*world).stepUnplug},
	{8, (*world).stepStall},
	{14, (*world).stepPause},
	{16, (*world).stepFailingDisk},
	{12, (*world).stepKill},
	{8, (*world).stepDieUnsaved},
	{1, (*world).stepFlood},
	{4, (*world).stepRestart},
	{4, (*world).stepCrash},
	{4, (*world).stepFailingServer},
	{20, (*world).stepPassing},
	{6, (*world).stepTail},
	{30, (*world).stepTailTrouble},
	{160, (*world).stepMoment},
	{20, (*world).stepMinute},
	{8, (*world).stepAbandon},
}

var allWeights = func() (sum int) {
	for _, s := range steps {
		sum += s.weight
	}
	return sum
}()

// step makes one step.
func (w *world) step() {
	w.steps++
	n := w.rng.IntN(allWeights)
	for _, s := range steps {
		if n -= s.weight; n < 0 {
			s.do(w)
			return
		}
	}
}

// speaker returns a device that is in a room, and the room.
func (w *world) speaker() (*device, string) {
	for range 5 {
		running := w.running()
		if len(running) == 0 {
			break
		}
		d := pick(w, running)
		if rooms := d.joined(); len(rooms) > 0 {
			return d, pick(w, rooms)
		}
	}
	return nil, ""
}

// size is how long a text is: most are short.
func (w *world) size() int {
	switch n := w.rng.IntN(20); n {
	case 0:
		return wire.MaxText
	case 1, 2:
		return w.rng.IntN(wire.MaxText)
	default:
		return w.rng.IntN(80)
	}
}

func (w *world) stepSay() {
	if d, room := w.speaker(); d != nil {
		d.say(room, "", w.size())
		w.note("%s says line %d in %s", d.name, d.said, room)
	}
}

func (w *world) stepBurst() {
	if d, room := w.speaker(); d != nil {
		lines := 1 + w.rng.IntN(20)
		w.note("%s says %d lines in %s", d.name, lines, room)
		for range lines {
			d.say(room, "", w.rng.IntN(80))
		}
	}
}

func (w *world) stepCry() {
	_, room := w.speaker()
	if room == "" || slices.Contains(w.passing, room) {
		return
	}
	lines, size := 1+w.rng.IntN(1500), w.rng.IntN(60)
	if w.rng.IntN(3) == 0 {
		lines, size = 1+w.rng.IntN(250), wire.MaxText
	}
	w.note("the crier says %d lines of %d bytes in %s", lines, size, room)
	w.crier.cry(room, lines, size)
}

func (w *world) stepWhisper() {
	running := w.running()
	if len(running) == 0 {
		return
	}
	w.whisper(pick(w, running), pick(w, append(slices.Clone(accounts), "gast")))
}

func (w *world) whisper(d *device, to string) {
	if to != d.account {
		d.say("", to, w.size())
		w.note("%s says line %d to %s", d.name, d.said, to)
	}
}

func (w *world) stepJoin() {
	running := w.running()
	if len(running) == 0 {
		return
	}
	d, room := pick(w, running), pick(w, w.rooms)
	if w.rng.IntN(6) == 0 {
		room = pick(w, w.passing)
	}
	if left := d.left(); len(left) > 0 && w.rng.IntN(3) == 0 {
		room = pick(w, left)
	}
	w.note("%s joins %s", d.name, room)
	w.inTalk(room, func() { d.ask("join", room, wire.Join{Room: room}) })
}

// inTalk does something, sometimes in the middle of a burst of lines.
func (w *world) inTalk(room string, do func()) {
	talk := room != "" && !slices.Contains(w.passing, room) && w.rng.IntN(3) == 0
	if talk {
		w.crier.cry(room, 1+w.rng.IntN(50), w.rng.IntN(60))
	}
	do()
	if talk {
		w.crier.cry(room, 1+w.rng.IntN(50), w.rng.IntN(60))
	}
}

func (w *world) stepLeave() {
	d, room := w.speaker()
	if d == nil {
		return
	}
	w.note("%s leaves %s", d.name, room)
	d.ask("leave", room, wire.Leave{Room: room})
}

func (w *world) stepRead() {
	if d, room := w.speaker(); d != nil {
		w.note("%s has read %s", d.name, room)
		d.session.Do(wire.Read{Room: room, Last: w.host.ledger.last(room)})
	}
}

func (w *world) stepNick() {
	for _, d := range w.running() {
		if d.account == "" && w.rng.IntN(2) == 0 {
			w.names++
			name := fmt.Sprintf("%s%d", d.name, w.names)
			w.note("%s calls itself %s", d.name, name)
			room := ""
			if rooms := d.joined(); len(rooms) > 0 {
				room = pick(w, rooms)
			}
			w.inTalk(room, func() { d.ask("nick", "", wire.Guest{Name: name}) })
			return
		}
	}
}

func (w *world) stepGo() {
	if running := w.running(); len(running) > 0 {
		d := pick(w, running)
		w.note("%s ends", d.name)
		d.end()
	}
}

// stepCome starts a device that does not run, or takes away what remains of one
// that has died and starts it again.
func (w *world) stepCome() {
	for _, d := range w.devices {
		if d.runs() && !d.disk.isDead() && !d.sentAway() {
			continue
		}
		if d.runs() {
			d.end()
		}
		w.note("%s starts", d.name)
		d.start()
		return
	}
}
