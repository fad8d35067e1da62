package words

import (
	"strings"

	"labchat/internal/text"
	"labchat/internal/wire"
)

// privateNews says what happened in private conversations.
func (s Speech) privateNews(e wire.Event) text.Safe {
	switch e := e.(type) {
	case *wire.KeySeen:
		return s.KeySeen(e)
	case *wire.TalkRenamed:
		return text.CleanLine(e.Old) + " is " + Named(e.Name, e.Kind) + " now: it is the same device, and the private conversation goes on."
	case *wire.Called:
		return called(e)
	case *wire.Transfer:
		return transfer(e)
	case *wire.Shared:
		return shared(e)
	case *wire.Displaced:
		return "a newer session of yours holds your private conversations from now on: lines to you come there."
	default:
		return ""
	}
}

// ways says how lines go, while no better way is being looked for.
var ways = map[wire.Way]text.Safe{
	wire.WayDirect: "direct connection",
	wire.WayRelay:  "relayed by the server, which can't read it",
	wire.WayInbox:  "away: lines wait sealed at the server, which can't read them",
	wire.WayPlain:  "not encrypted",
	wire.WayNone:   "lines wait on this machine",
	wire.WayNever:  "not possible",
}

// Path says how lines go to somebody, and why no better way is taken.
func Path(e *wire.Path) text.Safe {
	who := text.CleanLine(e.User)
	b := "private with " + who + ": "
	switch {
	case e.Blocked && e.Key == wire.KeyRejected:
		return b + "nothing is sent, because you have said that the key is not the right one. /verify " + who + " shows its number again."
	case e.Blocked && e.Key == wire.KeyWithdrawn:
		return b + "nothing is sent to the device that " + who + " has removed. Lines wait for another one."
	case e.Blocked:
		return b + "nothing is sent before you have answered: /verify " + who + "."
	case e.Asked:
		return b + text.CleanLine(strings.TrimSuffix(e.Reason, ".")) + "."
	case e.Way == wire.WayNone && e.Trying:
		b += "looking for a way; until then lines wait on this machine"
	default:
		b += ways[e.Way] + pathKey(e)
	}
	return b + prefixed(": ", strings.TrimSuffix(e.Reason, ".")) + "."
}

// pathKey says how far the key of an encrypted way can be trusted.
func pathKey(e *wire.Path) text.Safe {
	switch {
	case !Encrypted(e.Way):
		return ""
	case e.Guest:
		return ", a guest's key"
	case e.Key == wire.KeyVerified:
		return ", verified"
	default:
		return ", not verified"
	}
}

// nats are what stands between us and the network, for people.
var nats = map[wire.NAT]text.Safe{
	wire.NATNone:        "we have no NAT",
	wire.NATIndependent: "our NAT is endpoint-independent",
	wire.NATDependent:   "our NAT is endpoint-dependent",
}

// Details are the figures of a path, as sentences behind path's.
func (s Speech) Details(e *wire.Path) text.Safe {
	var b text.Builder
	add := func(words text.Safe) { b.Add(" " + words + ".") }
	if e.RTT > 0 {
		add(text.Sprintf("%d ms", Milliseconds(e.RTT)))
	}
	if e.Addr != "" {
		add("they are at " + text.CleanLine(e.Addr))
	}
	if nats[e.NAT] != "" {
		add(nats[e.NAT])
	}
	if e.Device != "" {
		add("their key is " + text.CleanLine(e.Device))
	}
	if e.Since != 0 {
		add("so since " + s.Clock(e.Since))
	}
	if e.Sent > 0 {
		add(text.Sprintf("%d sent, %d arrived", e.Sent, e.Acked))
	}
	if e.Doubles > 0 {
		add(text.Sprintf("%d came twice and were dropped", e.Doubles))
	}
	if e.Packets > 0 {
		add(text.Sprintf("%d of %d packets lost", e.Lost, e.Packets))
	}
	return b.Take()
}

// Milliseconds rounds microseconds up: what is known is never shown as 0.
func Milliseconds(micros int64) int64 { return (micros + 999) / 1000 }

