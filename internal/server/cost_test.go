package server

import (
	"bytes"
	"context"
	"log/slog"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"

	"labchat/internal/server/hub"
	"labchat/internal/server/store"
	"labchat/internal/server/store/storetest"
	"labchat/internal/wire"
)

// allocated is how many bytes f has had allocated.
func allocated(f func()) uint64 {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	f()
	runtime.ReadMemStats(&after)
	return after.TotalAlloc - before.TotalAlloc
}

// TestANameThatNobodyHasCostsAsMuchAsAWrongPassword goes by the memory that
// argon2 takes, which is the greater part of all that a login needs: nobody
// can tell by the time which names exist.
func TestANameThatNobodyHasCostsAsMuchAsAWrongPassword(t *testing.T) {
	s := storetest.New(nil)
	j := newJobs(context.Background(), testLog(t), s, newInbox())
	hash := allocated(func() { store.HashPassword(wire.PasswordDigest("any")) })
	unknown := allocated(func() {
		if r := j.check(hub.CheckPassword{Name: "nobody", Digest: wire.PasswordDigest("guess")}); r.OK || r.Err != nil {
			t.Errorf("got %+v", r)
		}
	})
	if unknown < hash*9/10 {
		t.Errorf("a name that nobody has costs %d bytes, a password %d", unknown, hash)
	}
}

// logged is a log that a test reads.
type logged struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *logged) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *logged) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

func TestNoSecretOfAnOperatorsCallIsLogged(t *testing.T) {
	dir, log := t.TempDir(), new(logged)
	h := start(t, func(cfg *Config) {
		cfg.Data = dir
		cfg.Log = slog.New(slog.NewTextHandler(log, &slog.HandlerOptions{Level: slog.LevelDebug - 4}))
	})
	hash := phc()
	for _, c := range []OperatorCall{
		{Verb: hub.VerbAdd, Name: "rita", Hash: hash},
		{Verb: hub.VerbAdd, Name: "rita", Hash: hash}, // refused
		{Verb: hub.VerbPasswd, Name: "rita", Hash: hash},
		{Verb: "dance", Name: "rita", Hash: hash},
		{Verb: VerbBackup, File: filepath.Join(t.TempDir(), "copy.db"), Hash: hash},
	} {
		_, _ = operate(t, dir, c) // some are refused
	}
	h.stop()
	if err := <-h.done; err != nil {
		t.Error(err)
	}
	h.done <- nil
	if !strings.Contains(log.String(), "rita") {
		t.Errorf("the calls are not in the log: %s", log)
	}
	for _, secret := range []string{hash, hash[strings.LastIndex(hash, "$")+1:], "argon2"} {
		if strings.Contains(log.String(), secret) {
			t.Errorf("%q is in the log: %s", secret, log)
		}
	}
}

// TestAHalfLineHoldsWhatItIsLong looks at what is kept of lines whose end has not
// come, in whatever pieces they came.
func TestAHalfLineHoldsWhatItIsLong(t *testing.T) {
	const growth, least = 3, 64 // how much room append leaves for more, and the least that it makes
	for _, dialect := range []string{nativeDialect, oldDialect, "prompt", "sum"} {
		for _, length := range []int{1, 100, 1000, wire.MaxFrame - 100} {
			for _, piece := range []int{1 + length/1000, 100, readBuffer} {
				f := newFramer(dialect)
				for rest := bytes.Repeat([]byte("x"), length); len(rest) > 0; {
					n := min(piece, len(rest))
					f.feed(rest[:n])
					for _, ok := f.next(false); ok; _, ok = f.next(false) {
					}
					f.keep()
					rest = rest[n:]
				}
				if held := cap(f.kept); held > growth*length+least {
					t.Errorf("%s: %d bytes in pieces of %d hold %d", dialect, length, piece, held)
				}
			}
		}
	}
}
