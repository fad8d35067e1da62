package plain

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"time"

	"labchat/internal/app/words"
	"labchat/internal/command"
	"labchat/internal/text"
	"labchat/internal/wire"
)

const (
	// patience is how long the end of the input waits for acknowledgements.
	patience = 30 * time.Second
	// answerWithin is how long the next typed line waits for the answer to a
	// request before it: longer than a slow link, shorter than a person's.
	answerWithin = 10 * time.Second
	// behind is how soon after another one a line was typed without having read
	// what came of that.
	behind = time.Second
	// inFlight is how many lines may wait for acknowledgements before no more
	// input is read: what patience can see through at the usual 10 a second.
	inFlight = 64
)

// Config is what a conversation needs. Session, Input and Out must be set.
type Config struct {
	Session Session
	Archive Archive       // nil: nothing is remembered
	Input   io.ReadCloser // lines for the command bar; Close must end a Read under way
	Out     io.Writer
	Room    string // where text goes if the first connection does not come about
	JSON    bool   // objects instead of sentences
	Prompt  bool   // a person types: show prompts
	Kept    bool   // lines that are left when it ends go out next time
	Direct  bool   // one other person and no server: only :q is a command
	Hints   []string
	// Secret asks the person for a password, not on Input.
	Secret func(question string) (wire.Secret, error)
	Zone   *time.Location   // of the times shown, nil: local
	Now    func() time.Time // nil: time.Now
}

// LeftError says how many typed lines are safe nowhere else.
type LeftError struct {
	Lines       int  // not acknowledged by the server
	Undelivered int  // encrypted ones that their receivers have not acknowledged
	Refused     int  // for good
	InDoubt     bool // those not acknowledged may have arrived
	Kept        bool // they wait in the profile
}

func (e *LeftError) Error() string {
	var said []text.Safe
	var arrived text.Safe
	if e.InDoubt {
		arrived = ", and may have arrived or not"
	}
	if e.Refused > 0 {
		said = append(said, words.Count(e.Refused, "line was refused", "lines were refused")+": see above why")
	}
	if e.Lines > 0 {
		said = append(said, words.Count(e.Lines, "line was not acknowledged", "lines were not acknowledged")+" by the server"+arrived)
	}
	if e.Undelivered > 0 {
		said = append(said, words.Count(e.Undelivered, "private line was not delivered", "private lines were not delivered"))
	}
	switch {
	case e.Lines+e.Undelivered == 0:
	case e.Kept:
		said = append(said, "what waits goes out when this profile is used again")
	default:
		said = append(said, "send again what others have not seen")
	}
	return string(text.Join(said, "; "))
}

// EndedError says why the session ended for good.
type EndedError struct{ Reason string }

func (e *EndedError) Error() string { return e.Reason }

// Run holds the conversation until the person quits or the input ends, until
// the session ends for good (*EndedError) or ctx does. It then waits for what
// was typed to be acknowledged, and returns a *LeftError where some was not.
func Run(ctx context.Context, cfg Config) error {
	c := newConversation(cfg)
	in := startInput(cfg.Input)
	defer in.stop()
	for _, h := range cfg.Hints {
		c.out.tell(text.CleanLine(h))
	}
	return c.run(ctx, in)
}

// conversation is the state of Run, owned by its goroutine.
type conversation struct {
	cfg    Config
	out    output
	speech words.Speech
	places places
	ledger ledger

	kind     wire.Kind // of our own name
	shut     bool      // the server takes no new accounts
	state    wire.State
	status   wire.Status // the last one, of what the server shows
	met      bool        // there was a connection
	ready    bool        // typed lines have somewhere to go
	greeted  bool
	recalled bool // what is unread on the disk is known
	reading  bool // a line has been asked for
	closing  bool // no more input
	gaveUp   bool // closing took too long
	began    time.Time
	asked    time.Time // when something was asked for last, or something of it came
	closed   time.Time // when the input ended, or a page of a history came behind that
	ended    error     // set when the session is over
	question question
	secret   bool // a password was to be asked for, and that came to nothing: the next text may be it
	strayed  strayed
	history  *history // of a room, that is being read; nil: none
	lags     []lag    // rooms whose lines wait for those that were missed
	offer    command.Offer
	talks    talks
}

// question waits for a y.
type question struct {
	words text.Safe // "" where there is none
	act   func()
}

// strayed is a room that was asked for and refused, which lines may be meant for.
type strayed struct {
	room string
	at   time.Time       // of the refusal, or of the last line that was meant for the room
	from command.Context // where one was then
}

func newConversation(cfg Config) *conversation {
	if cfg.Zone == nil {
		cfg.Zone = time.Local
	}
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	return &conversation{
		cfg:    cfg,
		out:    output{w: cfg.Out, json: cfg.JSON, prompt: cfg.Prompt},
		speech: words.Speech{Zone: cfg.Zone},
		places: places{ignored: ignoredOf(cfg.Archive), newest: map[string]wire.ID{}},
		ledger: newLedger(),
		talks:  newTalks(),
		began:  time.Now(),
	}
}

