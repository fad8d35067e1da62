package server

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"os"
	"strconv"
	"sync"
	"time"

	"labchat/internal/server/hub"
	"labchat/internal/server/store"
)

// OperatorCall is what an operator asks of a data directory: one JSON object
// and a line feed on the control socket.
type OperatorCall struct {
	Verb   hub.Verb `json:"verb"` // the hub's, VerbBackup or VerbStatus
	Name   string   `json:"name,omitempty"`
	Hash   string   `json:"hash,omitempty"`   // add, passwd: PHC string; passwords don't travel
	Legacy bool     `json:"legacy,omitempty"` // add: older programs may log in
	Reason string   `json:"reason,omitempty"` // ban
	File   string   `json:"file,omitempty"`   // backup: absolute
}

// The operator's commands that are not the hub's.
const (
	VerbBackup hub.Verb = "backup" // writes a consistent copy of the database to File
	VerbStatus hub.Verb = "status" // says how many connections there are
)

// answer is what the control socket says to a call.
type answer struct {
	Rows []string `json:"rows,omitempty"`
	Err  string   `json:"err,omitempty"`
}

const (
	// maxCall bounds what is read of a call.
	maxCall = 64 << 10
	// callWithin is how long a caller may take to say what it wants.
	callWithin = 10 * time.Second
)

// control serves DIR/control.sock.
type control struct {
	log   *slog.Logger
	l     net.Listener
	inbox *inbox
	store store.Store
}

// listenControl opens the socket of a data directory that this process has
// locked: what is left there of an earlier one is nobody's.
func listenControl(ctx context.Context, dir string) (net.Listener, error) {
	path, release, err := controlPath(dir)
	if err != nil {
		return nil, fmt.Errorf("open control socket: %w", err)
	}
	defer release()
	if err := os.Remove(path); err != nil && !errors.Is(err, os.ErrNotExist) {
		return nil, fmt.Errorf("open control socket: %w", err)
	}
	l, err := (&net.ListenConfig{}).Listen(ctx, "unix", path)
	if err != nil {
		return nil, fmt.Errorf("open control socket: %w", err)
	}
	// Until here the directory, which is its owner's alone, has kept others out.
	if err := os.Chmod(path, 0o600); err != nil {
		return nil, errors.Join(fmt.Errorf("open control socket: %w", err), l.Close())
	}
	return l, nil
}

// run answers callers until the listener is closed and all are answered.
func (s *control) run(ctx context.Context) error {
	var callers sync.WaitGroup
	defer callers.Wait()
	for {
		nc, err := s.l.Accept()
		if errors.Is(err, net.ErrClosed) {
			return nil
		}
		if err != nil {
			s.log.Warn("the control socket does not accept", "err", err)
			rest(ctx, maxBackoff)
			continue
		}
		callers.Go(func() { s.serve(ctx, nc) })
	}
}

// serve answers one caller.
func (s *control) serve(ctx context.Context, nc net.Conn) {
	defer nc.Close()
	_ = nc.SetReadDeadline(time.Now().Add(callWithin))
	var c OperatorCall
	a := answer{Err: "The control socket was sent something that is no call."}
	line, err := bufio.NewReader(io.LimitReader(nc, maxCall)).ReadBytes('\n')
	if err == nil && json.Unmarshal(line, &c) == nil {
		a = s.answer(ctx, c)
		s.log.Info("operator's call", "verb", c.Verb, "name", c.Name, "refused", a.Err)
	}
	if err := json.NewEncoder(nc).Encode(a); err != nil {
		s.log.Warn("the operator has gone before the answer", "verb", c.Verb, "err", err)
	}
}

func (s *control) answer(ctx context.Context, c OperatorCall) answer {
	if c.Verb == VerbBackup {
		if err := s.store.Backup(ctx, c.File); err != nil {
			return answer{Err: err.Error()}
		}
		return answer{}
	}
	asked := &call{OperatorCall: c, reply: make(chan answer, 1)}
	s.inbox.post(item{what: whatCall, arg: asked})
	select {
	case a := <-asked.reply:
		return a
	case <-ctx.Done():
		return answer{Err: "The daemon stops. Call again when it has."}
	}
}

// call is an operator's call on its way through the loop.
type call struct {
	OperatorCall

	reply chan answer
}

// calls are those that wait for the log. Owned by the loop.
type calls struct {
	last uint64
	open map[uint64]*call
}

// handleCall hands an operator's call to the hub.
func (l *loop) handleCall(c *call) {
	if c.Verb == VerbStatus {
		c.reply <- answer{Rows: []string{"connections " + strconv.Itoa(len(l.clients.all))}}
		return
	}
	l.control.last++
	l.control.open[l.control.last] = c
	l.hub.Operator(l.now, l.control.last, hub.Command{
		Verb: c.Verb, Name: c.Name, Hash: c.Hash, Legacy: c.Legacy, Reason: c.Reason,
	}, &l.out)
}

func (c *calls) reply(r hub.Reply) {
	if asked := c.open[r.ID]; asked != nil {
		delete(c.open, r.ID)
		asked.reply <- answer{Rows: r.Rows, Err: r.Err}
	}
}
