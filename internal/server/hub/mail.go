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

// mailOf is a line that the session leaves.
func mailOf(s *session) mail {
	return mail{from: wire.Fold(s.user.name), guest: s.user.account == nil, network: s.network(), session: s.id}
}

// put notes a line that waits.
func (a *account) put(id wire.ID, m mail) {
	if a.inbox == nil {
		a.inbox, a.from = map[wire.ID]mail{}, map[string]int{}
	}
	a.inbox[id] = m
	a.from[m.from]++
	if m.sealed {
		a.sealed++
	}
}

// take forgets a line that waits no longer.
func (a *account) take(id wire.ID) {
	m, ok := a.inbox[id]
	if !ok {
		return
	}
	delete(a.inbox, id)
	if a.from[m.from]--; a.from[m.from] == 0 {
		delete(a.from, m.from)
	}
	if m.sealed {
		a.sealed--
	}
}

// knows reports whether the account has spoken to whoever left a line.
func (a *account) knows(m mail) bool { return !m.guest && slices.Contains(a.talked, m.from) }

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

// yields returns which line gives way for others: of the network whose strangers
// have left most, in it of the one who has left most, of several the one who was
// connected last, and of this one the oldest. 0: none has to. with is a line that
// is about to come, or nil; if newcomer is returned, it is the one.
func (a *account) yields(l Limits, with *mail) wire.ID {
	s := strangers{networks: map[Network]int{}, writers: map[Network]map[writer]left{}}
	all := len(a.inbox)
	for id, m := range a.inbox {
		if !a.knows(m) {
			s.add(id, m)
		}
	}
	if with != nil {
		all++
		if !a.knows(*with) {
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
	acct.put(id, m)
	var gone []wire.ID
	for {
		id := acct.yields(ib.cfg.Limits, nil)
		if id == 0 {
			break
		}
		acct.take(id)
		gone = append(gone, id)
	}
	if len(gone) > 0 {
		acct.gaveWay += len(gone)
		c.out.note(InboxTaken{Name: acct.name, IDs: gone})
	}
}

// fits reports whether an inbox takes one more line from the asker, or refuses.
func (ib *inboxes) fits(c call, acct *account) bool {
	if acct == nil {
		return true
	}
	m := mailOf(c.s)
	switch {
	case acct.from[m.from] >= ib.cfg.Limits.InboxPair:
		c.refuse(wire.CodeFull, "So many of your lines wait for "+acct.name+" that no more are taken. Try again when they have been read.")
	case acct.yields(ib.cfg.Limits, &m) != newcomer:
		return true
	case acct.knows(m):
		c.refuse(wire.CodeFull, "The inbox of "+acct.name+" is full. Try again when it has been read.")
	default:
		c.refuse(wire.CodeFull, "The inbox of "+acct.name+" has no room for more people that "+acct.name+" has not talked with. Try again when it has been read.")
	}
	return false
}

// noteTalk notes that one account has spoken to another, if that is news.
func (ib *inboxes) noteTalk(c call, from, to *account) {
	if from == nil || to == nil || from == to || slices.Contains(from.talked, to.claim.fold) {
		return
	}
	r := Talked{Name: from.name, To: to.name}
	ib.applyTalked(r) // at once: the next line must not note it again
	c.out.note(r)
}

// applyTalked notes what the log has.
func (ib *inboxes) applyTalked(r Talked) {
	acct, to := ib.names.account(r.Name), wire.Fold(r.To)
	if acct == nil || slices.Contains(acct.talked, to) {
		return
	}
	acct.talked = append(acct.talked, to)
	acct.talked = acct.talked[max(0, len(acct.talked)-MaxTalked):]
}

// forgetTalks makes a removed account a stranger to all: its name may be somebody
// else's later.
func (ib *inboxes) forgetTalks(fold string) {
	for cl := range ib.names.all() {
		if cl.account != nil {
			cl.account.talked = slices.DeleteFunc(cl.account.talked, func(other string) bool { return other == fold })
		}
	}
}
