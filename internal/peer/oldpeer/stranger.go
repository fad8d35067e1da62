package oldpeer

import (
	"net/netip"
	"time"

	"labchat/internal/wire"
)

const (
	// MaxStrangers is how many wait for a word of ours.
	MaxStrangers = 32
	// MaxHeld is how many lines of one of them wait with them.
	MaxHeld = 20
	// strangerFor is how long a stranger keeps a place that another one could
	// have.
	strangerFor = 10 * time.Minute
)

// Stranger is somebody who has spoken to us and whom we have not answered.
type Stranger struct {
	label   string
	dialect string
	since   time.Time
	shown   bool         // a first line, after which others are held
	refused bool         // a person does not want to hear of it
	held    []*wire.Said // lines
}

// Word is something that a stranger has said.
type Word struct {
	From    netip.AddrPort
	Claimed string // as they call themselves, "" where they do not
	Dialect string
	Line    *wire.Said // nil: they only ask for a conversation
}

// Verdict is what becomes of a stranger's word.
type Verdict struct {
	Label   string
	Asks    bool   // it is their first: a person is to be asked
	Shown   bool   // the line is to be shown now
	Dropped string // why nothing comes of it, "" otherwise
}

// Hear takes a stranger's word: the first is shown as a request, and what
// follows is held until a person answers.
func (b *Book) Hear(w Word, me string) Verdict {
	s := b.strangers[w.From]
	v := Verdict{Asks: s == nil}
	if s == nil {
		if !b.room() {
			return Verdict{Dropped: "one stranger too many"}
		}
		s = &Stranger{label: b.Label(w.From, w.Claimed, me, false), dialect: w.Dialect, since: time.Now()}
		b.strangers[w.From] = s
	}
	v.Label = s.label
	switch {
	case w.Line == nil:
	case s.refused:
		v.Dropped = "line of somebody who was refused"
	case !s.shown:
		s.shown, v.Shown = true, true
	case len(s.held) < MaxHeld:
		s.held = append(s.held, w.Line)
	default:
		v.Dropped = "one line too many of a stranger"
	}
	return v
}

// room makes room for one more stranger, if those that are here have had their
// time.
func (b *Book) room() bool {
	if len(b.strangers) < MaxStrangers {
		return true
	}
	now := time.Now()
	for addr, s := range b.strangers {
		if now.Sub(s.since) >= strangerFor {
			delete(b.strangers, addr)
		}
	}
	return len(b.strangers) < MaxStrangers
}

// Stranger returns the one at an address, or nil.
func (b *Book) Stranger(addr netip.AddrPort) *Stranger { return b.strangers[addr] }

// Held are the lines that wait with the stranger.
func (s *Stranger) Held() []*wire.Said { return s.held }

// Refused reports whether a person does not want to hear of the stranger.
func (s *Stranger) Refused() bool { return s.refused }

// Refuse drops what is held, and what follows.
func (s *Stranger) Refuse() { s.refused, s.held = true, nil }
