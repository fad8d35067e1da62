package plain

import (
	"context"
	"fmt"
	"io"
	"strings"
	"time"

	"labchat/internal/tui/text"
	"labchat/internal/wire"
)

// SendConfig is what Send needs: a room, and either a text or lines to read.
type SendConfig struct {
	Session Session
	Room    string
	Text    string
	Input   io.ReadCloser // each of its lines instead of Text; Close must end a Read under way
	Err     io.Writer     // which lines of Input were refused, and why
}

// Send joins a room and posts to it. It returns nil only after the server has
// acknowledged everything, and the server's sentence where it refused the text.
// A line of the input that is refused is told on Err by its number; the others
// are posted, and the error is a *LeftError.
func Send(ctx context.Context, cfg SendConfig) error {
	s := &sender{cfg: cfg, entrance: entrance{session: cfg.Session, room: cfg.Room}, ledger: newLedger(), numbers: map[wire.ClientID]int{}}
	if cfg.Input != nil {
		s.in = startInput(cfg.Input)
		defer s.in.stop()
	}
	return s.run(ctx)
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
	done     bool // everything is with the session
	online   bool
}

func (s *sender) run(ctx context.Context) error {
	timer := time.NewTimer(patience)
	defer timer.Stop()
	for !s.done || s.ledger.lines() > 0 {
		if s.online || !s.entrance.in {
			timer.Reset(patience) // it runs while the connection is lost, or nothing moves
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case batch, ok := <-s.cfg.Session.Events():
			if !ok {
				return &EndedError{Reason: "the session is over"}
			}
			if err := s.heard(batch); err != nil {
				return err
			}
		case line, ok := <-s.lines():
			if err := s.took(line, ok); err != nil {
				return err
			}
		case <-timer.C:
			if s.online && s.reading {
				continue // waiting for input is nobody's fault
			}
			return &LeftError{Lines: max(s.ledger.lines(), 1), Refused: s.refused}
		}
	}
	if s.refused > 0 {
		return &LeftError{Refused: s.refused}
	}
	return nil
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

func (s *sender) heard(batch []wire.Event) error {
	for _, e := range batch {
		entered, err := s.entrance.event(e)
		if err != nil {
			return err
		}
		if entered && s.in == nil {
			s.ledger.sent(s.cfg.Session.Say(s.cfg.Room, s.cfg.Text, false))
			s.done = true
		}
		switch e := e.(type) {
		case *wire.Status:
			s.online = e.State == wire.StateOnline
		case *wire.Receipt:
			s.ledger.receipt(e)
			if err := s.receipt(e); err != nil {
				return err
			}
		default:
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
		return fmt.Errorf("%s", text.CleanLine(e.Reason))
	}
	return s.refuse(refusedLine(n, text.CleanLine(e.Reason)))
}

func (s *sender) refuse(sentence string) error {
	s.refused++
	if _, err := fmt.Fprintln(s.cfg.Err, sentence); err != nil {
		return fmt.Errorf("say which line was refused: %w", err)
	}
	return nil
}

func (s *sender) took(line typed, ok bool) error {
	s.reading = false
	switch {
	case !ok:
		s.done = true
	case line.err != nil:
		return line.err
	case line.bad != "":
		return s.refuse(line.refusal())
	case strings.TrimSpace(line.text) != "": // a blank line says nothing
		id := s.cfg.Session.Say(s.cfg.Room, line.text, false)
		s.ledger.sent(id)
		s.numbers[id] = line.n
	}
	return nil
}
