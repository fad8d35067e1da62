package tui

import (
	"github.com/charmbracelet/bubbles/key"
	"rsc.io/qr"

	"labchat/internal/app"
	"labchat/internal/app/words"
	"labchat/internal/text"
	"labchat/internal/tui/bubble"
	"labchat/internal/wire"
)

const (
	verifyWidth = 64
	quietZone   = 4 // dots around a QR code
	groupRow    = 4 // groups in a row
)

// verifyFace is how a safety number is shown.
type verifyFace uint8

const (
	faceGroups verifyFace = iota
	faceWords
	faceCode
)

// A verifyBox asks whether both sides of a conversation see the same number. It
// stands as long as all holds that the number covers.
type verifyBox struct {
	m    *Model
	of   *wire.Safety
	who  text.Safe // the same as name
	name string    // as the server knows it
	code *qr.Code  // nil: there is none
	face verifyFace

	peer    *app.Peer   // whose key it is
	me      string      // what we are called, folded
	session app.Session // that knows the server
}

// safety shows what to compare with somebody, if that was asked for.
func (m *Model) safety(e *wire.Safety) {
	ask := m.Link.TakeErrand(e.Re.Re)
	if ask.Final || e.Re.Re == "" {
		return
	}
	m.Link.NoteShown(e.User, e.Print)
	if e.User == "" {
		m.ownKeys(ask.At, e)
		return
	}
	v := &verifyBox{
		m:  m,
		of: e, name: e.User, who: text.CleanLine(e.User),
		peer: m.Book.Peer(e.User), me: wire.Fold(m.Link.Me), session: m.Link.Session,
	}
	if code, err := qr.Encode(e.Code, qr.L); err == nil && e.Code != "" {
		v.code = code
	}
	m.over = v
	m.guard.arise()
}

// stale says why the number is not the one to compare any more, "" where it is.
func (v *verifyBox) stale(m *Model) text.Safe {
	way := &v.peer.Path
	switch {
	case m.Link.Session != v.session:
		return "you are at another server now"
	case wire.Fold(m.Link.Me) != v.me:
		return "you have another name now, which the number covers"
	case m.Book.Peers[wire.Fold(v.name)] != v.peer:
		return v.who + " has another name now, which the number covers"
	case way.Device != "" && way.Device != v.of.Print:
		return v.who + " has another key now, " + m.ShortPrint(way.Device)
	case way.Key == wire.KeyWithdrawn && v.of.State != way.Key:
		return v.who + " has removed this device"
	}
	return ""
}

// reconsider takes the question away when its number is not the one to compare any
// more. Keys that are on their way are not for what is below.
func (m *Model) reconsider() {
	v, asks := m.over.(*verifyBox)
	if !asks {
		return
	}
	why := v.stale(m)
	if why == "" {
		return
	}
	m.over = nil
	words := why + ": the question about " + v.who + " is closed, and nothing is changed"
	m.guard.arise()
	m.guard.gone = words
	m.flash(words)
	m.Note(nil, words+". /verify "+v.who+" shows what to compare now") // where the person is
}

// ownKeys prints what is to be known of the account's own devices.
func (m *Model) ownKeys(at *app.Place, e *wire.Safety) {
	if e.Own != "" {
		m.Note(at, "the key of this device: "+text.CleanLine(e.Own))
	}
	if e.Print != "" && e.Print != e.Own {
		words := "another device of this account: " + text.CleanLine(e.Print)
		if e.Since > 0 {
			words += ", since " + m.paint.Day(e.Since)
		}
		m.Note(at, words)
	}
	if len(e.Groups) > 0 {
		m.Note(at, "to compare: "+text.Join(cleanAll(e.Groups), " "))
	}
	if len(e.Words) > 0 {
		m.Note(at, "the same in words: "+text.Join(cleanAll(e.Words), " ")+". All of them count")
		m.Note(at, "both devices show the same: /verify "+m.Link.Label+" same vouches for the other one. They differ: change your password with /account password")
	}
}

