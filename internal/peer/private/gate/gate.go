// Package gate decides what may leave for somebody in private. Decide is the one
// function that every byte of a private conversation passes on its way out, whoever
// has it: a line that is typed, waits or goes out again, a file, a receipt, a note
// that is sealed, the word that somebody is typing. What carries bytes out takes a
// Verdict, and only Decide makes one that lets something through.
//
// The promise: who has been known with a key is never spoken to in plain text, nor
// under another key without a person's yes, whatever the server says. The table in
// docs/security.md is that of Decide, and is compared with it.
package gate

import (
	"cmp"
	"slices"
	"strings"

	"labchat/internal/wire"
)

// Way is how something is to leave.
type Way uint8

// The ways.
const (
	InPlain Way = iota // through the server, or past it, in plain text
	ByLink             // on a link with the key
	BySeal             // sealed to the key, by way of the server's inbox
	ToKnow             // not at all: only whether the key is theirs is asked
)

// Help is what the server at hand can do for private conversations.
type Help uint8

// The helps.
const (
	NoServer Help = iota // there is no connection, or it has not said yet
	NoKeys               // it knows nothing of keys
	Keys                 // it knows who has which key
)

// Word is what the server says of somebody's key now.
type Word uint8

// The words.
const (
	Unasked Word = iota // it was not asked, or what it said is too old
	Keyless             // there is none
	OwnKey              // it is ours
)

// Person is what our own disk knows of somebody. The zero value is a stranger.
type Person struct {
	Name    string
	Unread  bool               // the disk could not be read: this is not all
	Contact wire.Contact       // as the disk has it
	Keys    []wire.KnownDevice // that were seen, also those that are trusted no more
	Met     string             // the key of this run, "" for none: no disk keeps a guest's
	Owner   string             // another name that the key at hand is known by, "" for none
}

// Server is what the server says of somebody now. It may lie.
type Server struct {
	Help   Help
	Kind   wire.Kind
	Mine   bool // the name is ours
	Says   Word
	Listed List // the devices of the account; the zero List: it names none
	Inbox  bool // it keeps sealed notes for the person, and we may leave some
}

// Facts are all that a decision rests on.
type Facts struct {
	Person Person
	Server Server
	Own    string // the key of this device
	Way    Way
	Key    string // of the link or the prekey, "" in plain text
}

// State is what may happen.
type State uint8

// The states.
const (
	Wait  State = iota // nothing leaves, until something changes
	Ask                // nothing leaves, until a person has answered
	Trust              // the key is theirs; nothing leaves by that
	Plain              // in plain text
	Link               // on a link with Key
	Seal               // sealed to Key
)

// Verdict is what Decide has decided. The zero Verdict lets nothing out.
type Verdict struct {
	state State
	name  string
	key   string
	own   string
	why   Reason
	note  wire.KeyState
}

// State is what may happen.
func (v Verdict) State() State { return v.state }

// Why is the reason of Wait and Ask.
func (v Verdict) Why() Reason { return v.why }

// Note is the state in which the disk is to know the key from now on, "" where it
// knows it so already.
func (v Verdict) Note() wire.KeyState { return v.note }

// Own is the key of this device by which it was decided.
func (v Verdict) Own() string { return v.own }

// Trusts reports whether the key is taken for the person's.
func (v Verdict) Trusts() bool { return v.state == Trust || v.state == Link || v.state == Seal }

// Blocks reports whether the key is one that nothing is sent to, whatever the server
// says next: a person has to answer, or has, or its owner has removed it.
func (v Verdict) Blocks() bool {
	return v.state == Ask || v.state == Wait && (v.why == Rejected || v.why == Removed)
}

// Links reports whether bytes may go out on a link with a key.
func (v Verdict) Links(key string) bool { return v.state == Link && v.key == key }

// Seals reports whether bytes may be sealed to a prekey of a key.
func (v Verdict) Seals(key string) bool { return v.state == Seal && v.key == key }

// InPlain reports whether somebody may be told something in plain text.
func (v Verdict) InPlain(name string) bool {
	return v.state == Plain && wire.Fold(v.name) == wire.Fold(name)
}

// Carries reports whether a line may go out so that is bound to a key, "" for one
// that is not.
func (v Verdict) Carries(bound string) bool {
	return v.state >= Plain && (bound == "" || v.state != Plain && bound == v.key)
}

// Text is the reason as half a sentence for people, "" where there is none.
func (v Verdict) Text() string {
	if v.why == None {
		return ""
	}
	return strings.ReplaceAll(sentences[v.why], "%[1]s", v.name)
}

// Decide says what may happen. It asks nobody and changes nothing.
func Decide(f Facts) Verdict {
	v := Verdict{name: f.Person.Name, key: f.Key, own: f.Own}
	switch {
	case f.Person.Unread:
		v.why = DiskUnread
	case f.Way == InPlain:
		v.state, v.why = f.inPlain()
	default:
		v.state, v.why, v.note = f.trust()
		if v.state == Trust {
			v.state, v.why = f.under()
		}
	}
	return v
}

