package private

import (
	"time"

	"labchat/internal/session"
)

var (
	// findBackoff is how long it takes until somebody is looked for again whom lines
	// wait for.
	findBackoff = session.Backoff{First: 2 * time.Second, Last: 60 * time.Second}
	// improveBackoff is the same for a direct way while lines go through the relay.
	improveBackoff = session.Backoff{First: 5 * time.Second, Last: 2 * time.Minute}
)

// searchState is what is done to find a way to somebody, or a better one than there is.
type searchState uint8

// The states of a search.
const (
	idle       searchState = iota // nothing, until something happens
	waiting                       // the server is asked when the date has come
	coming                        // as waiting: they had no key a moment ago, and may be about to tell one
	asking                        // the server is asked who they are
	confirming                    // as asking: without a key this time, too, they have none
	calling                       // they are called, and their program or person has not agreed yet
	meeting                       // both sides want a link, and try to make one
	searchStates
)

// searchEvent is what moves a search.
type searchEvent uint8

// The events of a search.
const (
	onRetry   searchEvent = iota // they are to be looked for at a date
	onDue                        // the date has come
	onAnswer                     // the server has said who they are, or has refused to
	onKeyless                    // they have no key yet
	onCall                       // a call begins
	onMeet                       // both sides have agreed on a call
	onEnd                        // the call is over: refused, declined, or out of time
	onRest                       // they need not be looked for
	onStop                       // there is a link as good as can be, or none is wanted
	onOffline                    // the server is gone
	searchEvents
)

// transitions is the table of a search: what each event makes of each state.
var transitions = [searchStates][searchEvents]searchState{
	//           onRetry     onDue       onAnswer onKeyless onCall   onMeet   onEnd       onRest      onStop      onOffline
	idle:       {waiting, idle, idle, coming, calling, meeting, idle, idle, idle, idle},
	waiting:    {waiting, asking, waiting, coming, calling, meeting, waiting, idle, idle, idle},
	coming:     {coming, confirming, coming, coming, calling, meeting, coming, idle, idle, idle},
	asking:     {asking, asking, idle, asking, calling, meeting, asking, asking, asking, idle},
	confirming: {confirming, confirming, idle, confirming, calling, meeting, confirming, confirming, confirming, idle},
	calling:    {calling, calling, calling, calling, calling, meeting, idle, calling, idle, idle},
	meeting:    {meeting, meeting, meeting, meeting, meeting, meeting, idle, meeting, idle, idle},
}

// search looks for a way to somebody. It owns its state, the dates at which the state ends
// by itself, and the call that is under way. Owned by loop.
type search struct {
	state    searchState // changed by move alone
	at       time.Time   // when the server is asked: while waiting or coming, else zero
	tries    int         // in a row that have led to no link
	call     *call       // while calling or meeting, else nil
	improve  time.Time   // when a direct way is looked for beside the relay, zero: not
	improves int         // in a row that have led to none
	poked    bool        // a person wants a link though no line waits
	urgent   bool        // likewise the way there was has broken
}

// move follows the table, and drops what the next state does not hold.
func (s *search) move(e searchEvent) {
	s.state = transitions[s.state][e]
	if s.state != waiting && s.state != coming {
		s.at = time.Time{}
	}
	if s.state != calling && s.state != meeting {
		s.call = nil
	}
	if e == onStop || e == onOffline {
		s.improve = time.Time{}
	}
}

// wait has the server asked at a date, unless something is under way that leads there.
func (s *search) wait(at time.Time) {
	if s.move(onRetry); s.state == waiting || s.state == coming {
		s.at = at
	}
}

// findSoon has the server asked at once.
func (s *search) findSoon() {
	s.wait(time.Now())
	s.tries = 0
}

// findLater has the server asked after a while.
func (s *search) findLater(now time.Time) {
	s.wait(now.Add(findBackoff.Wait(s.tries)))
	s.tries++
}

// start puts a call in the place of the one that there may be.
func (s *search) start(k *call, e searchEvent) {
	s.move(e)
	s.call = k
}

// earliest is the earlier of its dates, zero: there is none.
func (s *search) earliest() time.Time {
	if s.at.IsZero() || !s.improve.IsZero() && s.improve.Before(s.at) {
		return s.improve
	}
	return s.at
}
