package words

import (
	"cmp"
	"strings"
	"time"

	"labchat/internal/text"
	"labchat/internal/wire"
)

// FromDisk stands for the way of a private line that is read from the archive,
// which does not know by which it came.
const FromDisk wire.Way = "disk"

// Said is a line in a room: HH:MM #room name: text.
func (s Speech) Said(e *wire.Said) text.Safe {
	from := Named(e.From, e.Kind)
	if s.mentioned(e) {
		from += ", mentions you"
	}
	return s.Clock(e.At) + " " + Room(e.Room) + " " + spoken(from, e.Text, e.Action)
}

// Whispered is a private line. That others than its receiver could read it is
// said each time.
func (s Speech) Whispered(e *wire.Whispered) text.Safe {
	var way text.Safe = ", through the server"
	switch {
	case Encrypted(e.Via.Way), e.Via.Way == FromDisk:
		way = ""
	case e.Via.Direct:
		way = ", in plain text past the server"
	case e.Inbox:
		way = ", kept for you by the server"
	}
	if e.State != "" {
		return s.Clock(e.At) + " to " + text.CleanLine(e.To) + way + ": " + text.CleanLine(e.Text)
	}
	return s.Clock(e.At) + " private " + spoken(Named(e.From, e.Kind)+way, e.Text, e.Action)
}

// Recalled is a line of a private conversation, as the disk has it.
func (s Speech) Recalled(e *wire.Whispered) text.Safe {
	if e.State != "" {
		return s.Clock(e.At) + " to " + text.CleanLine(e.To) + ": " + text.CleanLine(e.Text)
	}
	return s.Clock(e.At) + " private " + spoken(Named(e.From, e.Kind), e.Text, e.Action)
}

// Receipt says what became of a line that was typed here. Of an encrypted one
// it is that it has arrived: sent alone is no news.
func (s Speech) Receipt(e *wire.Receipt) text.Safe {
	switch {
	case e.State == wire.ReceiptFailed && e.InDoubt:
		return "not sent again, " + text.CleanLine(strings.TrimSuffix(e.Reason, ".")) + ": " + text.CleanLine(e.Text)
	case e.State == wire.ReceiptFailed:
		return "not sent, " + text.CleanLine(strings.TrimSuffix(e.Reason, ".")) + ": " + text.CleanLine(e.Text)
	case e.State == wire.ReceiptDelivered:
		return s.line(e) + ". delivered."
	case e.State == wire.ReceiptSent && e.Seq != 0 && e.Inbox:
		return s.line(e) + ". sealed, waits in the inbox at the server, which can't read it."
	case e.State == wire.ReceiptSent && e.Seq == 0:
		return s.sent(e)
	case e.State == wire.ReceiptQueued && e.Reason != "":
		return Waiting(e)
	default:
		return ""
	}
}

func (s Speech) sent(e *wire.Receipt) text.Safe {
	switch {
	case e.Room != "":
		return s.line(e)
	case e.Inbox:
		return s.line(e) + ". sent, waits in the inbox at the server, which can read it."
	case s.Direct:
		return s.line(e) + ". sent in plain text, which anybody between can read."
	default:
		return s.line(e) + ". sent through the server, which can read it."
	}
}

// line is one that was typed here.
func (s Speech) line(e *wire.Receipt) text.Safe {
	at := s.Clock(e.At)
	if e.Room != "" {
		return at + " " + Room(e.Room) + " " + spoken(text.CleanLine(cmp.Or(e.As, s.Me)), e.Text, e.Action)
	}
	return at + " to " + text.CleanLine(e.To) + ": " + text.CleanLine(e.Text)
}

// Status says where the session stands; waiting is how many typed lines have
// not been acknowledged.
func (s Speech) Status(e *wire.Status, before wire.State, now time.Time, waiting int) text.Safe {
	switch e.State {
	case wire.StateConnecting:
		if before != "" {
			return ""
		}
		return "connecting to " + text.CleanLine(e.Server) + "."
	case wire.StateOnline:
		return online(e, before)
	case wire.StateOffline:
		return offline(e, before, now, waiting)
	case wire.StateEnded:
		return "the session ended" + prefixed(": ", e.Reason)
	default:
		return ""
	}
}

func online(e *wire.Status, before wire.State) text.Safe {
	if before == wire.StateOnline {
		return "" // only a figure changed
	}
	b := "connected to " + text.CleanLine(e.Server)
	if !e.Secure {
		return b + ", not encrypted."
	}
	return b + " over TLS" + prefixed(", key ", e.Key) + "."
}

func offline(e *wire.Status, before wire.State, now time.Time, waiting int) text.Safe {
	var b text.Safe = "connection lost"
	if before != wire.StateOnline {
		b = "no connection"
	}
	b += prefixed(": ", strings.TrimSuffix(e.Reason, ".")) + "."
	if e.RetryAt > 0 {
		const second = time.Second
		left := e.RetryAt.Time().Sub(now).Round(second)
		b += " next try in " + Count(max(int(left/second), 0), "second", "seconds") + "."
	}
	if waiting > 0 {
		b += " " + Count(waiting, "line", "lines") + " waiting."
	}
	return b
}

// mentioned reports whether a line names the person who reads it.
func (s Speech) mentioned(e *wire.Said) bool {
	if s.Me == "" || wire.Fold(e.From) == wire.Fold(s.Me) {
		return false
	}
	for word := range strings.FieldsSeq(e.Text) {
		name, ok := strings.CutPrefix(word, "@")
		if ok && wire.Fold(strings.TrimRight(name, ".,:;!?)")) == wire.Fold(s.Me) {
			return true
		}
	}
	return false
}

// Clock prints hours and minutes.
func (s Speech) Clock(at wire.Millis) text.Safe {
	return text.CleanLine(at.Time().In(s.Zone).Format("15:04"))
}

// spoken joins speaker and words; an action reads as a sentence about them.
func spoken(from text.Safe, words string, action bool) text.Safe {
	if action {
		return "* " + from + " " + text.CleanLine(words)
	}
	return from + ": " + text.CleanLine(words)
}

// Named marks names that nobody has registered with ~, so that a later owner
// of the name never inherits a guest's words.
func Named(name string, kind wire.Kind) text.Safe {
	if kind == wire.KindAccount || kind == "" {
		return text.CleanLine(name)
	}
	return "~" + text.CleanLine(name)
}

// Room is a room's name as people write it.
func Room(name string) text.Safe { return "#" + text.CleanLine(name) }

// prefixed returns before and the cleaned words, or nothing where there are
// none.
func prefixed(before text.Safe, words string) text.Safe {
	if words == "" {
		return ""
	}
	return before + text.CleanLine(words)
}

// Count counts things that have one word for one and one for many.
func Count(n int, one, many text.Safe) text.Safe {
	if n == 1 {
		return "1 " + one
	}
	return text.Sprintf("%d %s", n, many)
}

// Seconds is a length of time as a sentence has it.
func Seconds(d time.Duration) text.Safe { return Count(int(d/time.Second), "second", "seconds") }