// KeySeen says what became of somebody's key. A changed one stops everything,
// so that it is explained.
func (s Speech) KeySeen(e *wire.KeySeen) text.Safe {
	who := text.CleanLine(e.User)
	whose := "the key of " + who
	if s.own(e.User) {
		who, whose = text.CleanLine(s.Me), "the key of a device of your own account"
	}
	switch e.State {
	case wire.KeyChanged:
		return whose + " has changed" + prefixed(" from ", e.Old) + prefixed(" to ", e.Print) + ": nothing is sent before you have answered. " +
			"It may be a new device, or somebody who only pretends to be " + who + ". Ask " + who + " in another way, compare the numbers with /verify " + who +
			", then answer: /verify " + who + " same, or /verify " + who + " differ." + prefixed(" ", e.Text)
	case wire.KeyShared:
		return whose + prefixed(", ", e.Print) + ", is known under another name, too: nothing is sent before you have answered. " +
			"It may be one person with two names, or somebody who claims a key that is not theirs. Ask " + who + " in another way, compare the numbers with /verify " + who +
			", then answer: /verify " + who + " same, or /verify " + who + " differ." + prefixed(" ", e.Text)
	case wire.KeyRejected:
		return whose + prefixed(", ", e.Print) + ", is not the right one, as you have said: nothing is sent to it." + prefixed(" ", e.Text)
	case wire.KeyWithdrawn:
		return whose + prefixed(", ", e.Print) + ", is withdrawn: " + who + " has removed the device, and nothing is sent to it any more."
	case wire.KeyVerified:
		return whose + " is verified." + prefixed(" ", e.Text)
	case wire.KeyNew:
		return whose + " is new" + prefixed(": ", e.Print) + ". /verify " + who + " shows a number to compare." + prefixed(" ", e.Text)
	case wire.KeyKnown:
		return whose + " is trusted" + prefixed(": ", e.Print) + "." + prefixed(" ", e.Text)
	case wire.KeyNone:
	}
	return text.CleanLine(e.Text)
}

// own reports whether a name means our own account.
func (s Speech) own(name string) bool { return name == "" || wire.Fold(name) == wire.Fold(s.Me) }

// safetyRow is how many groups or words of a safety number are in a row.
const safetyRow = 4

// Safety shows a number in rows of four, and says how to answer.
func (s Speech) Safety(e *wire.Safety) []text.Safe {
	who := text.CleanLine(e.User)
	with := who
	if s.own(e.User) {
		who, with = text.CleanLine(s.Me), "your other device"
	}
	rows := []text.Safe{"safety number with " + with + ": both screens must show the same groups in the same order, all of them. Compare by voice or side by side. " +
		"An older program shows another number: update it first."}
	rows = append(rows, inRows(e.Groups)...)
	if len(e.Words) > 0 {
		rows = append(rows, append([]text.Safe{"the same as words, of which all count:"}, inRows(e.Words)...)...)
	}
	rows = append(rows, s.history(e))
	return append(rows, "They are the same: /verify "+who+" same. They differ: /verify "+who+" differ, and nothing goes to this key.")
}

func inRows(all []string) []text.Safe {
	var rows []text.Safe
	for len(all) > 0 {
		n := min(safetyRow, len(all))
		rows = append(rows, "  "+text.CleanLine(strings.Join(all[:n], " ")))
		all = all[n:]
	}
	return rows
}

// history is what is known of a key so far.
func (s Speech) history(e *wire.Safety) text.Safe {
	b := "The key is " + keyStates[e.State]
	if e.Guest {
		b = "The key is a guest's and not kept"
	}
	if e.Since != 0 {
		b += ", first seen on " + text.CleanLine(e.Since.Time().In(s.Zone).Format("2 January 15:04"))
	}
	return b + ", " + Count(e.Lines, "line", "lines") + " so far."
}

