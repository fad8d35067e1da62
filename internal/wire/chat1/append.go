package chat1

import (
	"strconv"

	"labchat/internal/wire"
	"labchat/internal/wire/jsonframe"
)

// appendSaid is jsonframe.Append without an allocation: the line that goes to a
// whole room.
func appendSaid(dst []byte, e *wire.Said) ([]byte, error) {
	f := fields{dst: append(dst, `{"type":"said"`...)}
	f.str(`,"room":`, e.Room)
	f.id(`,"line":`, e.ID)
	f.num(`,"time":`, int64(e.At))
	f.str(`,"from":`, e.From)
	f.str(`,"kind":`, string(e.Kind))
	f.flag(`,"action":true`, e.Action)
	f.str(`,"text":`, e.Text)
	if e.Client != "" {
		f.str(`,"cid":`, string(e.Client))
	}
	return f.end()
}

// appendWhispered is jsonframe.Append without an allocation.
func appendWhispered(dst []byte, e *wire.Whispered) ([]byte, error) {
	f := fields{dst: append(dst, `{"type":"whispered"`...)}
	f.id(`,"line":`, e.ID)
	f.num(`,"time":`, int64(e.At))
	f.str(`,"from":`, e.From)
	f.str(`,"to":`, e.To)
	f.str(`,"kind":`, string(e.Kind))
	f.flag(`,"action":true`, e.Action)
	f.str(`,"text":`, e.Text)
	f.flag(`,"inbox":true`, e.Inbox)
	return f.end()
}

// appendAccepted is jsonframe.Append without an allocation.
func appendAccepted(dst []byte, e *wire.Accepted) ([]byte, error) {
	f := fields{dst: append(dst, `{"type":"accepted"`...)}
	if e.Re.Re != "" {
		f.str(`,"re":`, e.Re.Re)
	}
	f.str(`,"of":`, string(e.Of))
	f.id(`,"line":`, e.ID)
	f.num(`,"time":`, int64(e.At))
	if e.Client != "" {
		f.str(`,"cid":`, string(e.Client))
	}
	f.num(`,"reach":`, int64(e.Reach))
	f.flag(`,"inbox":true`, e.Inbox)
	f.flag(`,"again":true`, e.Again)
	return f.end()
}

// fields appends the members of one object, each after its key with comma and
// colon.
type fields struct {
	dst []byte
	bad bool // a string was not UTF-8
}

func (f *fields) str(key, s string) {
	f.dst = append(f.dst, key...)
	var ok bool
	f.dst, ok = jsonframe.AppendString(f.dst, s)
	f.bad = f.bad || !ok
}

func (f *fields) num(key string, n int64) {
	f.dst = strconv.AppendInt(append(f.dst, key...), n, 10)
}

func (f *fields) id(key string, id wire.ID) {
	f.dst = append(f.dst, key...)
	f.dst = append(strconv.AppendUint(append(f.dst, '"'), uint64(id), 10), '"')
}

func (f *fields) flag(member string, on bool) {
	if on {
		f.dst = append(f.dst, member...)
	}
}

func (f *fields) end() ([]byte, error) {
	if f.bad {
		return f.dst, jsonframe.ErrNotUTF8
	}
	return append(f.dst, '}', '\n'), nil
}
