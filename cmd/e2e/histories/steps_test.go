package histories_test

import (
	"fmt"
	"slices"

	"labchat/internal/wire"
)

// step is something that can happen, and how often it does.
type step struct {
	weight int
	do     func(w *harness)
}

// steps are all that can happen. The weights are about how many of a thousand.
var steps = []step{
	{430, (*harness).stepSay},
	{40, (*harness).stepBurst},
	{12, (*harness).stepCry},
	{30, (*harness).stepWhisper},
	{60, (*harness).stepJoin},
	{20, (*harness).stepLeave},
	{25, (*harness).stepRead},
	{12, (*harness).stepNick},
	{30, (*harness).stepGo},
	{45, (*harness).stepCome},
	{40, (*harness).stepCut},
	{10, (*harness).stepComeBackInTalk},
	{10, (*harness).stepUnplug},
	{8, (*harness).stepStall},
	{14, (*harness).stepPause},
	{16, (*harness).stepFailingDisk},
	{12, (*harness).stepKill},
	{8, (*harness).stepDieUnsaved},
	{1, (*harness).stepFlood},
	{4, (*harness).stepRestart},
	{4, (*harness).stepCrash},
	{4, (*harness).stepFailingServer},
	{20, (*harness).stepPassing},
	{6, (*harness).stepTail},
	{30, (*harness).stepTailTrouble},
	{160, (*harness).stepMoment},
	{20, (*harness).stepMinute},
	{8, (*harness).stepAbandon},
}

var allWeights = func() (sum int) {
	for _, s := range steps {
		sum += s.weight
	}
	return sum
}()

// step makes one step.
func (w *harness) step() {
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
func (w *harness) speaker() (*device, string) {
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
func (w *harness) size() int {
	switch n := w.rng.IntN(20); n {
	case 0:
		return wire.MaxText
	case 1, 2:
		return w.rng.IntN(wire.MaxText)
	default:
		return w.rng.IntN(80)
	}
}

func (w *harness) stepSay() {
	if d, room := w.speaker(); d != nil {
		d.say(room, "", w.size())
		w.note("%s says line %d in %s", d.name, d.said, room)
	}
}

func (w *harness) stepBurst() {
	if d, room := w.speaker(); d != nil {
		lines := 1 + w.rng.IntN(20)
		w.note("%s says %d lines in %s", d.name, lines, room)
		for range lines {
			d.say(room, "", w.rng.IntN(80))
		}
	}
}

func (w *harness) stepCry() {
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

func (w *harness) stepWhisper() {
	running := w.running()
	if len(running) == 0 {
		return
	}
	w.whisper(pick(w, running), pick(w, append(slices.Clone(accounts), "gast")))
}

func (w *harness) whisper(d *device, to string) {
	if to != d.account {
		d.say("", to, w.size())
		w.note("%s says line %d to %s", d.name, d.said, to)
	}
}

func (w *harness) stepJoin() {
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
func (w *harness) inTalk(room string, do func()) {
	talk := room != "" && !slices.Contains(w.passing, room) && w.rng.IntN(3) == 0
	if talk {
		w.crier.cry(room, 1+w.rng.IntN(50), w.rng.IntN(60))
	}
	do()
	if talk {
		w.crier.cry(room, 1+w.rng.IntN(50), w.rng.IntN(60))
	}
}

func (w *harness) stepLeave() {
	d, room := w.speaker()
	if d == nil {
		return
	}
	w.note("%s leaves %s", d.name, room)
	d.ask("leave", room, wire.Leave{Room: room})
}

func (w *harness) stepRead() {
	if d, room := w.speaker(); d != nil {
		w.note("%s has read %s", d.name, room)
		d.session.Do(wire.Read{Room: room, Last: w.host.ledger.last(room)})
	}
}

func (w *harness) stepNick() {
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

func (w *harness) stepGo() {
	if running := w.running(); len(running) > 0 {
		d := pick(w, running)
		w.note("%s ends", d.name)
		d.end()
	}
}

// stepCome starts a device that does not run, or takes away what remains of one
// that has died and starts it again.
func (w *harness) stepCome() {
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
