package private_test

import (
	"fmt"
	"time"

	"labchat/internal/wire"
	"labchat/internal/wire/peer1"
)

// namesAreBound says that both sides of a link, and a note, say who is meant: that
// came with version 2 of peer/1.
const namesAreBound = peer1.Version >= 2

// judge looks at what one step has brought.
func (o *oracle) judge() {
	o.h.mu.Lock()
	seen, screen := o.h.seen, o.h.screen
	o.h.seen, o.h.screen = nil, nil
	o.h.mu.Unlock()
	for _, e := range seen {
		if e.what == sawPlain {
			o.plain(e)
		}
	}
	for _, e := range screen {
		o.shown(e)
	}
	o.hear()
	for _, e := range seen {
		o.saw(e)
	}
	for _, e := range screen {
		if e, ok := e.(*wire.Whispered); ok && e.Via.Way != "" && e.State == "" {
			o.heard(e)
		}
	}
	for _, s := range o.people {
		clear(s.late)
		clear(s.gone)
		s.long, s.fresh = s.secure, ""
	}
	for _, w := range o.wishes {
		o.of(w.name).mode = w.mode
	}
	o.wishes = nil
}

// hear takes in what the server has said of devices in this step.
func (o *oracle) hear() {
	for _, t := range o.told {
		for _, d := range t.devices {
			o.of(t.name).listed[wire.DevicePrint(d.Key)] = true
		}
	}
	for _, s := range o.people {
		for _, key := range []string{s.past, s.spoke} { // the guest has registered the name
			if s.secure && !s.long && s.listed[key] && !s.refused[key] {
				s.ok[key] = true
			}
		}
	}
	for _, t := range o.told {
		o.learn(t)
	}
	o.told = nil
}

// plain judges what the server can read.
func (o *oracle) plain(e seen) {
	o.h.note("%q went to %s in plain text", e.text, e.name)
	o.h.tally["a line in plain text"]++
	one := o.lines[e.text]
	switch s := o.of(e.name); {
	case one == nil:
		o.h.fault("a line of nobody", "%q went to the server", e.text)
	case one.to != wire.Fold(e.name):
		o.h.fault("another person", "%q was typed for %s, and went to %s in plain text", e.text, one.to, e.name)
	case s.secure:
		o.h.fault("plain text", "%q for %s, who has a key, went to the server in plain text", e.text, e.name)
	case one.bound != "":
		o.h.fault("a guest's line in plain text", "%q was typed for the device %s of %s", e.text, o.h.markOfPrint(one.bound), e.name)
	case one.reached != "":
		o.h.fault("encrypted before", "%q had gone to %s", e.text, o.h.markOfPrint(one.reached))
	}
}

// saw judges what somebody else's device has got, and what was left for one.
func (o *oracle) saw(e seen) {
	switch e.what {
	case sawLine, sawFile, sawSealed:
		o.came(e)
	case sawTyping:
		if s := o.of(o.writing); s.long && !s.may(e.by.print) {
			o.h.fault("another key", "%s was told that ann writes to %s", e.by.mark, o.writing)
		}
	case sawTypingPlain:
		if o.of(e.name).long {
			o.h.fault("plain text", "the server was told that ann writes to %s", e.name)
		}
	case sawLink:
		o.h.mu.Lock()
		at, ok := o.h.agreed[wire.Fold(e.name)]
		o.h.mu.Unlock()
		if !ok || time.Since(at) > callLasts {
			o.h.fault("no call", "%s, as %s, has made a link that ann's program has agreed to no call for", e.by.mark, e.name)
		}
	case sawReceipt:
		if s := o.of(e.name); s.long && !s.may(e.by.print) {
			o.h.fault("another key", "%s was told that ann has got a line of %s", e.by.mark, e.name)
		}
	case sawAddress:
		if o.hides(e.name) {
			o.h.fault("address", "the server is to tell %s ann's address", e.name)
		}
	case sawVouched:
		if e.text != o.h.ownShown {
			o.h.fault("vouched unseen", "ann's program has signed %s, and ann's person saw %s", e.text, o.h.ownShown)
		}
	case sawPlain:
	}
}

// came judges a line that has come to a device, or was sealed to it.
func (o *oracle) came(e seen) {
	one := o.lines[e.text]
	if one == nil {
		o.h.fault("a line of nobody", "%q came to %s", e.text, e.by.mark)
		return
	}
	s, key := o.of(one.to), e.by.print
	switch {
	case namesAreBound && wire.Fold(e.name) != one.to:
		o.h.fault("another person", "%q was typed for %s, and came to %s, who is %s", e.text, one.to, e.by.mark, e.name)
	case e.what == sawLine && e.way == wire.WayInbox: // its key was judged when it was sealed
	case s.long && !s.may(key):
		o.h.fault("another key", "%q for %s came to %s by %s", e.text, one.to, e.by.mark, e.way)
	case one.bound != "" && one.bound != key && !s.listed[one.bound] && !s.verified[key]: // else the guest has registered the name, or a person has said who it is
		o.h.fault("another guest", "%q for %s was typed for %s, and came to %s", e.text, one.to, o.h.markOfPrint(one.bound), e.by.mark)
	case !s.secure && one.reached != "" && one.reached != key:
		o.h.fault("another guest", "%q for %s had gone to %s, and came to %s", e.text, one.to, o.h.markOfPrint(one.reached), e.by.mark)
	case e.way == wire.WayDirect && o.hides(one.to):
		o.h.fault("address", "%q came straight to %s, to whom ann hides the address", e.text, e.by.mark)
	}
	o.h.note("%q came to %s, who is %s, by %s", e.text, e.by.mark, e.name, e.way)
	if e.what == sawFile {
		o.h.tally["the offer of a file"]++
	} else {
		o.h.tally["a line by "+string(e.way)]++
	}
	one.reached = key
	if !s.secure {
		s.spoke = key
	}
}

// heard judges a line that ann's person is shown as an encrypted one of somebody.
func (o *oracle) heard(e *wire.Whispered) {
	o.h.tally["a line to ann by "+string(e.Via.Way)]++
	w, ok := o.theirs[e.Text]
	s := o.of(e.From)
	switch {
	case !ok:
		o.h.fault("a line of nobody", "ann was shown %q as %s's", e.Text, e.From)
	case s.long && !s.may(w.by.print):
		o.h.fault("spoken by another key", "ann was shown %q of %s as %s's", e.Text, w.by.mark, e.From)
	case namesAreBound && wire.Fold(w.as) != wire.Fold(e.From):
		o.h.fault("another's name", "ann was shown %q, which %s had typed as %s, as %s's", e.Text, w.by.mark, w.as, e.From)
	case namesAreBound && !o.h.ann.desk.wasCalled(w.to):
		o.h.fault("heard by another person", "ann was shown %q, which %s had typed for %s", e.Text, w.by.mark, w.to)
	}
	if ok && !s.secure {
		s.spoke = w.by.print
	}
}

// fault is a promise that was broken.
type fault struct{ kind, text string }

// fault notes the first broken promise.
func (h *history) fault(kind, format string, args ...any) {
	if h.broken == nil {
		h.broken = &fault{kind, fmt.Sprintf(format, args...)}
	}
}
