package plain_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"labchat/internal/plain"
	"labchat/internal/wire"
)

// page answers a request for lines of lab3 with those from one number to another.
func page(tag string, from, to int, more bool) []wire.Event {
	events := []wire.Event{&wire.Gap{Re: wire.Re{Re: tag}, Room: "lab3", From: id(from), To: id(to), Count: to - from + 1, More: more}}
	for n := from; n <= to; n++ {
		events = append(events, said(n, "lab3", "bob", "line"))
	}
	return events
}

// minutes lists the minutes of the lines in an output, which stand for their
// numbers.
func minutes(out string) string {
	var list []string
	for line := range strings.Lines(out) {
		if at, _, ok := strings.Cut(line, " #lab3 bob: "); ok {
			list = append(list, strings.TrimPrefix(at, "14:"))
		}
	}
	return strings.Join(list, " ")
}

// inLab3At is our coming into the room whose newest line has a number.
func inLab3At(n int) *wire.Entered {
	return &wire.Entered{Re: wire.Re{Re: "t1"}, Room: "lab3", Last: id(n)}
}

func TestTailReadsWhatItMissedPageByPageBeforeWhatIsSaidThen(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		r, _ := tailing(t, ctx, 0, false, false)
		r.hear(online())
		r.hear(inLab3At(1))
		r.hear(said(2, "lab3", "bob", "line"))
		r.hear(offline("reset"))
		r.hear(&wire.Status{State: wire.StateConnecting})
		// A session tells the newest missed lines by itself, before and after it is online.
		r.hear(&wire.Entered{Room: "lab3", Last: id(9)}, &wire.Gap{Room: "lab3", From: id(8), To: id(9), Count: 2, More: true}, said(8, "lab3", "bob", "line"))
		r.hear(online(), said(9, "lab3", "bob", "line"), said(10, "lab3", "bob", "line"))
		if got, want := r.s.lastAsked(), "wire.History{Head:{Tag:} Room:lab3 Before:0 After:"+id(2).String()+" Limit:500}"; got != want {
			t.Fatalf("got %q, want %q", got, want)
		}
		r.hear(page("t2", 3, 6, true)...)
		r.hear(offline("reset")) // in the middle of the next page
		r.hear(page("t3", 7, 8, false)[:2]...)
		r.hear(online())
		r.hear(page("t4", 7, 9, false)...)
		r.hear(said(11, "lab3", "bob", "line"))
		cancel()
		if err := r.result(); !errors.Is(err, context.Canceled) {
			t.Error(err)
		}
		if got, want := minutes(r.out.String()), "02 03 04 05 06 07 08 09 10 11"; got != want {
			t.Errorf("got the lines %s, want %s", got, want)
		}
	})
}

func TestTailReadsAgainWhatWasLeftOutForItsReader(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		r, _ := tailing(t, ctx, 0, false, false)
		r.hear(online())
		r.hear(inLab3At(1))
		r.hear(&wire.Gap{Room: "lab3", From: id(2), To: id(4), More: true, Out: 3}, said(5, "lab3", "bob", "line"))
		r.hear(&wire.Gap{Room: "lab3", From: id(6), To: id(7), More: true, Out: 2}) // while that is read
		r.hear(page("t2", 2, 5, false)...)
		r.hear(page("t3", 6, 7, false)...)
		r.hear(said(8, "lab3", "bob", "line"))
		cancel()
		if err := r.result(); !errors.Is(err, context.Canceled) {
			t.Error(err)
		}
		if got, want := minutes(r.out.String()), "02 03 04 05 06 07 08"; got != want {
			t.Errorf("got the lines %s, want %s", got, want)
		}
	})
}

func TestTailPrintsNothingFromBeforeItJoined(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		r, _ := tailing(t, ctx, 0, false, false)
		// The profile was in the room before: the session tells what it has missed.
		r.hear(online(), &wire.Entered{Room: "lab3", Last: id(2)}, &wire.Gap{Room: "lab3", From: id(1), To: id(2), Count: 2},
			said(1, "lab3", "bob", "line"), said(2, "lab3", "bob", "line"))
		r.hear(inLab3At(3))
		r.hear(said(3, "lab3", "bob", "line"), said(4, "lab3", "bob", "line"))
		cancel()
		if err := r.result(); !errors.Is(err, context.Canceled) {
			t.Error(err)
		}
		if got, want := minutes(r.out.String()), "04"; got != want {
			t.Errorf("got the lines %s, want %s", got, want)
		}
	})
}

