package server

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"strings"
	"time"

	"labchat/internal/server/hub"
	"labchat/internal/server/store"
)

const (
	// reachEvery and reachWithin are for a daemon that has the lock and does
	// not listen yet, or no more.
	reachEvery  = 50 * time.Millisecond
	reachWithin = 5 * time.Second
	// databaseName is what a data directory that was ever used holds.
	databaseName = "chat.db"
)

// Operate carries out an operator's call on a data directory: through the
// daemon that runs on it, or alone, holding its lock. It returns when what it
// changed is durable.
func Operate(ctx context.Context, dir string, c OperatorCall) ([]string, error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	if err := Used(dir); err != nil {
		return nil, err
	}
	late := time.Now().Add(reachWithin)
	for {
		rows, err := askDaemon(ctx, dir, c)
		if !errors.Is(err, errNoDaemon) {
			return rows, err
		}
		rows, err = operateAlone(ctx, dir, c)
		var locked *store.LockedError
		if !errors.As(err, &locked) || ctx.Err() != nil || time.Now().After(late) {
			return rows, err
		}
		rest(ctx, reachEvery)
	}
}

// Backup writes a consistent copy of a data directory's database to a new
// file, whether or not a daemon runs on it.
func Backup(ctx context.Context, dir, file string) error {
	file, err := filepath.Abs(file) // the daemon may live elsewhere
	if err != nil {
		return fmt.Errorf("name the backup: %w", err)
	}
	_, err = Operate(ctx, dir, OperatorCall{Verb: VerbBackup, File: file})
	return err
}

// Used refuses a directory that no daemon has ever used: what an operator does
// there reaches nobody, and is meant for another one.
func Used(dir string) error {
	_, err := os.Stat(filepath.Join(dir, databaseName))
	if errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("%s holds no chat database: name the daemon's directory with --data, or start chatd there first", dir)
	}
	return nil
}

// errNoDaemon is returned where nobody answers at the control socket.
var errNoDaemon = errors.New("no daemon")

// askDaemon carries the call out through the control socket.
func askDaemon(ctx context.Context, dir string, c OperatorCall) ([]string, error) {
	path, release, err := controlPath(dir)
	if err != nil {
		return nil, errNoDaemon
	}
	defer release()
	nc, err := (&net.Dialer{}).DialContext(ctx, "unix", path)
	if err != nil {
		return nil, errNoDaemon
	}
	defer nc.Close()
	stop := context.AfterFunc(ctx, func() { nc.Close() })
	defer stop()
	if err := json.NewEncoder(nc).Encode(c); err != nil {
		return nil, errNoDaemon // it has just ended
	}
	var a answer
	if err := json.NewDecoder(nc).Decode(&a); err != nil {
		return nil, errors.New("the daemon has ended before it answered: call again")
	}
	return a.result()
}

func (a answer) result() ([]string, error) {
	if a.Err != "" {
		return nil, errors.New(a.Err)
	}
	return a.Rows, nil
}

// operateAlone carries the call out without a daemon.
func operateAlone(ctx context.Context, dir string, c OperatorCall) (rows []string, err error) {
	if c.Verb == VerbStatus {
		return nil, fmt.Errorf("no daemon runs on %s", dir)
	}
	mended, err := store.Secure(dir)
	if err != nil {
		return nil, err
	}
	if len(mended) > 0 {
		return nil, fmt.Errorf("others could change or read the data directory, and can't any more: %s; see whether all in it is yours, then call again",
			strings.Join(mended, "; "))
	}
	lock, err := store.Lock(dir)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, lock.Release()) }()
	s, err := store.Open(dir, store.Options{}) //nolint:contextcheck // as in openStore
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	if c.Verb == VerbBackup {
		return nil, s.Backup(ctx, c.File)
	}
	return operateOn(ctx, s, c)
}

// operateOn runs a hub for one call.
func operateOn(ctx context.Context, s store.Store, c OperatorCall) ([]string, error) {
	state, err := s.Load(ctx)
	if err != nil {
		return nil, fmt.Errorf("load store: %w", err)
	}
	h := hub.New(hub.Config{Random: rand.Reader}, state)
	var out hub.Out
	h.Operator(time.Now(), 1, hub.Command{Verb: c.Verb, Name: c.Name, Hash: c.Hash, Legacy: c.Legacy, Reason: c.Reason}, &out)
	running, stop := context.WithCancel(ctx)
	ended := make(chan error, 1)
	go func() { ended <- s.Run(running) }()
	if len(out.Entries) > 0 {
		s.Append(out.Entries)
		out.Entries = nil
		h.Apply(time.Now(), <-s.Committed(), &out)
	}
	stop()
	if err := <-ended; err != nil {
		return nil, fmt.Errorf("store: %w", err)
	}
	if len(out.Replies) == 0 {
		return nil, errors.New("the call was not carried out: the disk has failed")
	}
	r := out.Replies[0]
	return answer{Rows: r.Rows, Err: r.Err}.result()
}
