package private_test

import (
	"slices"
	"time"

	"labchat/internal/wire"
)

// callLasts is how long after a call of ann's program a link may come about.
const callLasts = time.Minute

// oracle says what may leave ann's program, and goes by nothing that the program
// decides: by what the server has told it, by what its person was shown and has
// said, and by what has come out. Owned by the history's goroutine.
type oracle struct {
	h       *history
	people  map[string]*standing    // by folded name
	lines   map[string]*saying      // ann's, by text, and files by name
	theirs  map[string]word         // what puppets have said, by text
	dialogs map[string]*wire.Safety // keys on ann's screen, by folded name
	asked   map[string]answered     // answers to those, by tag
	writing string                  // whom ann's person was writing to last
	told    []listing               // in this step
	wishes  []wish                  // likewise
	calls   map[string]*wire.Called // on ann's screen, by folded name
}

// standing is what a person may rightly believe of a name.
type standing struct {
	secure   bool                // its owner was shown to have a key
	long     bool                // and that before this step
	fresh    string              // the print of a key that was told of as a new one in this step
	first    string              // the print of the first key that was shown
	ok       map[string]bool     // prints of those that lines may go to
	verified map[string]bool     // of those that a person has compared
	refused  map[string]bool     // of those that were rejected, or whose owner has removed them
	by       map[string][]string // by key: those of devices that have signed this one
	shown    map[string]int      // by key: the step in which a person was told of it
	listed   map[string]bool     // prints of those that the server has listed
	guest    string              // print of the key that a guest of that name was shown to have last
	past     string              // that of the last guest
	spoke    string              // print of the key that the newest line went to or came from, of a guest
	mode     wire.RouteMode      // a person's wish
	behind   map[string][]string // by the print of a compared key: those that lost the trust for it
	late     map[string]bool     // prints that were ok before this step
	gone     map[string]bool     // of those, the devices that the server has said in this step to be removed
}

// saying is a line of ann's, or a file.
type saying struct {
	to      string // folded
	bound   string // print of the guest's key that ann's person saw when it was typed
	reached string // print of the key that it went to
}

// word is a line of a puppet's.
type word struct {
	by     *puppet
	as, to string
}

// wish is how a person wants lines to somebody to go, from the next step on.
type wish struct {
	name string
	mode wire.RouteMode
}

// answered is a person's answer to a number that was shown.
type answered struct {
	e      *wire.Safety
	answer wire.Answer
}

func newOracle(h *history) *oracle {
	return &oracle{
		h: h, people: map[string]*standing{}, lines: map[string]*saying{}, theirs: map[string]word{},
		dialogs: map[string]*wire.Safety{}, asked: map[string]answered{}, calls: map[string]*wire.Called{},
	}
}

func (o *oracle) of(name string) *standing {
	key := wire.Fold(name)
	s := o.people[key]
	if s == nil {
		s = &standing{ok: map[string]bool{}, verified: map[string]bool{}, refused: map[string]bool{}, by: map[string][]string{}, late: map[string]bool{}, gone: map[string]bool{}, shown: map[string]int{}, behind: map[string][]string{}, listed: map[string]bool{}}
		o.people[key] = s
	}
	return s
}

// lose takes the trust from a key, at the end of the step.
func (s *standing) lose(key string) {
	if s.ok[key] {
		s.late[key] = true
		delete(s.ok, key)
	}
	delete(s.verified, key)
}

// may reports whether lines may go to a key.
func (s *standing) may(key string) bool { return s.ok[key] || s.late[key] }

func (o *oracle) typed(text, name string) {
	s := o.of(name)
	one := &saying{to: wire.Fold(name)}
	if !s.secure {
		one.bound = s.guest
	}
	o.lines[text] = one
}

// hides reports whether somebody is not to learn ann's address.
func (o *oracle) hides(name string) bool {
	mode := o.of(name).mode
	return mode == wire.RouteRelay || o.h.hides && mode != wire.RouteAuto
}

func (o *oracle) writesTo(name string) { o.writing = wire.Fold(name) }

// forgets is what a screen forgets when its program ends.
func (o *oracle) forgets() {
	clear(o.dialogs)
	clear(o.asked)
	clear(o.calls)
	for _, s := range o.people {
		if s.guest = ""; s.mode == wire.RouteRelay { // a disk keeps that for accounts only
			s.mode = wire.RouteKeep
		}
		if !s.secure { // nor what was said of a guest's key
			clear(s.ok)
			clear(s.verified)
			clear(s.refused)
		}
	}
}

// learn takes in what the server has said of somebody's devices. Its word is
// enough to lose trust, and none to win it.
func (o *oracle) learn(t listing) {
	s, name, devices := o.of(t.name), t.name, t.devices
	if key := wire.DevicePrint(t.withdrawn); s.long && s.ok[key] && s.first == key { // else nobody knows which came first
		s.lose(key)
		s.refused[key], s.gone[key] = true, true
	}
	if len(devices) == 0 || !s.secure {
		return
	}
	for key := range s.ok {
		if t.mine || !s.long || s.shown[key] == o.h.steps { // it is of another one, or nobody knows which was said first
			continue
		}
		if !slices.ContainsFunc(devices, func(d wire.Device) bool { return wire.DevicePrint(d.Key) == key }) {
			s.lose(key)
			s.gone[key] = true
			s.refused[key] = s.shown[key] > 0 // of another one nobody has heard, and it may come yet
		}
	}
	for range devices { // one may have signed the next
		for _, d := range devices {
			key, by := wire.DevicePrint(d.Key), wire.DevicePrint(d.By)
			if key == "" || key == by || !wire.Signed(d.By, wire.EndorsementText(trueNode, name, d.Key), d.Sig) {
				continue
			}
			if !slices.Contains(s.by[key], by) { // who has signed may be trusted later
				s.by[key] = append(s.by[key], by)
			}
			switch {
			case s.refused[key], !s.may(by):
			case s.ok[by], s.gone[by]: // nobody knows whether it was removed before it was believed, or after
				s.ok[key] = true
			default: // it was vouched for before who has signed lost the trust, in this step
				s.late[key] = true
			}
		}
	}
}

