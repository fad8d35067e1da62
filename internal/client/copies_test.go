package client

import (
	"fmt"
	"slices"
	"strconv"
	"testing"
	"testing/synctest"
	"time"

	"labchat/internal/wire"
)

// limited is a fake with the server's spam rule.
type limited struct {
	f       *fake
	times   []time.Time // of the last lines and copies
	blocked time.Time
	order   []string // what was taken
	refused int
	once    func(r wire.Request) *wire.Refused // nil, or what else is refused
}

func limit(f *fake, rate int) *limited {
	l := &limited{f: f}
	f.rate, f.script = rate, l.script
	return l
}

func (l *limited) script(_ *peer, r wire.Request) []wire.Event {
	var what string
	switch r := r.(type) {
	case wire.Say:
		what = "line " + r.Text
	case wire.Seal:
		what = "copy " + string(r.Client)
	default:
		return nil
	}
	now := time.Now()
	l.times = append(slices.DeleteFunc(l.times, func(t time.Time) bool { return now.Sub(t) >= time.Second }), now)
	if len(l.times) > l.f.rate {
		l.blocked = now.Add(10 * time.Second)
	}
	no := &wire.Refused{Code: wire.CodeRate, Text: "Too many lines in a second.", RetryMS: l.blocked.Sub(now).Milliseconds()}
	if !now.Before(l.blocked) {
		no = nil
	}
	if no == nil && l.once != nil {
		no = l.once(r)
	}
	if no != nil {
		no.Re, no.Of = wire.Re{Re: r.RequestTag()}, r.Act()
		l.refused++
		return []wire.Event{no}
	}
	l.order = append(l.order, what)
	if seal, ok := r.(wire.Seal); ok {
		return []wire.Event{l.f.accepted(r, seal.Client, func(wire.ID) {})}
	}
	return nil
}

// taken is what the server has taken, in order.
func (l *limited) taken() []string {
	l.f.mu.Lock()
	defer l.f.mu.Unlock()
	return slices.Clone(l.order)
}

// copies asks for n sealed copies at once.
func (r *rig) copies(n int) (tags []string) {
	for i := range n {
		tags = append(tags, r.s.Do(wire.Seal{To: "bob", Client: wire.ClientID(fmt.Sprint("c", i))}))
	}
	return tags
}

// answersTo counts the events of a kind that answer one of the tags.
func answersTo[E interface {
	wire.Event
	Answers() string
}](r *rig, tags []string) (n int) {
	for _, e := range all[E](r) {
		if slices.Contains(tags, e.Answers()) {
			n++
		}
	}
	return n
}

func TestSealedCopiesGoOutBelowTheRateAndBehindLines(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := serve("chat1", nil)
		defer f.stop()
		l := limit(f, 10)
		r := start(t, f, config(f, newMemStore()))
		defer r.end()
		r.until("online", func() bool { return r.state() == wire.StateOnline && len(all[*wire.Entered](r)) > 0 })
		tags := r.copies(30)
		r.until("some are there", func() bool { return len(l.taken()) >= 5 })
		var last wire.ClientID
		for i := range 5 {
			last = r.s.Say(wire.Lobby, strconv.Itoa(i), false)
		}
		before := len(l.taken())
		r.sent(last)
		if got := l.taken()[before:]; !slices.Equal(got[len(got)-5:], []string{"line 0", "line 1", "line 2", "line 3", "line 4"}) || len(got) > 6 {
			t.Errorf("lines did not go first: %q", got)
		}
		r.until("all are answered", func() bool { return answersTo[*wire.Accepted](r, tags) == 30 })
		if l.refused > 0 || answersTo[*wire.Refused](r, tags) > 0 {
			t.Errorf("the server has refused %d", l.refused)
		}
		var copies []string
		for _, what := range l.taken() {
			if what[:4] == "copy" {
				copies = append(copies, what)
			}
		}
		for i, what := range copies {
			if want := fmt.Sprint("copy c", i); what != want {
				t.Fatalf("copy %d is %q, want %q", i, what, want)
			}
		}
	})
}

func TestASealedCopyThatIsRefusedForNowGoesOutLater(t *testing.T) {
	for _, code := range []wire.Code{wire.CodeRate, wire.CodeThrottled, wire.CodeBusy, wire.CodeStorage} {
		t.Run(string(code), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				f := serve("chat1", nil)
				defer f.stop()
				l := limit(f, 10)
				times := 2
				l.once = func(wire.Request) *wire.Refused {
					if times--; times < 0 {
						return nil
					}
					return &wire.Refused{Code: code, RetryMS: 3000}
				}
				r := start(t, f, config(f, newMemStore()))
				defer r.end()
				r.until("online", func() bool { return r.state() == wire.StateOnline })
				tags := r.copies(4)
				r.until("all are answered", func() bool { return answersTo[*wire.Accepted](r, tags) == 4 })
				if n := answersTo[*wire.Refused](r, tags); n > 0 {
					t.Errorf("%d refusals came out", n)
				}
				if got, want := l.taken(), []string{"copy c0", "copy c1", "copy c2", "copy c3"}; !slices.Equal(got, want) {
					t.Errorf("got %q, want %q", got, want)
				}
			})
		})
	}
}

func TestASealedCopyIsAnsweredOnceWhateverHappens(t *testing.T) {
	for name, happens := range map[string]func(r *rig){
		"the connection is lost":    func(r *rig) { r.f.cut() },
		"the session is another's":  func(r *rig) { r.s.Do(wire.Login{Name: "anna", Password: "pw"}) },
		"it is refused for good":    func(r *rig) {},
		"the session has ended":     func(r *rig) { r.end() },
		"the connection is offline": func(r *rig) { r.f.stop() },
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				f := serve("chat1", nil)
				defer f.stop()
				l := limit(f, 10)
				if name == "it is refused for good" {
					l.once = func(wire.Request) *wire.Refused { return &wire.Refused{Code: wire.CodeNoUser} }
				}
				r := start(t, f, config(f, newMemStore()))
				defer r.end()
				r.until("online", func() bool { return r.state() == wire.StateOnline })
				tags := r.copies(20)
				synctest.Wait()
				happens(r)
				answered := func() int { return answersTo[*wire.Accepted](r, tags) + answersTo[*wire.Refused](r, tags) }
				r.until("all are answered", func() bool { return answered() >= 20 })
				<-time.After(time.Minute)
				synctest.Wait()
				if n := answered(); n != 20 {
					t.Errorf("%d answers came to 20 requests", n)
				}
			})
		})
	}
}
