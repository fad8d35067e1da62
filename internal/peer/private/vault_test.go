package private_test

import (
	"slices"
	"sync"
	"testing"

	"labchat/internal/wire"
)

// vault is what the harness's server keeps for accounts that are away: prekeys and
// sealed lines. It checks nothing. What mu does not guard is guarded by the harness.
type vault struct {
	stock  map[string][]wire.Prekey // by account, oldest first
	held   bool                     // sealed lines are not told
	deaf   func(wire.Request) bool  // requests that are not answered; nil: none
	refuse wire.Code                // what prekeys are refused with, "" is not

	mu    sync.Mutex // guards what is asked for without the harness
	mail  map[string][]*wire.Sealed
	known map[wire.ClientID]*wire.Accepted
	last  wire.ID
}

// keeps makes the harness's server keep what is for accounts that are away.
func (w *harness) keeps() *vault {
	w.vault = &vault{stock: map[string][]wire.Prekey{}, mail: map[string][]*wire.Sealed{}, known: map[wire.ClientID]*wire.Accepted{}, last: 100}
	w.devices = map[string][]wire.Device{}
	return w.vault
}

// change changes what the harness's server does.
func (w *harness) change(do func()) {
	w.mu.Lock()
	defer w.mu.Unlock()
	do()
}

func (v *vault) features() []string {
	if v == nil {
		return nil
	}
	return []string{"sealed"}
}

// adds adds the session's device to its account's.
func (v *vault) adds(w *harness, s *session) []wire.Device {
	known := func(d wire.Device) bool { return d.Key == s.key }
	if v != nil && s.kind == wire.KindAccount && !slices.ContainsFunc(w.devices[s.name], known) {
		w.devices[s.name] = append(w.devices[s.name], wire.Device{Key: s.key})
	}
	return w.devices[s.name]
}

// left is how many one-time prekeys there are of the session's device.
func (v *vault) left(s *session) (n int) {
	if v == nil {
		return 0
	}
	for _, k := range v.stock[s.name] {
		if k.Device == s.key && !k.Last {
			n++
		}
	}
	return n
}

// tell hands over the lines that wait for a session's account, as a session does
// that has asked for them.
func (v *vault) tell(s *session) {
	if v == nil || v.held {
		return
	}
	v.tellAll(s, v.waiting(s.name))
}

func (v *vault) tellAll(s *session, notes []*wire.Sealed) {
	for _, e := range notes {
		c := *e
		s.push(&c)
	}
}

func (v *vault) waiting(name string) []*wire.Sealed {
	v.mu.Lock()
	defer v.mu.Unlock()
	return slices.Clone(v.mail[name])
}

// answer is the part of the server that is about sealed lines.
func (v *vault) answer(w *harness, s *session, r wire.Request, re wire.Re) wire.Event {
	var e wire.Event
	switch r := r.(type) {
	case wire.Prekeys:
		if v.refuse != "" {
			return &wire.Refused{Re: re, Of: r.Act(), Code: v.refuse}
		}
		if r.Keys[0].Last {
			v.stock[s.name] = slices.DeleteFunc(v.stock[s.name], func(k wire.Prekey) bool { return k.Last && k.Device == s.key })
		}
		v.stock[s.name] = append(v.stock[s.name], r.Keys...)
		e = &wire.PrekeyCount{Re: re, Count: v.left(s)}
	case wire.TakePrekey:
		e = &wire.Refused{Re: re, Of: r.Act(), Code: wire.CodeNoUser, Text: "Nobody of that name can be left a sealed line."}
		if k, ok := v.take(r.Name); ok {
			e = &wire.PrekeyTaken{Re: re, Name: r.Name, Prekey: k, Devices: w.devices[r.Name]}
		}
	case wire.Seal:
		e = v.keep(s, r, re)
	case wire.Inbox:
		e = &wire.InboxCount{Re: re, Count: len(v.waiting(s.name))}
		s.push(e)
		v.tell(s)
		return nil
	case wire.Taken:
		if v.deaf == nil || !v.deaf(r) {
			v.forget(s.name, r.IDs)
		}
	default:
	}
	if v.deaf != nil && v.deaf(r) {
		return nil
	}
	return e
}

// take gives the oldest prekey of an account, or its last one.
func (v *vault) take(name string) (k wire.Prekey, ok bool) {
	all := v.stock[name]
	i := slices.IndexFunc(all, func(k wire.Prekey) bool { return !k.Last })
	if i < 0 {
		i = slices.IndexFunc(all, func(k wire.Prekey) bool { return k.Last })
	}
	if i < 0 {
		return k, false
	}
	if k = all[i]; !k.Last {
		v.stock[name] = slices.Delete(slices.Clone(all), i, i+1)
	}
	return k, true
}

// keep stores a sealed line, one that is sent again once.
func (v *vault) keep(s *session, r wire.Seal, re wire.Re) wire.Event {
	v.mu.Lock()
	defer v.mu.Unlock()
	first, again := v.known[r.Client]
	if !again {
		v.last++
		first = &wire.Accepted{Of: wire.ActSeal, ID: v.last, Client: r.Client, Inbox: true}
		v.known[r.Client] = first
		v.mail[r.To] = append(v.mail[r.To], &wire.Sealed{ID: v.last, From: s.name, To: r.To, Kind: s.kind, Note: r.Note})
	}
	answer := *first
	answer.Re, answer.Again = re, again
	return &answer
}

func (v *vault) forget(name string, ids []wire.ID) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.mail[name] = slices.DeleteFunc(v.mail[name], func(e *wire.Sealed) bool { return slices.Contains(ids, e.ID) })
}

// wantMail checks how many lines wait for bob.
func (v *vault) wantMail(tb testing.TB, want int) {
	tb.Helper()
	if got := len(v.waiting("bob")); got != want {
		tb.Errorf("%d sealed lines wait for bob, want %d", got, want)
	}
}

// apart are ann, who is here, and the store of bob, who has gone. They have
// accepted each other, and have talked.
func apart(w *harness) (ann *person, bobs *memory) {
	w.t.Helper()
	ann, bob := friends(w)
	ann.Whisper("bob", "straight", false)
	settle()
	bob.wantTexts("ann", "straight")
	bob.quit()
	settle()
	return ann, bob.store
}