func cleanAll(list []string) []text.Safe {
	clean := make([]text.Safe, len(list))
	for i, s := range list {
		clean[i] = text.CleanLine(s)
	}
	return clean
}

// Key shows another face, answers, or leaves it for later. A key that is none
// of these leaves it for later and goes where it would have gone.
func (v *verifyBox) Key(k bubble.Key) {
	switch {
	case key.Matches(k, verifyKeys.later):
		v.m.over = nil
	case key.Matches(k, verifyKeys.words):
		v.show(faceWords)
	case key.Matches(k, verifyKeys.code):
		v.show(faceCode)
	case key.Matches(k, verifyKeys.same):
		v.answer(wire.AnswerSame)
	case key.Matches(k, verifyKeys.differ):
		v.answer(wire.AnswerDiffer)
	default:
		v.m.over = nil
		v.m.focus().Key(k)
	}
}

// show shows a face, or the groups where it is shown already.
func (v *verifyBox) show(f verifyFace) {
	if v.face == f {
		f = faceGroups
	}
	v.face = f
}

func (v *verifyBox) answer(a wire.Answer) {
	m := v.m
	if m.reconsider(); m.over == nil {
		return
	}
	m.over = nil
	m.Link.Do(wire.Verify{Name: v.name, Answer: a, Print: v.of.Print}, app.Errand{At: m.Book.Find(app.PersonID(v.name)), Final: true})
}

// View returns h rows of w columns: all that helps to decide, or where that is
// too high, what is needed to.
func (v *verifyBox) View(w, h int) []text.Safe {
	p := v.m.paint
	width := min(verifyWidth, w)
	inner := max(width-4, 1)
	rows := v.whole(inner, p)
	for _, less := range []func(int, *paint) []text.Safe{v.brief, v.bare} {
		if len(rows) > h-2 {
			rows = less(inner, p)
		}
	}
	if len(rows) > h-2 && v.face == faceCode {
		rows = text.Wrap("The screen is too low for the code: [q] numbers  [w] words  [Esc] later", inner)
	}
	return p.veiled(p.boxed(p.Frame.Dialog, "is this really "+v.who+"?", rows, width), w, h)
}

// whole explains.
func (v *verifyBox) whole(w int, p *paint) []text.Safe {
	if v.face == faceCode {
		return v.brief(w, p)
	}
	rows := append([]text.Safe{""}, text.Wrap("Compare these with "+v.who+" by voice or side by side. Both screens must show the same in the same order.", w)...)
	rows = append(rows, text.Wrap(v.count(), w)...)
	rows = append(append(rows, ""), v.shown(w, p)...)
	rows = append(append(rows, ""), text.Wrap(v.facts(p), w)...)
	rows = append(
		rows, "",
		text.Truncate("[y] they match: mark as verified", w),
		text.Truncate("[n] they differ: stop sending to this key", w),
		text.Truncate(v.faces(), w), "",
	)
	return append(rows, text.Wrap("An older program shows another number: update it before you compare. If this key ever changes, sending to "+
		v.who+" stops until you have answered here again.", w)...)
}

// count says how much of the number is to be compared: who stands between two people
// can make a part of it match.
func (v *verifyBox) count() text.Safe {
	switch v.face {
	case faceWords:
		return "All 12 words count."
	case faceGroups:
		return "All 12 groups count."
	case faceCode:
	}
	return "All of it counts."
}

// brief says in a row what can be done.
func (v *verifyBox) brief(w int, p *paint) []text.Safe {
	rows := append(text.Wrap("Both screens must show the same.", w), text.Wrap(v.count(), w)...)
	rows = append(rows, text.Wrap(v.facts(p), w)...)
	return append(append(rows, v.shown(w, p)...), text.Wrap("[y] same  [n] differ  "+v.faces(), w)...)
}

