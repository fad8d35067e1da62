package histories_test

import (
	"fmt"
	"slices"
	"time"

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
	{6, (*world).stepNick},
	{30, (*world).stepGo},
	{45, (*world).stepCome},
	{40, (*world).stepCut},
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
	{10, (*world).stepPassing},
	{6, (*world).stepTail},
	{30, (*world).stepTailTrouble},
	{160, (*world).stepMoment},
	{20, (*world).stepMinute},
	{3, (*world).stepAbandon},
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
	w.note("%s joins %s", d.name, room)
	d.ask("join", room, wire.Join{Room: room})
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
			d.ask("nick", "", wire.Guest{Name: name})
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
		if d.runs() && !d.disk.isDead() {
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

func (w *world) stepCut() {
	if running := w.running(); len(running) > 0 {
		d := pick(w, running)
		in, out := -1, -1
		switch w.rng.IntN(4) {
		case 0:
			in = w.rng.IntN(500)
		case 1:
			in = w.rng.IntN(50_000)
		case 2:
			in = w.rng.IntN(600_000)
		default:
			out = w.rng.IntN(500)
		}
		w.note("%s is cut off after %d bytes in, %d out", d.name, in, out)
		d.network.cutAfter(in, out)
	}
}

func (w *world) stepUnplug() {
	if running := w.running(); len(running) > 0 {
		d := pick(w, running)
		w.note("%s is unplugged", d.name)
		d.network.setDown(true)
		w.later(time.Minute, func() {
			if d.runs() && !d.disk.isDead() {
				w.note("%s is plugged in", d.name)
				d.network.setDown(false)
			}
		})
	}
}

func (w *world) stepStall() {
	if running := w.running(); len(running) > 0 {
		d := pick(w, running)
		w.note("%s hears nothing", d.name)
		d.network.hold(true)
		w.later(time.Minute, func() {
			w.note("%s hears again", d.name)
			d.network.hold(false)
		})
	}
}

func (w *world) stepPause() {
	if running := w.running(); len(running) > 0 {
		d := pick(w, running)
		w.note("%s takes no events", d.name)
		s := d.screen
		s.pause(true)
		w.later(2*time.Minute, func() {
			w.note("%s takes events", d.name)
			s.pause(false)
		})
	}
}

func (w *world) stepFailingDisk() {
	if running := w.running(); len(running) > 0 {
		d, how := pick(w, running), refuses
		if w.rng.IntN(3) == 0 {
			how = misleads
		}
		w.note("%s has a disk that fails (%d)", d.name, how)
		disk := d.disk
		disk.setFault(how)
		w.later(30*time.Second, func() {
			w.note("%s has a disk that works", d.name)
			disk.setFault(works)
		})
	}
}

func (w *world) stepKill() {
	if running := w.running(); len(running) > 0 {
		d, n, through := pick(w, running), 1+w.rng.IntN(6), w.rng.IntN(2) == 0
		w.note("%s is killed in its write %d from now, which gets through: %v", d.name, n, through)
		d.disk.dieAfter(n, through)
		if w.rng.IntN(2) == 0 {
			w.whisper(d, pick(w, accounts))
		}
	}
}

// stepDieUnsaved lets a program die whose disk has not taken what has come.
func (w *world) stepDieUnsaved() {
	d, room := w.speaker()
	if d == nil {
		return
	}
	w.note("%s has a disk that takes nothing, hears lines in %s, and is killed", d.name, room)
	d.disk.setFault(refuses)
	if !slices.Contains(w.passing, room) {
		w.crier.cry(room, 1+w.rng.IntN(20), w.rng.IntN(60))
	}
	for _, other := range w.running() {
		if other.account != d.account && d.account != "" {
			w.whisper(other, d.account)
			break
		}
	}
	w.pass(time.Duration(w.rng.IntN(3000)) * time.Millisecond)
	d.disk.die()
}

// stepFlood says more than waits for a screen that takes nothing.
func (w *world) stepFlood() {
	d, room := w.speaker()
	if d == nil || slices.Contains(w.passing, room) {
		return
	}
	w.note("%s takes no events, and the crier floods %s", d.name, room)
	s := d.screen
	s.pause(true)
	for range 9 {
		w.crier.cry(room, 1000, 0)
	}
	w.pass(5 * time.Second)
	s.pause(false)
}

func (w *world) stepRestart() {
	w.note("the server stops")
	w.host.end()
	w.crier.close()
	w.pass(time.Duration(w.rng.IntN(3000)) * time.Millisecond)
	w.note("the server starts")
	w.host.start()
}

func (w *world) stepCrash() {
	through := w.rng.IntN(2) == 0
	w.note("the server is killed, what it writes gets through: %v", through)
	w.host.ledger.die(through)
	for _, d := range w.devices {
		d.network.setDown(true)
	}
	for _, t := range w.tails {
		t.network.setDown(true)
		defer t.network.setDown(false)
	}
	w.crier.close()
	w.host.end()
	for _, d := range w.devices {
		if d.runs() && !d.disk.isDead() {
			d.network.setDown(false)
		}
	}
	w.note("the server starts")
	w.host.start()
}

func (w *world) stepFailingServer() {
	w.note("the server has a disk that fails")
	w.host.ledger.setFault(refuses)
	w.later(10*time.Second, func() {
		w.note("the server has a disk that works")
		w.host.ledger.setFault(works)
	})
}

// stepPassing makes a room that nobody owns; somebody may be in it already.
func (w *world) stepPassing() {
	running := slices.DeleteFunc(w.running(), func(d *device) bool { return d.account != "" })
	if len(running) == 0 {
		return
	}
	d, room := pick(w, running), pick(w, w.passing)
	w.note("%s makes %s", d.name, room)
	d.session.Do(wire.Create{Room: room})
	d.ask("join", room, wire.Join{Room: room})
}

// stepAbandon lets a room of nobody's vanish: all go, and come back later.
func (w *world) stepAbandon() {
	room := pick(w, w.passing)
	w.note("all who are in %s go for long", room)
	for _, d := range w.devices {
		if d.runs() && d.isIn(room) {
			d.end()
		}
	}
	w.pass(12 * time.Minute)
}

func (w *world) stepMoment() { w.pass(time.Duration(w.rng.IntN(2000)) * time.Millisecond) }

func (w *world) stepMinute() { w.pass(time.Duration(w.rng.IntN(60)) * time.Second) }
