package plain

import (
	"fmt"
	"io"

	"labchat/internal/app/words"
	"labchat/internal/text"
	"labchat/internal/wire"
)

// output writes events and notes as sentences, or as JSON objects. The first
// error stays in err; nothing is written after it.
type output struct {
	w      io.Writer
	json   bool
	prompt bool      // a person sits at a terminal: show where their line goes
	asking text.Safe // the prompt that stands in the terminal's last row
	err    error
}

// tell writes a sentence of our own, or a notice that holds it.
func (o *output) tell(sentence text.Safe) {
	switch {
	case sentence == "":
	case o.json:
		o.write(notice(sentence)...)
	default:
		o.line(sentence)
	}
}

// show writes an event: as the sentence, or as JSON.
func (o *output) show(s words.Speech, e wire.Event, sentence text.Safe) {
	if o.json {
		o.write(objects(s, e)...)
		return
	}
	if sentence != "" {
		o.line(sentence)
	}
}

func (o *output) write(objects ...any) {
	for _, v := range objects {
		if o.err == nil {
			o.err = writeObject(o.w, v)
		}
	}
}

// line writes over a prompt that stands there: a dumb terminal can go back to
// the row's start, but not erase it.
func (o *output) line(sentence text.Safe) {
	if o.asking != "" {
		sentence = "\r" + sentence + text.Blanks(text.Width(o.asking)-text.Width(sentence))
		o.asking = ""
	}
	o.print(sentence + "\n")
}

// ask shows a prompt, unless it stands there.
func (o *output) ask(prompt text.Safe) {
	if !o.prompt || o.json || o.asking == prompt {
		return
	}
	o.asking = prompt
	o.print(prompt)
}

// entered says that the person has ended the row that the prompt stands in.
func (o *output) entered() { o.asking = "" }

func (o *output) print(s text.Safe) {
	if o.err == nil {
		_, o.err = fmt.Fprint(o.w, string(s))
	}
}