func TestTailSaysWhereLinesAreMissingAndEndsWhereTheyCantBeHad(t *testing.T) {
	refusal := func(code wire.Code, words string) []wire.Event {
		return []wire.Event{&wire.Refused{Re: wire.Re{Re: "t2"}, Of: wire.ActHistory, Code: code, Text: words}}
	}
	away := [][]wire.Event{{offline("reset")}, {online()}}
	for _, c := range []struct {
		name  string
		heard [][]wire.Event
		count int
		want  string
	}{
		{"an older server, after an outage", append(away, refusal(wire.CodeUnsupported, "no words")), 0, "keeps no lines"},
		{"an older server, and a reader that stood still", [][]wire.Event{
			{&wire.Gap{Room: "lab3", From: id(2), To: id(4), More: true, Out: 3}}, refusal(wire.CodeUnsupported, "no words"),
		}, 3, "keeps no lines"},
		{"not a member any more", append(away, refusal(wire.CodeNotMember, "Join the room first.")), 0, "Join the room first."},
		{"sent out of the room", [][]wire.Event{
			{&wire.LoggedIn{Name: "me"}}, {&wire.Left{Room: "lab3", Name: "Me"}}, refusal(wire.CodeNotMember, "Join the room first."),
		}, 0, "Join the room first."},
		{"no such room any more", append(away, refusal(wire.CodeNoRoom, "There is no room lab3.")), 0, "There is no room lab3."},
		{"never answered", append(away, refusal(wire.CodeUnanswered, "It has not answered.")), 0, "has not told them within 45 seconds"},
		{"silence", away, 0, "has not told them within 45 seconds"},
		{"a page that stops in its midst", append(away, page("t2", 2, 9, false)[:1]), 0, "has not told them within 45 seconds"},
		{"a server that has lost lines", append(away, []wire.Event{&wire.Entered{Room: "lab3", Last: id(0)}}), 0, "has lost lines"},
		{"the session is over", append(away, []wire.Event{&wire.Status{State: wire.StateEnded, Reason: "You came in elsewhere."}}), 0, "You came in elsewhere."},
	} {
		for _, json := range []bool{false, true} {
			t.Run(c.name+map[bool]string{true: ", for programs"}[json], func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					r, _ := tailing(t, t.Context(), 0, false, json)
					r.hear(online())
					r.hear(inLab3At(1))
					for _, batch := range c.heard {
						r.hear(batch...)
					}
					missing, ok := errors.AsType[*plain.GapError](r.result())
					if !ok || missing.After != id(1) || missing.Count != c.count || !strings.Contains(missing.Error(), c.want) {
						t.Fatalf("got %v, want lines missing: %s", missing, c.want)
					}
					want := missing.Error() + "\n"
					if json {
						want = `{"type":"gap","room":"lab3","after":"` + id(1).String() + `"`
					}
					if got := r.out.String(); !strings.HasPrefix(got, want) || strings.Count(got, "\n") != 1 {
						t.Errorf("got %q, want %q", got, want)
					}
				})
			})
		}
	}
}

func TestTailEndsWhereItIsSentOutOfTheRoomWhileItReads(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), time.Hour)
		defer cancel()
		r, _ := tailing(t, ctx, 0, false, false)
		r.hear(online())
		r.hear(inLab3At(1), &wire.LoggedIn{Name: "me"})
		r.hear(offline("reset"))
		r.hear(online())
		r.hear(&wire.Left{Room: "lab3", Name: "me"}) // the page below was read before that
		r.hear(page("t2", 2, 3, false)...)
		r.hear(&wire.Refused{Re: wire.Re{Re: "t3"}, Of: wire.ActHistory, Code: wire.CodeNotMember, Text: "Join the room first."})
		if missing, ok := errors.AsType[*plain.GapError](r.result()); !ok || missing.After != id(3) {
			t.Errorf("got %v, want the lines behind the third missing", missing)
		}
	})
}

