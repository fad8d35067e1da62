package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"net"
	"strings"
	"time"

	"labchat/cmd/internal/conf"
	"labchat/internal/client"
	"labchat/internal/text"
	"labchat/internal/wire"
	"labchat/internal/wire/dialects"
)

// ask asks the small services of a host.
type ask struct {
	Host       string   `arg:"" help:"Host to ask; HOST:PORT where the service has another port than ours."`
	What       string   `arg:"" enum:"date,time,clock,sum,calc" help:"What for: date, time, clock (one of the two at random), sum or calc."`
	Expression []string `arg:"" optional:"" help:"What to compute, for sum and calc."`
	Every      span     `placeholder:"1s-2s" help:"Ask again and again at random intervals of that length, until interrupted."`
}

// Help is printed by --help.
func (ask) Help() string {
	return `Ends within 45 seconds with 1 and a sentence where no answer comes.

The clock is asked over UDP (port 2020), three times if no answer comes; sum and calc over TCP (ports
1301 and 1303). An expression that the service would not take is not sent. Calc begins with a name,
--user or that of your login, and speaks the style --dialect: arith, arith-hello or arith-welcome.
Another style than that is recognised by what the service answers, and named.

Examples:

    chat-tui ask 127.0.0.1 date
    chat-tui ask lab.example.org clock --every 1s-2s
    chat-tui ask 127.0.0.1 sum 3+4
    chat-tui ask 127.0.0.1:20001 calc "12 + 42"
    chat-tui ask 127.0.0.1 calc --dialect arith-hello -- -3 + 4`
}

// defaultStyle is the dialect of calc unless --dialect names another one.
const defaultStyle = "arith"

// Validate refuses what is no host.
func (a *ask) Validate() error { return conf.CheckServer(a.Host) }

// Run asks, once or until it is interrupted.
func (a ask) Run(ctx context.Context, std conf.Streams, c *cli) error {
	q, err := a.question(&c.Reach)
	if err != nil {
		return err
	}
	q.Known = known(slog.New(slog.DiscardHandler)) //nolint:contextcheck // local files are read at once
	if c.Reach.Dialect != client.DialectAuto {
		q.Style = func(speaks string) {
			_ = text.Fprintln(std.Err, text.Sprintf("%s speaks %s: say --dialect %s", q.Server, speaks, speaks)) // the answer comes all the same
		}
	}
	for {
		if a.What == "clock" {
			q.Request = wire.Clock{Date: rand.N(2) == 0}
		}
		answer, err := client.Ask(ctx, q)
		switch {
		case ctx.Err() != nil:
			return ctx.Err()
		case err != nil:
			return err
		}
		if err := text.Fprintln(std.Out, text.CleanLine(spell(answer))); err != nil {
			return fmt.Errorf("print the answer: %w", err)
		}
		if a.Every.max == 0 {
			return nil
		}
		if err := a.Every.wait(ctx); err != nil {
			return err
		}
	}
}

// spell returns the answer as the service wrote it.
func spell(e wire.Event) string {
	switch e := e.(type) {
	case *wire.Calculated:
		return e.Value
	case *wire.ClockTold:
		return e.Text
	default:
		return ""
	}
}

// question reads what is asked for, and refuses what would be sent for
// nothing.
func (a ask) question(r *reach) (client.Question, error) {
	q := client.Question{Name: r.User}
	if q.Name == "" {
		q.Name = loginName()
	}
	expression := strings.Join(a.Expression, " ")
	switch a.What {
	case "sum":
		q.Server, q.Dialect = serviceAt(a.Host, client.SumPort), "sum"
	case "calc":
		q.Server, q.Dialect = serviceAt(a.Host, client.ArithPort), r.Dialect
		if r.Dialect == client.DialectAuto {
			q.Dialect = defaultStyle
		}
	default:
		if expression != "" {
			return q, conf.Usagef("ask %s computes nothing: leave %q out", a.What, expression)
		}
		q.Server, q.Request = serviceAt(a.Host, client.ClockPort), wire.Clock{Date: a.What == "date"}
	}
	if q.Dialect == "" {
		return q, nil
	}
	calc, err := wire.ReadCalc(dialects.ByName(q.Dialect), expression)
	if bad, ok := errors.AsType[*wire.FrameError](err); ok {
		return q, conf.Usagef("%q was not sent: %s", expression, bad.Text)
	}
	if err != nil {
		return q, conf.Usagef("--dialect %s: ask calc takes arith, arith-hello or arith-welcome", r.Dialect)
	}
	q.Request = calc
	return q, nil
}

// serviceAt returns HOST:PORT.
func serviceAt(host, port string) string {
	if _, _, err := net.SplitHostPort(host); err == nil {
		return host
	}
	return net.JoinHostPort(strings.Trim(host, "[]"), port)
}

// span is a length of time between two bounds.
type span struct{ min, max time.Duration }

// UnmarshalText reads 1s-2s, or 1s for both.
func (s *span) UnmarshalText(b []byte) error {
	from, to, two := strings.Cut(string(b), "-")
	if !two {
		to = from
	}
	var err error
	if s.min, err = time.ParseDuration(from); err == nil {
		s.max, err = time.ParseDuration(to)
	}
	if err != nil || s.min <= 0 || s.max < s.min {
		return fmt.Errorf("want two lengths of time, the shorter one first, as 1s-2s, not %q", b)
	}
	return nil
}

// wait lets a random time within the span go by.
func (s span) wait(ctx context.Context) error {
	pause := time.NewTimer(s.min + rand.N(s.max-s.min+1))
	defer pause.Stop()
	select {
	case <-pause.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