func (c *conversation) run(ctx context.Context, in *input) error {
	timer := time.NewTimer(patience)
	defer timer.Stop()
	for !c.over() {
		lines := in.lines
		if !c.reads() {
			lines = nil
		} else if !c.reading {
			c.reading = true
			c.out.ask(c.prompt())
			in.ask()
		}
		timer.Reset(time.Until(c.due()))
		select {
		case <-ctx.Done():
			return ctx.Err()
		case batch, ok := <-c.cfg.Session.Events():
			c.handleEvents(batch, ok)
		case line, ok := <-lines:
			c.reading = false
			c.handleLine(line, ok)
		case <-timer.C:
			c.giveUpLate(time.Now())
		}
	}
	return c.result()
}

// reads reports whether a typed line may be taken now: every line waits for the
// answers to the requests before it, as it may mean the room they lead to.
func (c *conversation) reads() bool {
	reading := c.history != nil && (!c.catching() || c.state == wire.StateOnline)
	return c.ready && !c.closing && !c.ledger.answers() && !reading && c.ledger.underWay() < inFlight
}

func (c *conversation) over() bool {
	return c.out.err != nil || c.ended != nil || c.gaveUp || c.closing && c.ledger.settled() && c.history == nil
}

// due is when the next thing that is waited for is given up. What else is heard
// meanwhile puts none of that off.
func (c *conversation) due() time.Time {
	due := time.Now().Add(time.Hour)
	for _, wait := range []struct {
		on    bool
		since time.Time
		most  time.Duration
	}{
		{c.awaits(), c.asked, answerWithin},
		{!c.ready, c.began, enterWithin},
		{c.closing, c.closed, patience},
	} {
		if at := wait.since.Add(wait.most); wait.on && at.Before(due) {
			due = at
		}
	}
	return due
}

// awaits reports whether an answer is waited for, or lines that one has announced.
func (c *conversation) awaits() bool {
	return c.ledger.answers() || c.history != nil && (!c.catching() || c.state == wire.StateOnline)
}

// giveUpLate gives up what has been waited for.
func (c *conversation) giveUpLate(now time.Time) {
	if c.awaits() && !now.Before(c.asked.Add(answerWithin)) {
		c.ledger.waitNoMore()
		c.endReading("the server has not told them within " + words.Seconds(answerWithin))
	}
	if !c.ready && !now.Before(c.began.Add(enterWithin)) {
		c.out.tell("no room was entered within " + words.Seconds(enterWithin) + ": the server does not answer.")
		c.ready = true // lines wait in the outbox
		c.places.room = cmp.Or(c.places.room, c.cfg.Room)
	}
	if c.closing && !now.Before(c.closed.Add(patience)) {
		c.gaveUp = true
		c.endReading("the server has not told them in time")
	}
}

func (c *conversation) handleEvents(batch []wire.Event, ok bool) {
	if !ok {
		c.ended = &EndedError{Reason: "the session is over"}
		return
	}
	for _, e := range batch {
		if r, ok := e.(*wire.Receipt); ok {
			c.talks.typed(r)
		}
	}
	for _, e := range batch {
		c.event(e)
	}
	c.tellRead()
	if c.reading {
		c.out.ask(c.prompt())
	}
}

func (c *conversation) handleLine(line typed, ok bool) {
	c.out.entered()
	switch {
	case !ok:
		c.close()
	case line.err != nil:
		c.ended = line.err
	case line.bad != "":
		c.out.tell(line.refusal())
		c.ledger.failed++
	default:
		c.line(line.text)
	}
}

// close ends the input: what was typed is still waited for.
func (c *conversation) close() {
	c.closing, c.closed = true, time.Now()
	c.refused()
	if n := c.ledger.lines(); n > 0 && (c.state != wire.StateOnline || c.ledger.patient > 0) {
		c.out.tell(text.Sprintf("waiting up to %d seconds for %s to be acknowledged.", int(patience/time.Second), words.Count(n, "line", "lines")))
	}
}

// refused ends it where there is no more input that could say that the server
// is to be trusted.
func (c *conversation) refused() {
	if c.closing && c.status.Mistrust != nil {
		c.ended = &EndedError{Reason: string(text.CleanLine(c.status.Reason))}
	}
}

func (c *conversation) result() error {
	switch {
	case c.out.err != nil:
		return fmt.Errorf("write: %w", c.out.err)
	case c.ended != nil:
		return c.ended
	default:
		return c.left()
	}
}

// left counts what was not acknowledged. Who sits at a terminal has read of a
// refused line; a script must be told.
func (c *conversation) left() error {
	e := LeftError{Undelivered: c.ledger.undelivered(), Kept: c.cfg.Kept}
	e.Lines = c.ledger.lines() - e.Undelivered
	e.InDoubt = e.Lines > 0 && c.met
	if !c.cfg.Prompt {
		e.Refused = c.ledger.failed
	}
	if e.Lines+e.Undelivered+e.Refused == 0 {
		return nil
	}
	return &e
}

func (c *conversation) prompt() text.Safe {
	if c.question.words != "" {
		return c.question.words + " y/n "
	}
	return c.places.prompt() + "> "
}

func (c *conversation) context() command.Context {
	return command.Context{Room: c.places.room, To: c.places.to, Me: c.speech.Me, Account: c.kind == wire.KindAccount, Closed: c.shut, Direct: c.cfg.Direct}
}