// inPlain decides about plain text.
func (f *Facts) inPlain() (State, Reason) {
	s := &f.Server
	switch known := f.known(); {
	case s.Help == NoServer:
		return Wait, Offline
	case known && s.Mine:
		return Wait, OwnName
	case known && s.Help == NoKeys:
		return Wait, NoHelp
	case s.Says == OwnKey && !s.Mine:
		return Wait, OwnDevice
	case known:
		return Wait, HasKey
	case s.Mine, s.Help == NoKeys, s.Says == Keyless:
		return Plain, None
	default:
		return Wait, NotAsked
	}
}

// known reports whether the person has been known with a key that is not ours.
func (f *Facts) known() bool {
	p := &f.Person
	return p.Contact.Secure || p.Met != "" && p.Met != f.Own || slices.ContainsFunc(p.Keys, func(d wire.KnownDevice) bool { return d.Key != f.Own })
}

// account reports whether the person is one whose keys stay. Who has been an account
// with a key stays one, whatever the server calls it.
func (f *Facts) account() bool {
	return f.Server.Kind == wire.KindAccount || f.Person.Contact.Secure
}

// trust decides whether a key is the person's, and in which state it is to be noted.
func (f *Facts) trust() (State, Reason, wire.KeyState) {
	state := f.stateOf(f.Key)
	if _, err := wire.ParseDeviceKey(f.Key); err != nil {
		return Wait, BadKey, ""
	}
	switch {
	case f.Key == f.Own:
		return Wait, OwnDevice, ""
	case state == wire.KeyRejected:
		return Wait, Rejected, ""
	case f.account() && f.Server.Listed.Denies(f.Key):
		return Wait, Removed, ""
	case state == wire.KeyWithdrawn:
		return Ask, CameBack, wire.KeyChanged
	case state == wire.KeyChanged:
		return Ask, Changed, ""
	case state == wire.KeyShared:
		return Ask, Shared, ""
	case state == wire.KeyNone && f.Person.Owner != "":
		return Ask, Shared, wire.KeyShared
	case !f.account():
		return Trust, None, ""
	case state == wire.KeyVerified:
		return Trust, None, ""
	case state == wire.KeyNone && len(f.Person.Keys) == 0 && !f.Person.Contact.Secure:
		return Trust, None, wire.KeyNew
	}
	switch verified := f.anyVerified(); {
	case state != wire.KeyNone && !verified:
		return Trust, None, ""
	case f.vouched(verified) && state == wire.KeyKnown:
		return Trust, None, ""
	case f.vouched(verified):
		return Trust, None, wire.KeyKnown
	case state == wire.KeyKnown && f.Server.Listed.Empty():
		return Wait, NotAsked, ""
	case state != wire.KeyNone:
		return Ask, Unvouched, wire.KeyChanged
	default:
		return Ask, Changed, wire.KeyChanged
	}
}

// under decides what a trusted key is good for.
func (f *Facts) under() (State, Reason) {
	switch {
	case f.Way == ToKnow:
		return Trust, None
	case !f.Person.Contact.Accepted:
		return Wait, NotAccepted
	case f.Way == BySeal && (!f.account() || !f.Server.Inbox):
		return Wait, NoInbox
	case f.Way == BySeal:
		return Seal, None
	default:
		return Link, None
	}
}

// stateOf is what is known of a key, KeyNone where nothing is.
func (f *Facts) stateOf(key string) wire.KeyState {
	i := slices.IndexFunc(f.Person.Keys, func(d wire.KnownDevice) bool { return d.Key == key })
	if i < 0 {
		return wire.KeyNone
	}
	return cmp.Or(f.Person.Keys[i].State, wire.KeyNew)
}

func (f *Facts) anyVerified() bool {
	return slices.ContainsFunc(f.Person.Keys, func(d wire.KnownDevice) bool { return d.State == wire.KeyVerified })
}

// vouched reports whether signatures lead to the key from one that is trusted: where
// a person has compared some, from one of those.
func (f *Facts) vouched(verified bool) bool {
	return f.Server.Listed.leads(f.Key, func(key string) bool {
		switch f.stateOf(key) {
		case wire.KeyVerified:
			return true
		case wire.KeyNew, wire.KeyKnown:
			return !verified
		default:
			return false
		}
	}, func(key string) bool { return Distrusted(f.stateOf(key)) })
}

// Distrusted reports whether a key in this state gets nothing and vouches for nobody.
func Distrusted(state wire.KeyState) bool {
	return state == wire.KeyChanged || state == wire.KeyShared || state == wire.KeyRejected || state == wire.KeyWithdrawn
}
