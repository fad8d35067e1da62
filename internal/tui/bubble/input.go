package bubble

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/charmbracelet/bubbles/cursor"
	"github.com/charmbracelet/bubbles/key"
	"github.com/charmbracelet/bubbles/textinput"

	"labchat/internal/text"
)

// EditKeys are the keys that edit text, as in readline.
type EditKeys struct {
	Left, Right, Home, End, WordLeft, WordRight              key.Binding
	Backspace, Delete, KillLeft, KillWordLeft, KillWordRight key.Binding
	Yank, Undo                                               key.Binding
}

// Edit has the same keys in fields and in the composer.
var Edit = EditKeys{
	Left:          bind("left", "ctrl+b"),
	Right:         bind("right"),
	Home:          bind("home", "ctrl+a"),
	End:           bind("end", "ctrl+e"),
	WordLeft:      bind("alt+b", "ctrl+left"),
	WordRight:     bind("alt+f", "ctrl+right"),
	Backspace:     bind("backspace", "ctrl+h"),
	Delete:        bind("delete", "ctrl+d"),
	KillLeft:      bind("ctrl+u"),
	KillWordLeft:  bind("ctrl+w", "alt+backspace"),
	KillWordRight: bind("alt+d", "ctrl+x"),
	Yank:          bind("ctrl+y"),
	Undo:          bind("ctrl+_"),
}

func bind(keys ...string) key.Binding { return key.NewBinding(key.WithKeys(keys...)) }

// MaxUndo is how many steps of what is being written can be taken back.
const MaxUndo = 100

// An Input is one line being written. Everything but its bound in bytes, its
// steps back and what was cut out is the textinput's. The zero value is not
// usable: NewInput returns an empty one.
type Input struct {
	max    int             // bytes
	field  textinput.Model // what was written, and where the cursor is
	shown  textinput.Model // the same as View draws it: clean or masked
	killed string
	undo   []step
}

type step struct {
	value  string
	cursor int
}

// NewInput returns an empty line of at most so many bytes.
func NewInput(maxBytes int) Input {
	in := Input{max: maxBytes, field: textinput.New(), shown: textinput.New()}
	in.field.KeyMap = textinput.KeyMap{ // without its own clipboard, which asks other programs
		CharacterForward: Edit.Right, CharacterBackward: Edit.Left,
		WordForward: Edit.WordRight, WordBackward: Edit.WordLeft,
		LineStart: Edit.Home, LineEnd: Edit.End,
		DeleteCharacterBackward: Edit.Backspace, DeleteCharacterForward: Edit.Delete,
		DeleteBeforeCursor: Edit.KillLeft, DeleteWordBackward: Edit.KillWordLeft,
	}
	in.shown.Prompt = ""
	for _, m := range []*textinput.Model{&in.field, &in.shown} {
		m.Cursor.SetMode(cursor.CursorHide) // View draws it
		m.Focus()
	}
	return in
}

// Secret lets no key go by words, which would tell how long they are.
func (in *Input) Secret() { in.field.EchoMode = textinput.EchoPassword }

func (in *Input) String() string { return in.field.Value() }

// Empty reports whether nothing is written.
func (in *Input) Empty() bool { return in.field.Value() == "" }

// Set replaces what is written and goes to its end.
func (in *Input) Set(s string) {
	in.field.SetValue(CutBytes(s, in.max))
	in.field.CursorEnd()
}

// Insert writes at the cursor, without line feeds, and leaves out what does not
// fit.
func (in *Input) Insert(s string) {
	s = strings.NewReplacer("\r", "", "\n", "").Replace(s)
	if s = CutBytes(s, in.max-len(in.field.Value())); s != "" {
		in.change(func() { in.field, _ = in.field.Update(written(s)) })
	}
}

