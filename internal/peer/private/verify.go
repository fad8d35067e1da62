package private

import (
	_ "embed" // the words
	"encoding/binary"
	"slices"
	"strings"
	"time"

	"labchat/internal/wire"
)

// doVerify shows the safety number of somebody, or takes a person's answer to it.
func (l *loop) doVerify(r wire.Verify, tag string) {
	if r.Name == "" || wire.Fold(r.Name) == wire.Fold(l.server.me) {
		l.devices.verify(r, tag)
		return
	}
	c := l.conversation(r.Name)
	switch {
	case c.device == "":
		l.refuse(r, tag, wire.CodeNoUser, "No key of "+c.name+" is known yet. Write to each other first.")
	case r.Answer == wire.AnswerNone && (!l.server.welcomed || l.id.Key() == ""):
		l.refuse(r, tag, wire.CodeOffline, "The number covers which server this is and what it calls you: connect to it, then /verify "+c.name+" shows it.")
	case r.Answer == wire.AnswerNone:
		c.showNumber(tag)
	case r.Print == "":
		l.refuse(r, tag, wire.CodeDenied, "Your answer is about a number that was not shown here. First compare what /verify "+c.name+" shows.")
	case r.Print != wire.DevicePrint(c.device) && !c.rejectOld(r):
		l.refuse(r, tag, wire.CodeDenied, c.name+" has another key by now, "+wire.DevicePrint(c.device)+": your answer was about "+r.Print+
			", and nothing is changed. Compare again: /verify "+c.name+".")
	case r.Print != wire.DevicePrint(c.device):
		l.done(r, tag)
	default:
		c.decide(r.Answer)
		l.done(r, tag)
	}
}

// rejectOld takes a person's no to a key that lines do not go to any more: it must not
// come back. False where it was no no, or the key is not known as theirs.
func (c *conversation) rejectOld(r wire.Verify) bool {
	known, err := c.l.disk.keysOf(c.name)
	i := slices.IndexFunc(known, func(d wire.KnownDevice) bool { return wire.DevicePrint(d.Key) == r.Print })
	if err != nil || i < 0 || r.Answer != wire.AnswerDiffer {
		return false
	}
	d := known[i]
	d.State = wire.KeyRejected
	c.l.keepKey(d)
	c.closeTo(d.Key)
	c.l.emit(&wire.KeySeen{User: c.name, State: d.State, Print: r.Print})
	return true
}

// showNumber shows what a person compares with somebody. The keys and names may be others
// when it is made: then another one is.
func (c *conversation) showNumber(tag string) {
	own, other := wire.Party{Name: c.l.server.me, Key: c.l.id.Key()}, wire.Party{Name: c.name, Key: c.device}
	c.l.makeNumber(own, other, func(e *wire.Safety) {
		if c.l.id.Key() != own.Key || c.device != other.Key || wire.Fold(c.name) != wire.Fold(other.Name) || wire.Fold(c.l.server.me) != wire.Fold(own.Name) {
			c.l.doVerify(wire.Verify{Name: c.name}, tag)
			return
		}
		e.Re, e.User, e.State, e.Guest = wire.Re{Re: tag}, c.name, c.keyState(), c.kind != wire.KindAccount
		if known, err := c.l.disk.keysOf(c.name); err == nil {
			for _, d := range known {
				if d.Key == c.device {
					e.Since, e.Lines = d.Since, d.Lines
				}
			}
		}
		if e.Since == 0 {
			e.Since = wire.MillisOf(time.Now())
		}
		c.l.emit(e)
	})
}

// makeNumber makes the safety number of two devices, in digits, words and for a QR
// code. That takes tens of milliseconds, and is done beside the loop.
func (l *loop) makeNumber(own, other wire.Party, then func(*wire.Safety)) {
	node := l.server.node
	l.work.Go(func() {
		digest := wire.SafetyDigest(node, own, other)
		groups := wire.SafetyNumber(digest)
		e := &wire.Safety{
			Groups: groups, Words: words(digest), Code: strings.Join(groups, ""),
			Print: wire.DevicePrint(other.Key), Own: wire.DevicePrint(own.Key),
		}
		l.box.Post(func(l *loop) {
			if l.server.node != node {
				l.makeNumber(own, other, then)
				return
			}
			then(e)
		})
	})
}

// wordList is the English word list of BIP 39, a word a line, as the module
// github.com/tyler-smith/go-bip39 has it (words.LICENSE). Two people read the
// same words only where both have the same list, in the same order: it is
// never changed.
//
//go:embed words.txt
var wordList string

// words spells the last 24 bytes of a digest as 12 of the 2,048 words of BIP 39:
// two bytes each, big endian, modulo 2,048.
func words(digest []byte) []string {
	const count = 12
	if len(digest) < 2*count {
		return nil
	}
	tail, known := digest[len(digest)-2*count:], strings.Fields(wordList)
	list := make([]string, count)
	for i := range list {
		n := binary.BigEndian.Uint16(tail[2*i:])
		list[i] = known[int(n)%len(known)]
	}
	return list
}
