package plain

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"labchat/internal/text"
	"labchat/internal/wire"
)

// SendConfig is what Send needs: a room, and either a text or lines to read.
type SendConfig struct {
	Session Session
	Room    string
	Text    string
	Input   io.ReadCloser // each of its lines instead of Text; Close must end a Read under way
	Kept    bool          // lines that are left when it ends go out next time
	Err     io.Writer     // which lines of Input were refused, and why
}

// Send joins a room and posts to it. It returns nil only after the server has
// acknowledged everything, and the server's sentence where it refused the text.
// A line of the input that is refused is told on Err by its number; the others
// are posted, and the error is a *LeftError. So it is where the server has
// acknowledged none of the lines under way for 30 seconds, whatever else it
// says.
func Send(ctx context.Context, cfg SendConfig) error {
	s := &sender{cfg: cfg, entrance: newEntrance(cfg.Session, cfg.Room), ledger: newLedger(), numbers: map[wire.ClientID]int{}}
	if cfg.Input != nil {
		s.in = startInput(cfg.Input)
		defer s.in.stop()
	}
	return s.end(ctx, s.run(ctx))
}

// sender is the state of Send, owned by its goroutine.
type sender struct {
	cfg      SendConfig
	entrance entrance
	ledger   ledger
	in       *input
	numbers  map[wire.ClientID]int // of the input's lines that have no acknowledgement
	refused  int                   // of the input's lines
	reading  bool
	done     bool      // everything is with the session
	moved    time.Time // when a line was acknowledged last, or taken while none was under way
}

func (s *sender) run(ctx context.Context) error {
	timer := time.NewTimer(0)
	defer timer.Stop()
	for !s.done || s.ledger.lines() > 0 {
		due := s.due()
		timer.Reset(time.Until(due))
		select {
		case <-ctx.Done():
			return ctx.Err()
		case batch, ok := <-s.cfg.Session.Events():
			if !ok {
				return &EndedError{Reason: "the session is over"}
			}
			if err := s.handleEvents(batch); err != nil {
				return err
			}
		case line, ok := <-s.lines():
			if err := s.handleLine(line, ok); err != nil {
				return err
			}
		case <-timer.C:
			if now := time.Now(); now.Before(due) {
				continue
			} else if err := s.entrance.late(now); err != nil {
				return err
			}
			if s.ledger.lines() > 0 {
				return s.left()
			}
		}
	}
	if s.refused > 0 {
		return s.left()
	}
	return nil
}

// due is when the wait for the room or for an acknowledgement ends. Waiting for
// input is nobody's fault.
func (s *sender) due() time.Time {
	switch {
	case !s.entrance.in:
		return s.entrance.due()
	case s.ledger.lines() > 0:
		return s.moved.Add(patience)
	default:
		return time.Now().Add(time.Hour)
	}
}

func (s *sender) left() *LeftError {
	return &LeftError{Lines: s.ledger.lines(), Refused: s.refused, InDoubt: true, Kept: s.cfg.Kept}
}

// end adds what became of the lines to why it ended.
func (s *sender) end(ctx context.Context, err error) error {
	if _, told := errors.AsType[*LeftError](err); err == nil || told || ctx.Err() != nil || s.ledger.lines()+s.refused == 0 {
		return err
	}
	return fmt.Errorf("%w; %w", err, s.left())
}

// say hands a line to the session.
func (s *sender) say(text string) wire.ClientID {
	if s.ledger.lines() == 0 {
		s.moved = time.Now()
	}
	id := s.cfg.Session.Say(s.cfg.Room, text, false)
	s.ledger.sent(id)
	return id
}

// lines asks for the next line of the input where one may be taken.
func (s *sender) lines() <-chan typed {
	if s.in == nil || !s.entrance.in || s.done || s.ledger.lines() >= inFlight {
		return nil
	}
	if !s.reading {
		s.reading = true
		s.in.ask()
	}
	return s.in.lines
}

func (s *sender) handleEvents(batch []wire.Event) error {
	for _, e := range batch {
		entered, err := s.entrance.event(e)
		if err != nil {
			return err
		}
		if entered {
			s.moved = time.Now() // of lines of an earlier run, too
		}
		if entered && s.in == nil {
			s.say(s.cfg.Text)
			s.done = true
		}
		if e, ok := e.(*wire.Receipt); ok {
			before := s.ledger.lines()
			s.ledger.receipt(e)
			if s.ledger.lines() < before {
				s.moved = time.Now()
			}
			if err := s.receipt(e); err != nil {
				return err
			}
		}
	}
	return nil
}

// receipt looks at what became of a line. A text of one's own that is refused
// ends it, a line of the input is one of many.
func (s *sender) receipt(e *wire.Receipt) error {
	n := s.numbers[e.Client]
	if e.State != wire.ReceiptFailed {
		if acknowledged(e) {
			delete(s.numbers, e.Client)
		}
		return nil
	}
	delete(s.numbers, e.Client)
	if s.in == nil || n == 0 {
		return errors.New(string(text.CleanLine(e.Reason)))
	}
	return s.tellRefused(refusedLine(n, text.CleanLine(e.Reason)))
}

func (s *sender) tellRefused(sentence text.Safe) error {
	s.refused++
	if err := text.Fprintln(s.cfg.Err, sentence); err != nil {
		return fmt.Errorf("say which line was refused: %w", err)
	}
	return nil
}

func (s *sender) handleLine(line typed, ok bool) error {
	s.reading = false
	switch {
	case !ok:
		s.done = true
	case line.err != nil:
		return line.err
	case line.bad != "":
		return s.tellRefused(line.refusal())
	case strings.TrimSpace(line.text) != "": // a blank line says nothing
		s.numbers[s.say(line.text)] = line.n
	}
	return nil
}
