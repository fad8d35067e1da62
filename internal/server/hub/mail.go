package hub

import (
	"cmp"
	"math"
	"slices"

	"labchat/internal/wire"
)

// MaxTalked is how many accounts one is known to have spoken to; the one that it
// has spoken to first is forgotten above it.
const MaxTalked = 500

// mail is a line that waits.
type mail struct {
	from    string    // by Fold
	guest   bool      // who said it was no account
	sealed  bool      // only one of the account's devices can read it
	network Network   // from where it was said, zero: not known
	session SessionID // by whom, 0: by nobody since the start
}

// inbox is the private lines that wait for an account, and whom the account knows
// by having written to them. Owned by inboxes.
type inbox struct {
	lines   map[wire.ID]mail
	from    map[string]int // of them, by sender, by Fold
	sealed  int            // of them
	gaveWay int            // strangers' lines that gave way since the account was told
	talked  []string       // accounts that it has spoken to in private, by Fold, the newest last
}

// count is how many lines wait that the session's program can be told.
func (b *inbox) count(s *session) int {
	if s.isOld() {
		return len(b.lines) - b.sealed
	}
	return len(b.lines)
}

// hasAfter reports whether a line waits that is newer than one.
func (b *inbox) hasAfter(id wire.ID) bool {
	for other := range b.lines {
		if other > id {
			return true
		}
	}
	return false
}

// put notes a line that waits.
func (b *inbox) put(id wire.ID, m mail) {
	if b.lines == nil {
		b.lines, b.from = map[wire.ID]mail{}, map[string]int{}
	}
	b.lines[id] = m
	b.from[m.from]++
	if m.sealed {
		b.sealed++
	}
}

// take forgets a line that waits no longer.
func (b *inbox) take(id wire.ID) {
	m, ok := b.lines[id]
	if !ok {
		return
	}
	delete(b.lines, id)
	if b.from[m.from]--; b.from[m.from] == 0 {
		delete(b.from, m.from)
	}
	if m.sealed {
		b.sealed--
	}
}

// knows reports whether its account has spoken to whoever left a line.
func (b *inbox) knows(m mail) bool { return !m.guest && slices.Contains(b.talked, m.from) }

// writer is who has left lines: an account by its name, a guest by its session,
// whatever it calls itself, or by its name after a restart.
type writer struct {
	from    string
	session SessionID
}

func (m mail) writer() writer {
	if m.guest && m.session != 0 {
		return writer{session: m.session}
	}
	return writer{from: m.from}
}

// left is what one stranger, or all of one network, have left in an inbox.
type left struct {
	lines  int
	oldest wire.ID
	since  SessionID // the session that left the newest
}

// newcomer stands for a line that has no id yet: the newest.
const newcomer = wire.ID(math.MaxUint64)

// strangers counts the lines of those that the account has not spoken to.
type strangers struct {
	lines    int
	networks map[Network]int
	writers  map[Network]map[writer]left
}

func (s *strangers) add(id wire.ID, m mail) {
	s.lines++
	s.networks[m.network]++
	if s.writers[m.network] == nil {
		s.writers[m.network] = map[writer]left{}
	}
	l := s.writers[m.network][m.writer()]
	if l.lines++; l.lines == 1 || id < l.oldest {
		l.oldest = id
	}
	l.since = max(l.since, m.session)
	s.writers[m.network][m.writer()] = l
}

// yield returns which line gives way for others: of the network whose strangers
// have left most, in it of the one who has left most, of several the one who was
// connected last, and of this one the oldest. 0: none has to. with is a line that
// is about to come, or nil; if newcomer is returned, it is the one.
func (b *inbox) yield(l Limits, with *mail) wire.ID {
	s := strangers{networks: map[Network]int{}, writers: map[Network]map[writer]left{}}
	all := len(b.lines)
	for id, m := range b.lines {
		if !b.knows(m) {
			s.add(id, m)
		}
	}
	if with != nil {
		all++
		if !b.knows(*with) {
			s.add(newcomer, *with)
		}
	}
	if s.lines == 0 {
		if with != nil && all > l.Inbox {
			return newcomer
		}
		return 0
	}
	network, most := Network{}, 0
	for n, lines := range s.networks {
		if lines > most || lines == most && n.String() < network.String() {
			network, most = n, lines
		}
	}
	if all <= l.Inbox && s.lines <= l.InboxStrangers && most <= l.InboxAddress {
		return 0
	}
	worst := left{}
	for _, w := range s.writers[network] {
		if cmp.Or(cmp.Compare(w.lines, worst.lines), cmp.Compare(w.since, worst.since), cmp.Compare(w.oldest, worst.oldest)) > 0 {
			worst = w
		}
	}
	return worst.oldest
}

// keep puts a line into an account's inbox, where older ones give way to it.
func (ib *inboxes) keep(c call, acct *account, id wire.ID, m mail) {
	acct.inbox.put(id, m)
	var gone []wire.ID
	for {
		id := acct.inbox.yield(ib.cfg.Limits, nil)
		if id == 0 {
			break
		}
		acct.inbox.take(id)
		gone = append(gone, id)
	}
	if len(gone) > 0 {
		acct.inbox.gaveWay += len(gone)
		c.out.note(InboxTaken{Name: acct.name, IDs: gone})
	}
}

// fits reports whether an inbox takes one more line from the asker, or refuses.
func (ib *inboxes) fits(c call, acct *account) bool {
	if acct == nil {
		return true
	}
	m := mail{from: wire.Fold(c.s.user.name), guest: c.s.user.account == nil, network: c.s.network(), session: c.s.id}
	switch {
	case acct.inbox.from[m.from] >= ib.cfg.Limits.InboxPair:
		c.refuse(wire.CodeFull, "So many of your lines wait for "+acct.name+" that no more are taken. Try again when they have been read.")
	case acct.inbox.yield(ib.cfg.Limits, &m) != newcomer:
		return true
	case acct.inbox.knows(m):
		c.refuse(wire.CodeFull, "The inbox of "+acct.name+" is full. Try again when it has been read.")
	default:
		c.refuse(wire.CodeFull, "The inbox of "+acct.name+" has no room for more people that "+acct.name+" has not talked with. Try again when it has been read.")
	}
	return false
}

// noteTalk notes that one account has spoken to another, if that is news.
func (ib *inboxes) noteTalk(c call, from, to *account) {
	if from == nil || to == nil || from == to || slices.Contains(from.inbox.talked, to.claim.fold) {
		return
	}
	r := Talked{Name: from.name, To: to.name}
	ib.applyTalked(r) // at once: the next line must not note it again
	c.out.note(r)
}

// applyTalked notes what the log has.
func (ib *inboxes) applyTalked(r Talked) {
	acct, to := ib.names.account(r.Name), wire.Fold(r.To)
	if acct == nil || slices.Contains(acct.inbox.talked, to) {
		return
	}
	acct.inbox.talked = append(acct.inbox.talked, to)
	acct.inbox.talked = acct.inbox.talked[max(0, len(acct.inbox.talked)-MaxTalked):]
}

// forgetTalks makes a removed account a stranger to all: its name may be somebody
// else's later.
func (ib *inboxes) forgetTalks(fold string) {
	for cl := range ib.names.all() {
		if cl.account != nil {
			cl.account.inbox.talked = slices.DeleteFunc(cl.account.inbox.talked, func(other string) bool { return other == fold })
		}
	}
}
