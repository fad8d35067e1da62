package hub

import (
	"fmt"
	"time"

	"labchat/internal/wire"
)

// What the disk keeps of lines costs bytes of two budgets: one of the account, or
// of the guest's session, and one of the network. Thirty people behind one
// address have that together; over it each who came before it was used up, or
// whose account was made before, has some of their own, so that one who fills
// the disk mutes nobody who was there. Nothing counts without a rate.

// keeps counts the bytes of an account, or of a guest's session.
type keeps struct {
	spent budget
	quiet budget // what is left where the network has nothing
}

// kept counts the bytes of a network that the disk keeps.
type kept struct {
	spent budget
	// dry is when the budget was found to be used up, zero while it is not.
	dry time.Time
}

// keptSize is what the disk keeps of a record, 0 where it keeps nothing. What
// recognises a line that is sent again counts as part of it.
func keptSize(r Record) int {
	switch r := r.(type) {
	case Line:
		return len(r.Text) + keptOverhead
	case Whisper:
		if r.Keep {
			return len(r.Text) + keptOverhead
		}
	case SealedNote:
		return len(r.Note.Box) + len(r.Note.Sig) + keptOverhead
	default:
	}
	return 0
}

// mayKeep pays for what the disk keeps of a line, or refuses the line with the
// reason.
func (bs *budgets) mayKeep(c call, r Record) bool {
	n := keptSize(r)
	if n == 0 {
		return true
	}
	if bs.diskFull {
		c.refuseFor(wire.CodeStorage, fullRetry, "The server's disk is almost full, so no new lines are taken. "+
			"All else works, and lines can be read. Tell whoever runs the server.")
		return false
	}
	if bs.cfg.Rate <= 0 {
		return true
	}
	own, sh := c.s.keeps(), bs.shareOf(c.s)
	if wait := own.spent.lacks(c.now, n, ownKept); wait > 0 {
		c.refuseFor(wire.CodeRate, wait, fmt.Sprintf("You have written %d MiB within an hour, and no more is kept. Try again in %s.",
			ownKept.atOnce>>20, inWords(wait)))
		return false
	}
	switch wait := sh.lacksKept(c.now, n); {
	case wait <= 0:
		sh.keep(c.now, n)
	case !c.s.here().Before(sh.kept.dry) || own.quiet.spend(c.now, n, quietKept) > 0:
		c.refuseFor(wire.CodeRate, wait, fmt.Sprintf("So much was written from %s within an hour that no more of it is kept. Try again in %s.",
			sh.network, inWords(wait)))
		return false
	}
	own.spent.take(c.now, n, ownKept)
	return true
}

// keeps are the budgets of the session's account, if it has one, however often it
// comes, or those of the session.
func (s *session) keeps() *keeps {
	if acct := s.account(); acct != nil {
		return &acct.kept
	}
	return &s.pace.kept
}

// here is since when the session is here, or its account.
func (s *session) here() time.Time {
	if acct := s.account(); acct != nil {
		return acct.made.Time()
	}
	return s.since
}

// lacksKept is how long to wait until a network, and its site, may write so
// many bytes. It notes when there are none left.
func (sh *share) lacksKept(now time.Time, n int) time.Duration {
	if sh == nil {
		return 0
	}
	wait := sh.kept.spent.lacks(now, n, networkKept)
	if sh.site != nil {
		wait = max(wait, sh.site.kept.spent.lacks(now, n, networkKept.wide()))
	}
	switch {
	case wait > 0 && sh.kept.dry.IsZero():
		sh.kept.dry = now
	case wait <= 0 && sh.kept.spent.lacks(now, networkKept.atOnce/2, networkKept) <= 0: // half of it is there again
		sh.kept.dry = time.Time{}
	}
	return wait
}

// keep takes bytes that a network and its site do not lack.
func (sh *share) keep(now time.Time, n int) {
	if sh == nil {
		return
	}
	sh.kept.spent.take(now, n, networkKept)
	if sh.site != nil {
		sh.site.kept.spent.take(now, n, networkKept.wide())
	}
}

// inWords is about how long something takes.
func inWords(d time.Duration) string {
	if d < time.Minute {
		return fmt.Sprintf("%d s", int(d/time.Second)+1)
	}
	return fmt.Sprintf("%d min", int(d/time.Minute)+1)
}

// SetDiskFull reports whether the disk has room for new lines.
func (h *Hub) SetDiskFull(full bool) { h.budgets.diskFull = full }