// bare has no words but the keys.
func (v *verifyBox) bare(w int, p *paint) []text.Safe {
	return append(v.shown(w, p), text.Wrap("[y] all same  [n] differ  [Esc] later", w)...)
}

// faces are the keys that show the same in another way.
func (v *verifyBox) faces() text.Safe {
	var words, code text.Safe = "[w] words", "[q] QR"
	switch v.face {
	case faceWords:
		words = "[w] numbers"
	case faceCode:
		code = "[q] numbers"
	case faceGroups:
	}
	return words + "  " + code + "  [Esc] later"
}

// facts are what is known of the key beside its number.
func (v *verifyBox) facts(p *paint) text.Safe {
	state := map[wire.KeyState]text.Safe{
		wire.KeyNew:       "the key is new",
		wire.KeyKnown:     "key unchanged since",
		wire.KeyVerified:  "verified " + p.Glyph.Good,
		wire.KeyChanged:   "THE KEY IS ANOTHER ONE THAN BEFORE",
		wire.KeyRejected:  "you have refused this key",
		wire.KeyWithdrawn: "its owner has removed this device",
		wire.KeyShared:    "THE KEY IS KNOWN UNDER ANOTHER NAME, TOO",
	}[v.of.State]
	var first, guest text.Safe
	if v.of.Since > 0 {
		first = "first seen " + text.CleanLine(p.Local(v.of.Since).Format("2 Jan"))
	}
	if v.of.Guest {
		guest = "a guest's key, not kept"
	}
	return joined(p, []text.Safe{first, state, guest, words.Plural(v.of.Lines, "line")})
}

// shown is the number, as the person wants it.
func (v *verifyBox) shown(w int, p *paint) []text.Safe {
	switch v.face {
	case faceWords:
		return grid(cleanAll(v.of.Words), w, p)
	case faceCode:
		return v.drawn(w, p)
	case faceGroups:
	}
	return grid(cleanAll(v.of.Groups), w, p)
}

// grid puts words into columns, in the middle of w.
func grid(words []text.Safe, w int, p *paint) []text.Safe {
	wide := 1
	for _, s := range words {
		wide = max(wide, text.Width(s))
	}
	n := max(1, min(groupRow, (w+2)/(wide+2)))
	var rows []text.Safe
	for i := 0; i < len(words); i += n {
		var row []text.Safe
		for _, s := range words[i:min(i+n, len(words))] {
			row = append(row, text.PadRight(s, wide))
		}
		rows = append(rows, p.Text.Key.Render(text.Center(text.Join(row, "  "), w)))
	}
	return rows
}

// drawn is the number as a QR code, two dots above each other in one column.
func (v *verifyBox) drawn(w int, p *paint) []text.Safe {
	if v.code == nil || p.Code.Both == "" {
		return text.Wrap("There is no code on this terminal: compare the numbers.", w)
	}
	size := v.code.Size + 2*quietZone
	if size > w {
		return text.Wrap("The screen is too narrow for the code: compare the numbers.", w)
	}
	style := inkOf(p.Code.Style)
	var rows []text.Safe
	for y := 0; y < size; y += 2 {
		var b text.Builder
		for x := range size {
			b.Add(v.dots(x-quietZone, y-quietZone, p))
		}
		rows = append(rows, text.Center(style.Render(b.Take()), w))
	}
	return rows
}

// dots is the sign for the dot at (x, y) and the one below it.
func (v *verifyBox) dots(x, y int, p *paint) text.Safe {
	switch upper, lower := v.code.Black(x, y), v.code.Black(x, y+1); {
	case upper && lower:
		return p.Code.Both
	case upper:
		return p.Code.Upper
	case lower:
		return p.Code.Lower
	default:
		return " "
	}
}

// Binds reports false: it has no key with Alt.
func (*verifyBox) Binds(bubble.Key) bool { return false }

// Writes is nothing.
func (*verifyBox) Writes() writing { return writesNothing }
