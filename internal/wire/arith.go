package wire

import "strings"

// arith is the arithmetic service: a name, then expressions, then q. Its
// programs greet in ways that can't be told apart by what they send. See
// docs/protocol/arith.md.
type arith struct {
	name     string
	by       Arithmetic
	signs    bool   // numbers may have one
	greeting string // the answer to a name, "": silence
	addName  bool   // it ends with the name
	bye      string // the answer to q, "": silence
	none     string // the answer to an operator that there is not, "": a warning
}

// The styles of the family's programs.
var (
	arithPlain   = arith{name: "arith", by: Floats}
	arithHello   = arith{name: "arith-hello", by: Mixed, signs: true, greeting: "Hello ", addName: true, bye: "Bye"}
	arithWelcome = arith{name: "arith-welcome", by: Floats, signs: true, greeting: "Welcome!!!!!!", bye: arithQuit, none: "None"}
)

const (
	// maxArith is how many bytes programs of the family read at once.
	maxArith = 1024
	// maxArithName leaves room for the greeting.
	maxArithName = maxArith - len("Hello ")
	arithQuit    = "q"
	arithBad     = "Warning: incorrect query format"
	arithNoValue = "Invalid math operations"
)

// Name returns the name that flags use.
func (d arith) Name() string { return d.name }

// Manners are those of a service without terminators.
func (arith) Manners() Manners { return Manners{Service: true, Unframed: true} }

// MaxBytes is what one read brings.
func (arith) MaxBytes() int { return maxArith }

// Split takes a read for a frame, see splitUnframed.
func (arith) Split(data []byte, atEOF bool) (advance int, frame []byte, err error) {
	return splitUnframed(data, atEOF, maxArith)
}

// Server returns a codec that remembers whether the name was said.
func (d arith) Server() ServerCodec { return &arithServer{arith: d} }

// Client returns a codec without state.
func (d arith) Client() ClientCodec { return arithClient{arith: d} }

type (
	arithServer struct {
		arith

		named bool
		end   readEnd
	}
	arithClient struct {
		answering
		arith
	}
)

// Greeting is nothing: the client speaks first.
func (*arithServer) Greeting() []byte { return nil }

// Variant is one for all sessions of a style.
func (c *arithServer) Variant() Variant { return Variant(c.name) }

// ParseRequest reads the name, and after it expressions. The name is the tag of
// its request too, because the answer may have to repeat it.
func (c *arithServer) ParseRequest(frame []byte) (Request, error) {
	line, ok := c.end.cut(frame)
	if !ok {
		return nil, nil
	}
	text := strings.TrimFunc(line, isA3Blank)
	if !c.named {
		c.named = true
		name := oneLine(text)
		name = name[:fitting(name, maxArithName)]
		return Hello{Head: Head{Tag: name}, Program: name}, nil
	}
	return c.read(text)
}

// read reads what follows the name.
func (d arith) read(text string) (Request, error) {
	if text == arithQuit {
		return Quit{}, nil
	}
	r, err := d.calc(text)
	if err != nil {
		return nil, err
	}
	return r, nil
}

func (d arith) calc(text string) (Calc, error) {
	r, ok := d.readCalc(text)
	switch {
	case ok:
		return r, nil
	case d.none != "" && unknownOperator.MatchString(text):
		return Calc{}, &FrameError{Code: CodeUnsupported, Text: "The operator is one of + - * and /.", Of: ActCalc}
	case d.signs:
		return Calc{}, &FrameError{Code: CodeMalformed, Text: "Write two numbers and one of + - * / between them: 12 + 42.", Of: ActCalc}
	}
	return Calc{}, &FrameError{Code: CodeMalformed, Text: "Write two numbers without signs and one of + - * / between them: 12 + 42.", Of: ActCalc}
}

func (d arith) readCalc(text string) (Calc, bool) {
	if d.signs {
		return readSigned(text, d.by)
	}
	return readUnsigned(text)
}

// AppendEvent says the answer to a name, a value, or that there is none.
func (c *arithServer) AppendEvent(dst []byte, e Event) ([]byte, Delivery, error) {
	w := writes{dst: dst, from: len(dst), limit: maxArith}
	switch e := e.(type) {
	case *Welcome:
		return c.say(w, c.welcome(e))
	case *Calculated:
		if e.Value == "" {
			return dst, Delivery{}, errUnsayable
		}
		return c.say(w, e.Value)
	case *Refused:
		return c.say(w, c.refusal(e.Code))
	case *Goodbye:
		if c.bye == "" || e.Code != CodeQuit { // any other line would be taken for an answer
			return dst, Delivery{Close: true}, nil
		}
		return append(dst, c.bye...), Delivery{Gap: gapAlone, Close: true}, nil
	default:
		return dst, Delivery{}, ErrUnsupported
	}
}

// say appends a text of one line, or nothing.
func (*arithServer) say(w writes, text string) ([]byte, Delivery, error) {
	if len(text) > w.limit || !isA3Text(text) {
		return w.dst, Delivery{}, errUnsayable
	}
	if text == "" {
		return w.dst, Delivery{}, nil
	}
	w.dst = append(w.dst, text...)
	return w.dst, w.apart(), nil
}

// welcome greets, or says nothing: the first programs of the family take a
// greeting for the answer to their first expression.
func (d arith) welcome(e *Welcome) string {
	if d.addName {
		return d.greeting + e.Re.Re
	}
	return d.greeting
}

func (d arith) refusal(code Code) string {
	switch {
	case code == CodeNoResult:
		return arithNoValue
	case code == CodeUnsupported && d.none != "":
		return d.none
	}
	return arithBad
}