func TestTailFollowsOnWhereTheConnectionIsFoundDeadWhileItReads(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		r, _ := tailing(t, ctx, 0, false, false)
		r.hear(online())
		r.hear(inLab3At(1))
		r.hear(offline("reset"))
		r.hear(online())
		<-time.After(30 * time.Second) // nothing comes, and the session finds out
		r.hear(&wire.Refused{Re: wire.Re{Re: "t2"}, Of: wire.ActHistory, Code: wire.CodeUnanswered})
		r.hear(offline("does not answer any more"))
		r.hear(online())
		r.hear(page("t3", 2, 2, false)...)
		if got, want := minutes(r.out.String()), "02"; got != want {
			t.Errorf("got the lines %q, want %s", got, want)
		}
		cancel()
		if err := r.result(); !errors.Is(err, context.Canceled) {
			t.Errorf("it ended by itself: %v", err)
		}
	})
}

func TestTailWaitsForAServerThatIsAwayForEver(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		r, problems := tailing(t, ctx, 0, false, false)
		r.hear(online())
		r.hear(inLab3At(1))
		r.hear(offline("reset"))
		<-time.After(24 * time.Hour)
		r.hear(online())
		r.hear(&wire.Refused{Re: wire.Re{Re: "t2"}, Of: wire.ActHistory, Code: wire.CodeBusy, RetryMS: 60_000})
		<-time.After(61 * time.Second)
		r.hear(page("t3", 2, 2, false)...)
		if got, want := minutes(r.out.String()), "02"; got != want {
			t.Errorf("got the lines %q, want %s", got, want)
		}
		if !strings.Contains(problems.String(), "connection lost: reset.") {
			t.Errorf("got %q, want the lost connection", problems)
		}
		cancel()
		if err := r.result(); !errors.Is(err, context.Canceled) {
			t.Error(err)
		}
	})
}

func TestTailWithoutFollowingEndsWhenNothingComesFor30Seconds(t *testing.T) {
	busy := func(n int) []wire.Event {
		tag := map[int]string{0: "t2", 1: "t3", 2: "t4", 3: "t5", 4: "t6"}[n]
		return []wire.Event{&wire.Refused{Re: wire.Re{Re: tag}, Of: wire.ActHistory, Code: wire.CodeBusy, RetryMS: 5000}}
	}
	for name, each := range map[string]func(n int) []wire.Event{
		"a server that comes and goes": func(int) []wire.Event { return []wire.Event{offline("reset"), online()} },
		"a server that is busy":        busy,
		"one that others talk at":      func(n int) []wire.Event { return []wire.Event{said(20+n, "lab3", "bob", "chatter"), online()} },
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				r, _ := tailing(t, t.Context(), plain.All, true, false)
				r.hear(online(), inLab3)
				began := time.Now()
				for n := range 5 {
					r.hear(each(n)...)
					<-time.After(5500 * time.Millisecond)
				}
				if _, ok := errors.AsType[*plain.GapError](r.result()); !ok || time.Since(began) != 30*time.Second {
					t.Errorf("it ended after %v, want 30 seconds, and lines that are missing", time.Since(began))
				}
			})
		})
	}
}

func TestWhoIsNotLetInIsToldWithin90Seconds(t *testing.T) {
	for name, begin := range map[string]func(*testing.T) *run{
		"send": func(t *testing.T) *run { t.Helper(); return sending(t, "hello") },
		"tail": func(t *testing.T) *run { t.Helper(); r, _ := tailing(t, t.Context(), 1, false, true); return r },
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				began := time.Now()
				r := begin(t)
				for range 8 {
					<-time.After(10 * time.Second)
					r.hear(online(), said(1, "lobby", "bob", "chatter"))
				}
				err := r.result()
				if err == nil || !strings.Contains(err.Error(), "#lab3 was not entered within 90 seconds") || time.Since(began) != 90*time.Second {
					t.Errorf("got %v after %v, want a sentence after 90 seconds", err, time.Since(began))
				}
			})
		})
	}
}