// Key takes text or an editing key, and reports whether it was one.
func (in *Input) Key(k Key) bool {
	switch {
	case k.Text != "":
		in.Insert(k.Text)
	case key.Matches(k, Edit.Yank):
		in.Insert(in.killed)
	case key.Matches(k, Edit.Undo):
		if n := len(in.undo); n > 0 {
			in.field.SetValue(in.undo[n-1].value)
			in.field.SetCursor(in.undo[n-1].cursor)
			in.undo = in.undo[:n-1]
		}
	case !Edits(k.Name):
		return false
	case key.Matches(k, Edit.KillWordRight):
		in.change(in.killWordRight)
	default:
		in.change(func() {
			for range in.times(k) {
				in.field, _ = in.field.Update(press(k.Name))
			}
		})
	}
	return true
}

// Edits reports whether a key edits text.
func Edits(name string) bool {
	e, k := &Edit, Key{Name: name}
	return key.Matches(k, e.Left, e.Right, e.Home, e.End, e.WordLeft, e.WordRight, e.Backspace, e.Delete,
		e.KillLeft, e.KillWordLeft, e.KillWordRight, e.Yank, e.Undo)
}

// change keeps what was before for a step back, and what an edit cuts out.
func (in *Input) change(edit func()) {
	was := step{in.field.Value(), in.field.Position()}
	edit()
	is := in.field.Value()
	if is == was.value {
		return
	}
	if len(in.undo) == MaxUndo {
		in.undo = slices.Delete(in.undo, 0, 1)
	}
	in.undo = append(in.undo, was)
	if at, cut := in.before(), len(was.value)-len(is); cut > 1 {
		in.killed = was.value[at : at+cut]
	}
}

// killWordRight is in place of the textinput's, which panics at the last
// character.
func (in *Input) killWordRight() {
	from := in.before()
	in.field, _ = in.field.Update(press(Edit.WordRight.Keys()[0]))
	value, to := in.field.Value(), in.before()
	in.field.SetValue(value[:from] + value[to:])
	in.field.SetCursor(utf8.RuneCountInString(value[:from]))
}

// before is how many bytes are left of the cursor.
func (in *Input) before() int {
	return len(string([]rune(in.field.Value())[:in.field.Position()]))
}

// times is how often a key is to be pressed: marks go with the letter that they
// stand on.
func (in *Input) times(k Key) int {
	r, at, n := []rune(in.field.Value()), in.field.Position(), 1
	switch {
	case key.Matches(k, Edit.Left, Edit.Backspace):
		for ; at-n > 0 && Joins(r[at-n]); n++ {
			continue
		}
	case key.Matches(k, Edit.Right, Edit.Delete):
		for ; at+n < len(r) && Joins(r[at+n]); n++ {
			continue
		}
	}
	return n
}

// Joins reports whether a character stands on the one before it.
func Joins(r rune) bool {
	const (
		zeroWidthJoiner   = '\u200d'
		lightest, darkest = '\U0001F3FB', '\U0001F3FF' // skin tones
	)
	return unicode.IsMark(r) || r == zeroWidthJoiner || lightest <= r && r <= darkest
}

// CutBytes cuts s to at most n bytes between two characters.
func CutBytes(s string, n int) string {
	if n <= 0 {
		return ""
	}
	if len(s) <= n {
		return s
	}
	for n > 0 && !utf8.RuneStart(s[n]) {
		n--
	}
	return s[:n]
}

// View draws the part around the cursor in w columns. A mask stands for each
// character; a caret stands where keys write, "" where they go elsewhere.
func (in *Input) View(w int, mask, caret text.Safe) text.Safe {
	value, at := in.field.Value(), in.before()
	left, right := text.CleanLine(value[:at]), text.CleanLine(value[at:])
	if mask != "" {
		left, right = text.Repeat(mask, utf8.RuneCountInString(value[:at])), text.Repeat(mask, utf8.RuneCountInString(value[at:]))
	}
	m := &in.shown
	m.Cursor.TextStyle = unstyled.Transform(func(under string) string { return string(caret) + under })
	m.SetValue(string(left + right))
	scrollAnew := m.Width >= w
	for m.Width = w - 1; ; m.Width-- {
		if scrollAnew {
			m.CursorEnd()
		}
		m.SetCursor(utf8.RuneCountInString(string(left)))
		row := rowOf(m.View())
		if text.Width(row) <= w || m.Width <= 1 {
			return text.PadRight(row, w)
		}
		scrollAnew = true
	}
}