// listing is what the server has said of somebody's devices.
type listing struct {
	name      string
	devices   []wire.Device
	mine      bool   // the name was said to be ann's
	withdrawn string // not empty: the key of a device that was removed, and no list
}

func (o *oracle) listed(name string, devices []wire.Device) {
	o.told = append(o.told, listing{name: name, devices: devices, mine: o.mine(name)})
}

func (o *oracle) withdrawn(name, key string) {
	if o.mine(name) {
		return
	}
	o.told = append(o.told, listing{name: name, withdrawn: key})
}

// mine reports whether the server has said that a name is ann's: what it says of
// devices then is about ann's own.
func (o *oracle) mine(name string) bool { return o.h.ann.desk.mayBe(name) }

func (o *oracle) answered(tag string, e *wire.Safety, a wire.Answer) { o.asked[tag] = answered{e, a} }

// decided is a person's word on a key, once the program says that it was heard.
func (o *oracle) decided(a answered) {
	s, key := o.of(a.e.User), a.e.Print
	if !s.secure { // a guest: an account of that name may have the key later
		same := a.answer == wire.AnswerSame
		s.ok[key], s.verified[key], s.refused[key] = same, same, !same
		return
	}
	if a.answer == wire.AnswerDiffer {
		s.lose(key)
		s.refused[key] = true
		for _, other := range s.behind[key] { // it is as if that one had never been compared
			s.ok[other] = !s.refused[other]
		}
		delete(s.behind, key)
		return
	}
	s.ok[key], s.verified[key] = true, true
	delete(s.refused, key)
	for other := range s.ok {
		if !s.leadsTo(other, nil) {
			s.lose(other)
			s.behind[key] = append(s.behind[key], other)
		}
	}
}

// leadsTo reports whether a person has compared a key, or one whose device has
// signed it, and so on.
func (s *standing) leadsTo(key string, seen []string) bool {
	if s.verified[key] {
		return true
	}
	if slices.Contains(seen, key) {
		return false
	}
	return slices.ContainsFunc(s.by[key], func(by string) bool { return s.ok[by] && s.leadsTo(by, append(seen, key)) })
}

// shown follows what ann's person is shown.
func (o *oracle) shown(e wire.Event) {
	switch e := e.(type) {
	case *wire.KeySeen:
		o.h.note("ann sees: the key of %s, %s, is %s", e.User, o.h.markOfPrint(e.Print), e.State)
		o.h.tally["a key that is "+string(e.State)]++
		s := o.of(e.User)
		if o.h.isOwn(e.Print) { // under a name that the server has said is ours
			return
		}
		o.dialogs[wire.Fold(e.User)] = &wire.Safety{User: e.User, Print: e.Print}
		if s.shown[e.Print] == 0 {
			s.shown[e.Print] = o.h.steps
		}
		switch e.State {
		case wire.KeyNew:
			s.fresh = e.Print
		case wire.KeyRejected:
			s.lose(e.Print)
			s.refused[e.Print] = true
		case wire.KeyKnown, wire.KeyVerified: // the program's word is none
		case wire.KeyWithdrawn: // the server has said so
			s.gone[e.Print] = s.ok[e.Print] || s.gone[e.Print]
			s.lose(e.Print)
		default:
			s.lose(e.Print)
		}
	case *wire.Path:
		s := o.of(e.User)
		s.guest = ""
		if e.Device != "" {
			o.dialogs[wire.Fold(e.User)] = &wire.Safety{User: e.User, Print: e.Device}
		}
		switch {
		case e.Device == "" || o.h.isOwn(e.Device):
		case e.Guest:
			s.guest, s.past = e.Device, e.Device
		default:
			o.hasKey(s, e)
		}
	case *wire.Safety:
		if len(e.Groups) > 0 {
			o.dialogs[wire.Fold(e.User)] = e
		}
	case *wire.Called:
		o.h.note("ann sees: %s asks", e.From)
		o.calls[wire.Fold(e.From)] = e
	case *wire.Done:
		if a, ok := o.asked[e.Re.Re]; ok {
			o.decided(a)
		}
	default:
	}
}

// hasKey is for an account that is shown with a key: the first one is believed.
func (o *oracle) hasKey(s *standing, e *wire.Path) {
	s.secure = true
	if s.first != "" {
		return
	}
	s.first = e.Device
	if e.Key != wire.KeyNew && s.fresh != "" { // that was told first, and the way to it never
		s.first, s.ok[s.fresh] = s.fresh, !s.refused[s.fresh] && !o.otherHas(e.User, s.fresh)
	}
	if s.shown[e.Device] == 0 {
		s.shown[e.Device] = o.h.steps
	}
	o.h.note("ann sees: %s is an account, with %s, %s", e.User, o.h.markOfPrint(e.Device), e.Key)
	if e.Key == wire.KeyNew && !s.refused[e.Device] && !o.otherHas(e.User, e.Device) {
		s.ok[e.Device] = true
	}
}

// otherHas reports whether a key is known as somebody else's.
func (o *oracle) otherHas(name, key string) bool {
	for folded, s := range o.people {
		if folded != wire.Fold(name) && s.secure && s.ok[key] && s.first == key {
			return true
		}
	}
	return false
}
