package client

import (
	"cmp"
	"context"
	"net"
	"slices"
	"strconv"

	"labchat/internal/wire"
)

// maxHostAsks is how many questions to the host's small services may be under
// way at a time.
const maxHostAsks = 8

// services are the small services of the server's host. Owned by loop.
type services struct {
	listed []wire.Service // as the server names them, nil where it names none
	due    []hostAsk      // to be asked
	asking int            // under way
}

// hostAsk is a question of a person to one of them.
type hostAsk struct {
	Question

	tag string
}

// askHost takes what is for a service beside the chat server, and reports whether
// it did: sums, expressions, time and date, unless the server is that service
// itself.
func (l *loop) askHost(r wire.Request, tag string) bool {
	var name, port, dialect string
	switch r := r.(type) {
	case wire.Clock:
		name, port = "registry", ClockPort
	case wire.Calc:
		name, port, dialect = "arith", ArithPort, "arith"
		if r.By == wire.Integers {
			name, port, dialect = "sum", SumPort, "sum"
		}
	default:
		return false
	}
	if l.link != nil && l.link.dialect.Manners().Service && dialect != "" {
		return false
	}
	host, _, err := net.SplitHostPort(l.cfg.Server)
	if err != nil {
		host = l.cfg.Server
	}
	if l.services.listed != nil {
		i := slices.IndexFunc(l.services.listed, func(s wire.Service) bool { return s.Name == name })
		if i < 0 {
			l.refuse(r, tag, wire.CodeUnsupported, "This host has no such service.")
			return true
		}
		port = strconv.Itoa(l.services.listed[i].Port)
	}
	if l.services.asking+len(l.services.due) >= maxHostAsks {
		l.refuse(r, tag, wire.CodeBusy, "The host has not answered what was asked before. Wait a little.")
		return true
	}
	l.services.due = append(l.services.due, hostAsk{tag: tag, Question: Question{
		Server: net.JoinHostPort(host, port), Request: r, Dialect: dialect, Name: cmp.Or(l.who.name, "guest"), Known: l.cfg.Known, Dial: l.cfg.Dial,
	}})
	return true
}

// askServices asks what is due, each in a goroutine of its own that the end of
// the session waits for.
func (l *loop) askServices(ctx context.Context) {
	for _, q := range l.services.due {
		l.services.asking++
		l.work.Go(func() {
			e, err := Ask(ctx, q.Question)
			l.box.Post(func(l *loop) { l.hostAnswered(q, e, err) })
		})
	}
	l.services.due = nil
}

func (l *loop) hostAnswered(q hostAsk, e wire.Event, err error) {
	l.services.asking--
	if err != nil {
		l.refuse(q.Request, q.tag, wire.CodeUnsupported, err.Error())
		return
	}
	mark(e, q.tag)
	l.emit(e)
}