// keyStates say what is thought of a key.
var keyStates = map[wire.KeyState]text.Safe{
	wire.KeyNone:      "not known yet",
	wire.KeyNew:       "new",
	wire.KeyKnown:     "known",
	wire.KeyVerified:  "verified",
	wire.KeyChanged:   "another one than before",
	wire.KeyRejected:  "not the right one, as you have said",
	wire.KeyWithdrawn: "withdrawn, for its owner has removed the device",
	wire.KeyShared:    "known under another name, too",
}

// Answered confirms what was said of a safety number.
func (s Speech) Answered(e *wire.Safety) text.Safe {
	who := text.CleanLine(e.User)
	if s.own(e.User) {
		who = "your other device"
	}
	return "noted. The key of " + who + " is " + keyStates[e.State] + "."
}

func called(e *wire.Called) text.Safe {
	who := text.CleanLine(e.From)
	if e.Secure {
		return Named(e.From, e.Kind) + " asks for a private conversation, encrypted. /accept " + who + " begins it, /refuse " + who + " does not, /ignore " + who + " hides them."
	}
	return "~" + who + " asks for a private conversation, in plain text. /msg " + who + " TEXT answers, /refuse " + who + " does not."
}

func transfer(e *wire.Transfer) text.Safe {
	who, name := text.CleanLine(e.User), text.CleanLine(e.Name)
	b := "file to " + who + ": " + name
	if !e.Out {
		b = "file from " + who + ": " + name
	}
	switch e.State {
	case wire.TransferOffered:
		b += ", " + bytesOf(e.Size) + ", " + "transfer " + text.CleanLine(e.ID)
		if e.Out {
			return b + ". offered; it waits for an answer."
		}
		return b + ". /accept " + who + " takes it, /refuse " + who + " does not."
	case wire.TransferRunning:
		return b + ". on its way."
	case wire.TransferWaiting:
		return b + ". waits" + prefixed(": ", e.Reason) + ". " + bytesOf(e.Done) + " of " + bytesOf(e.Size) + " are there."
	case wire.TransferDone:
		return b + ". done, whole and checked" + prefixed(", sha256 ", e.SHA256) + kept(e) + "."
	case wire.TransferRefused:
		return b + ". refused" + prefixed(": ", e.Reason) + "."
	case wire.TransferFailed:
		return b + ". failed" + prefixed(": ", strings.TrimSuffix(e.Reason, ".")) + "."
	default:
		return ""
	}
}

// kept says where a file is that came.
func kept(e *wire.Transfer) text.Safe {
	if e.Out {
		return ""
	}
	return prefixed(": ", e.File)
}

// bytesOf prints a size as people read it: 84 kB.
func bytesOf(n int64) text.Safe {
	const step = 1000
	if n < step {
		return Count(int(n), "byte", "bytes")
	}
	size := float64(n)
	for _, unit := range []text.Safe{"kB", "MB", "GB"} {
		if size /= step; size < step {
			return text.Sprintf("%.3g %s", size, unit)
		}
	}
	return text.Sprintf("%.0f GB", size)
}

func shared(e *wire.Shared) text.Safe {
	word := map[bool]text.Safe{true: "on", false: "off"}
	return "others see that you are typing: " + word[e.Typing] + "; what you have read: " + word[e.Reading] +
		". /share typing on|off and /share reading on|off change it."
}

// Waiting is a line of the outbox, and what it waits for.
func Waiting(r *wire.Receipt) text.Safe {
	b := "to " + text.CleanLine(r.To)
	if r.Room != "" {
		b = Room(r.Room)
	}
	b += ": " + text.CleanLine(r.Text) + ". "
	switch {
	case r.State == wire.ReceiptSent:
		return b + "sent, not delivered yet."
	case r.Reason != "":
		return b + "waits: " + text.TrimSuffix(text.CleanLine(r.Reason), ".") + "."
	default:
		return b + "waits."
	}
}

// Encrypted reports whether only the receiver can read what comes by a way.
func Encrypted(w wire.Way) bool {
	switch w {
	case wire.WayDirect, wire.WayRelay, wire.WayInbox:
		return true
	default:
		return false
	}
}
