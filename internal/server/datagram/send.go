package datagram

import (
	"errors"
	"fmt"
	"log/slog"
	"net/netip"
	"slices"
	"sort"
	"time"

	"golang.org/x/time/rate"

	"labchat/internal/wire"
)

// sender writes what sessions are told, as far as their budgets go. Owned by
// the loop but for tally.
type sender struct {
	log     *slog.Logger
	out     packetWriter
	tally   *tally
	budgets budgets
	waiting []*session // for which something waits that could not be paid yet
	queued  int        // bytes of all that waits
}

// packetWriter sends datagrams.
type packetWriter interface {
	target(to netip.AddrPort) target
	from(local netip.Addr) (control []byte)
	// send must not wait, nor keep b.
	send(b, control []byte, to target) error
}

// outgoing is what a session is yet to be sent, and what it may be. Owned by
// sender.
type outgoing struct {
	credit  int       // bytes of answers that its datagrams have paid for
	news    allowance // what lines are paid from; zero before the first
	lists   allowance // what lists of its room's members are paid from
	waiting [][]byte  // lines, in this order, once they can be paid
	queued  int       // bytes of them
	list    [][]byte  // what is left of the newest list of members: no other one counts
	awaited bool      // it is in sender.waiting
}

const (
	// maxWaiting bounds the bytes of lines that wait for one session: a minute's.
	// maxAllWaiting bounds those that wait for all.
	maxWaiting    = 64 << 10
	maxAllWaiting = 8 << 20
	// payEvery is how often sessions for which something waits are looked at.
	payEvery = 50 * time.Millisecond
)

// tell sends an event to one session: an answer from what its datagrams have
// paid for, news from its room as fast as it may be told them.
func (w *sender) tell(s *session, e wire.Event, now time.Time) {
	e = suit(e, s)
	switch e.(type) {
	case *wire.Said, *wire.Whispered, *wire.Goodbye:
		w.send(s, w.encode(s, e), now)
	case *wire.PeerList:
		w.sendList(s, w.encode(s, e), now)
	default:
		w.reply(s, e)
	}
}

// cast sends an event to an audience, but for one. It is encoded once a
// dialect.
func (w *sender) cast(audience []*session, e wire.Event, except *session, now time.Time) {
	type coded struct {
		dialect   string
		datagrams [][]byte
	}
	var all []coded
	for _, s := range audience {
		if s == except {
			continue
		}
		i := slices.IndexFunc(all, func(c coded) bool { return c.dialect == s.dialect })
		if i < 0 {
			i = len(all)
			all = append(all, coded{s.dialect, w.encode(s, e)})
		}
		w.send(s, all[i].datagrams, now)
	}
}

func (w *sender) encode(s *session, e wire.Event) [][]byte {
	datagrams, err := s.codec.AppendDatagrams(nil, e)
	if err != nil && !errors.Is(err, wire.ErrUnsupported) {
		w.log.Error("an event can't be written", "event", fmt.Sprintf("%T", e), "err", err)
	}
	if err != nil {
		return nil
	}
	return datagrams
}

// suit fills in our address as the session knows it, where an event tells it.
func suit(e wire.Event, s *session) wire.Event {
	switch e := e.(type) {
	case *wire.Found:
		if e.Addr != "" {
			return e
		}
		found := *e
		found.Addr = s.local.String()
		return &found
	case *wire.PeerList:
		list := *e
		list.Peers = slices.Clone(e.Peers)
		for i := range list.Peers {
			if list.Peers[i].Addr == "" {
				list.Peers[i].Addr = s.local.String()
			}
		}
		return &list
	default:
		return e
	}
}

// reply sends an answer as far as the session has paid for it: of a list its
// beginning, of anything else the whole or nothing. No entry at all would say
// that there is nobody, so that is not sent for a list that was cut.
func (w *sender) reply(s *session, e wire.Event) {
	credit := min(s.credit, w.budgets.credit(s.from.Addr()))
	datagrams := w.encode(s, e)
	if size(datagrams) > credit {
		w.tally.count(dropBalance)
		datagrams = w.beginning(s, e, credit)
	}
	s.credit -= size(datagrams)
	w.budgets.spend(s.from.Addr(), size(datagrams))
	for _, b := range datagrams {
		w.write(s, b)
	}
}

