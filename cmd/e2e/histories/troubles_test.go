package histories_test

import (
	"slices"
	"time"

	"labchat/internal/wire"
)

func (w *harness) stepCut() {
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

// stepComeBackInTalk cuts a connection while it tells what was missed, in the
// middle of new lines.
func (w *harness) stepComeBackInTalk() {
	d, room := w.speaker()
	if d == nil || slices.Contains(w.passing, room) {
		return
	}
	w.note("%s is away while the crier talks in %s, and again before it has heard all", d.name, room)
	d.network.setDown(true)
	w.crier.cry(room, 1+w.rng.IntN(300), w.rng.IntN(60))
	w.pass(2 * time.Second)
	d.network.setDown(false)
	d.network.cutNext(20_000 + w.rng.IntN(100_000))
	d.session.Retry()
	for range 3 {
		w.crier.cry(room, 1+w.rng.IntN(50), w.rng.IntN(60))
	}
}

func (w *harness) stepUnplug() {
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

func (w *harness) stepStall() {
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

func (w *harness) stepPause() {
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

func (w *harness) stepFailingDisk() {
	if running := w.running(); len(running) > 0 {
		d, how := pick(w, running), pick(w, []fault{refuses, misleads, wavers})
		w.note("%s has a disk that fails (%d)", d.name, how)
		disk := d.disk
		disk.setFault(how)
		w.later(30*time.Second, func() {
			w.note("%s has a disk that works", d.name)
			disk.setFault(works)
		})
	}
}

func (w *harness) stepKill() {
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
func (w *harness) stepDieUnsaved() {
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

// stepFlood says more than waits for a screen, or a disk, that takes nothing.
func (w *harness) stepFlood() {
	d, room := w.speaker()
	if d == nil || slices.Contains(w.passing, room) {
		return
	}
	w.note("%s takes no events, or its disk nothing, and the crier floods %s", d.name, room)
	s, disk := d.screen, d.disk
	if w.rng.IntN(2) == 0 {
		s.pause(true)
	} else {
		disk.setFault(refuses)
	}
	for range 11 {
		w.crier.cry(room, 1000, 0)
	}
	w.pass(5 * time.Second)
	s.pause(false)
	disk.setFault(works)
}

func (w *harness) stepRestart() {
	w.note("the server stops")
	w.host.end()
	w.crier.close()
	w.pass(time.Duration(w.rng.IntN(3000)) * time.Millisecond)
	w.note("the server starts")
	w.host.start()
}

func (w *harness) stepCrash() {
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

func (w *harness) stepFailingServer() {
	w.note("the server has a disk that fails")
	w.host.ledger.setFault(refuses)
	w.later(10*time.Second, func() {
		w.note("the server has a disk that works")
		w.host.ledger.setFault(works)
	})
}

// stepPassing makes a room that nobody owns, or finds it made, and brings two
// others into it.
func (w *harness) stepPassing() {
	running := slices.DeleteFunc(w.running(), func(d *device) bool { return d.account != "" })
	if len(running) == 0 {
		return
	}
	d, room := pick(w, running), pick(w, w.passing)
	w.note("%s makes %s", d.name, room)
	d.session.Do(wire.Create{Room: room})
	d.ask("join", room, wire.Join{Room: room})
	w.pass(time.Second)
	for range 2 {
		other := pick(w, w.devices)
		if other.runs() && !other.disk.isDead() {
			w.note("%s joins %s", other.name, room)
			other.ask("join", room, wire.Join{Room: room})
		}
	}
}

// stepAbandon lets a room of nobody's vanish: somebody goes, others talk and go,
// and after some time it is made again.
func (w *harness) stepAbandon() {
	room := pick(w, w.passing)
	for _, d := range w.running() {
		if in := slices.DeleteFunc(d.joined(), func(r string) bool { return !slices.Contains(w.passing, r) }); len(in) > 0 {
			room = pick(w, in)
			break
		}
	}
	w.note("all who are in %s go for long, one after the other", room)
	for _, d := range w.running() {
		if !d.isIn(room) {
			continue
		}
		for _, other := range w.running() {
			if other.isIn(room) {
				other.say(room, "", 0)
			}
		}
		w.pass(time.Second)
		d.end()
	}
	w.pass(12 * time.Minute)
	for _, d := range w.devices {
		if !d.runs() && d.account == "" {
			w.note("%s starts, and makes %s", d.name, room)
			d.start()
			w.pass(2 * time.Second)
			d.session.Do(wire.Create{Room: room})
			d.ask("join", room, wire.Join{Room: room})
			d.say(room, "", 0)
			return
		}
	}
}

func (w *harness) stepMoment() { w.pass(time.Duration(w.rng.IntN(2000)) * time.Millisecond) }

func (w *harness) stepMinute() { w.pass(time.Duration(w.rng.IntN(60)) * time.Second) }
