package datagram

import (
	"log/slog"
	"sync/atomic"
	"time"
)

// drop is a reason why a datagram went no further.
type drop uint8

const (
	dropForeign  drop = iota // from where the registry does not answer
	dropLong                 // longer than any dialect's
	dropUnknown              // in no dialect
	dropRate                 // more than one address may ask
	dropBehind               // the loop is behind
	dropPending              // too much of its session waits
	dropBalance              // an answer larger than what an unknown address has paid for
	dropBudget               // more than an address gets in time
	dropRefused              // the kernel did not take it
	dropForged               // not signed with the secret of an endpoint
	dropReplayed             // not newer than the endpoint's last signal
	drops
)

// dropNames are how the drops are called in the log.
var dropNames = [drops]string{"foreign", "long", "unknown", "rate", "behind", "pending", "balance", "budget", "refused", "forged", "replayed"}

// tally counts what was dropped. Everybody counts, the loop logs.
type tally struct {
	n      [drops]atomic.Int64
	logged time.Time // owned by the loop
}

// logEvery is how often what was dropped is logged at most.
const logEvery = time.Minute

func (t *tally) count(d drop) { t.n[d].Add(1) }

// log writes what was dropped since the last time, if anything was.
func (t *tally) log(log *slog.Logger, now time.Time) {
	if now.Sub(t.logged) < logEvery {
		return
	}
	var attrs []any
	for d := range t.n {
		if n := t.n[d].Swap(0); n > 0 {
			attrs = append(attrs, slog.Int64(dropNames[d], n))
		}
	}
	if attrs != nil {
		t.logged = now
		log.Info("datagrams dropped", attrs...)
	}
}