// beginning returns as much of a list as has so many bytes, nil where that is
// no entry.
func (w *sender) beginning(s *session, e wire.Event, bytes int) (fits [][]byte) {
	entries := 0
	switch e := e.(type) {
	case *wire.PeopleList:
		entries = len(e.People)
	case *wire.RoomList:
		entries = len(e.Rooms)
	default:
	}
	sort.Search(entries, func(i int) bool { // of i+1 entries
		datagrams := w.encode(s, cutList(e, i+1))
		if size(datagrams) > bytes {
			return true
		}
		fits = datagrams
		return false
	})
	if size(fits) <= size(w.encode(s, cutList(e, 0))) {
		return nil
	}
	return fits
}

// cutList returns a list with its first entries only.
func cutList(e wire.Event, entries int) wire.Event {
	switch e := e.(type) {
	case *wire.PeopleList:
		return &wire.PeopleList{Re: e.Re, People: e.People[:entries], More: e.More + len(e.People) - entries}
	case *wire.RoomList:
		return &wire.RoomList{Re: e.Re, Rooms: e.Rooms[:entries]}
	default:
		return e
	}
}

func size(datagrams [][]byte) (n int) {
	for _, b := range datagrams {
		n += len(b)
	}
	return n
}

// send sends lines, or as many as the session may be told at once. The others
// wait.
func (w *sender) send(s *session, datagrams [][]byte, now time.Time) {
	if !w.allowNews(s, now) {
		return
	}
	for _, b := range datagrams {
		if len(s.waiting) == 0 && s.news.allow(now, len(b)) {
			w.write(s, b)
			continue
		}
		w.wait(s, b)
	}
}

// sendList sends a list of members in place of what is left of an older one.
func (w *sender) sendList(s *session, datagrams [][]byte, now time.Time) {
	if !w.allowNews(s, now) {
		return
	}
	if s.list = datagrams; !w.sendSome(s, now) {
		w.await(s)
	}
}

// allowNews reports whether a session is told news, and gives it an allowance:
// who has a name and was heard of lately is, and a group.
func (w *sender) allowNews(s *session, now time.Time) bool {
	switch {
	case s.bridge != nil:
		if s.news.own == nil {
			s.news = allowance{rate.NewLimiter(groupRate, groupRate), rate.NewLimiter(rate.Inf, 0)}
		}
		return true
	case !s.named || now.Sub(s.heard) >= newsFor:
		w.tally.count(dropBalance)
		return false
	}
	if s.news.own == nil {
		s.news.own, s.lists.own = rate.NewLimiter(newsRate, newsBurst), rate.NewLimiter(listRate, listBurst)
	}
	host := w.budgets.news(s.from.Addr()) // which the table may have forgotten meanwhile
	s.news.host, s.lists.host = host, host
	return true
}

// write gives the kernel a datagram, never an empty one: that would end old
// programs.
func (w *sender) write(s *session, b []byte) {
	if len(b) > 0 && w.out.send(b, s.control, s.to) != nil {
		w.tally.count(dropRefused)
	}
}

// wait keeps a datagram until it can be paid.
func (w *sender) wait(s *session, b []byte) {
	if s.queued+len(b) > maxWaiting || w.queued+len(b) > maxAllWaiting {
		w.tally.count(dropBudget)
		return
	}
	w.await(s)
	s.waiting = append(s.waiting, b)
	s.queued += len(b)
	w.queued += len(b)
}

// await has a session looked at until nothing waits for it.
func (w *sender) await(s *session) {
	if !s.awaited {
		s.awaited = true
		w.waiting = append(w.waiting, s)
	}
}

// sendWaiting sends what can be paid by now.
func (w *sender) sendWaiting(now time.Time) {
	w.waiting = slices.DeleteFunc(w.waiting, func(s *session) bool {
		s.awaited = !w.sendSome(s, now)
		return !s.awaited
	})
}

// sendSome sends what waits for a session as far as it can be paid, and
// reports whether that was all.
func (w *sender) sendSome(s *session, now time.Time) (all bool) {
	for len(s.waiting) > 0 && s.news.allow(now, len(s.waiting[0])) {
		b := s.waiting[0]
		s.waiting[0] = nil
		s.waiting = s.waiting[1:]
		s.queued -= len(b)
		w.queued -= len(b)
		w.write(s, b)
	}
	for len(s.list) > 0 && s.lists.allow(now, len(s.list[0])) {
		w.write(s, s.list[0])
		s.list = s.list[1:]
	}
	return len(s.waiting)+len(s.list) == 0
}

// drain forgets what a session has not been sent.
func (w *sender) drain(s *session) {
	w.queued -= s.queued
	s.waiting, s.queued, s.list = nil, 0, nil
	if !s.awaited {
		return
	}
	s.awaited = false
	w.waiting = slices.DeleteFunc(w.waiting, func(o *session) bool { return o == s })
}
