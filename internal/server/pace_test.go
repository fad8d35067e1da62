package server

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"labchat/internal/memnet"
	"labchat/internal/wire"
	"labchat/internal/wire/dialects"
)

func TestListsAreAloneWhenTwentyPeopleJoinTalkAndLeaveInASecond(t *testing.T) {
	inMemory(t, func(mem memHarness) {
		old := mem.client("prompt", 1)
		old.say("old")
		pass(time.Second)
		var crowd []*memClient
		for i := range 20 {
			b := mem.client("prompt", byte(10+i))
			b.say(fmt.Sprintf("guest%d", i))
			pass(10 * time.Millisecond)
			b.say("hi")
			b.say("I stay for a second")
			pass(15 * time.Millisecond)
			crowd = append(crowd, b)
		}
		for _, b := range crowd {
			pass(10 * time.Millisecond)
			b.Close()
		}
		pass(time.Minute)
		reads, _ := old.heard()
		lists := mem.paced(reads)
		if last := lists[len(lists)-1]; last.text != `[["old", "10.0.0.1"]]` {
			t.Errorf("the last list is %q", last.text)
		}
		if len(lists) > 6 {
			t.Errorf("%d lists came in about a second and two seconds after it, want the newest only", len(lists))
		}
		if texts := len(reads) - len(lists); texts != 2+20*4 {
			t.Errorf("%d texts came, want greeting, welcome, and four for each of 20: %q", texts, old.texts())
		}
		for _, b := range crowd {
			got, _ := b.heard()
			mem.paced(got)
		}
	})
}

func TestAListIsNotPutBackForEver(t *testing.T) {
	inMemory(t, func(mem memHarness) {
		old := mem.client("prompt", 1)
		old.say("old")
		pass(2 * time.Second)
		began := time.Now()
		for i := range 60 { // more are not listed
			b := mem.client("prompt", byte(10+i))
			b.say(fmt.Sprintf("guest%d", i))
			pass(100 * time.Millisecond)
		}
		pass(10 * time.Second)
		reads, _ := old.heard()
		last := began
		for _, l := range mem.paced(reads) {
			if !l.at.After(began) {
				continue
			}
			if wait := l.at.Sub(last); wait > postpone+3*listGap {
				t.Errorf("a list came %v after the one before it", wait)
			}
			last = l.at
		}
		if late := time.Since(last); last.Equal(began) || late > 10*time.Second+100*time.Millisecond {
			t.Errorf("the last list came %v ago, want one after the last guest", late)
		}
	})
}

func TestTextsOutsideASCIIAreKeptFartherApart(t *testing.T) {
	inMemory(t, func(mem memHarness) {
		a, b := mem.client("prompt", 1), mem.client("prompt", 2)
		a.say("ann")
		b.say("ben")
		pass(5 * time.Second)
		before := len(a.texts())
		b.say("one\n\xc3\xa6\ntwo\nthree\n")
		pass(time.Second)
		reads, _ := a.heard()
		var gaps []time.Duration
		for i := before + 1; i < len(reads); i++ {
			gaps = append(gaps, reads[i].at.Sub(reads[i-1].at))
		}
		want := []time.Duration{30 * time.Millisecond, 30 * time.Millisecond, textGap}
		if fmt.Sprint(gaps) != fmt.Sprint(want) {
			t.Errorf("the gaps are %v, want %v: %q", gaps, want, a.texts())
		}
	})
}

func TestARefusedNameIsToldWhyBeforeTheEnd(t *testing.T) {
	inMemory(t, func(mem memHarness) {
		mem.client("prompt", 1).say("ann")
		b := mem.client("prompt", 2)
		b.say("ann")
		pass(time.Second)
		reads, over := b.heard()
		want := []string{
			"Welcome to this chatroom! Type your username and press enter to continue: ",
			"Username already taken. Please try again.",
		}
		if got := b.texts(); fmt.Sprintf("%q", got) != fmt.Sprintf("%q", want) || !errors.Is(over, io.EOF) {
			t.Errorf("got %q, %v; want %q and the end", got, over, want)
		}
		mem.paced(reads)
	})
}

func TestWhenTheServerStopsItsWordsComeAfterTheListThatWaits(t *testing.T) {
	inMemory(t, func(mem memHarness) {
		a := mem.client("prompt", 1)
		a.say("ann")
		pass(100 * time.Millisecond) // its list is due in 400 ms
		mem.h.end(t)
		reads, over := a.heard()
		if lists := mem.paced(reads); len(lists) != 1 || len(reads) != 4 || !errors.Is(over, io.EOF) {
			t.Errorf("got %q, %v; want greeting, welcome, list, goodbye and the end", a.texts(), over)
		}
	})
}

func TestWhatIsSaidWhileAListWaitsPassesItBy(t *testing.T) {
	inMemory(t, func(mem memHarness) {
		a := mem.client("prompt", 1)
		a.say("ann")
		pass(100 * time.Millisecond) // its list is due in 400 ms
		came := time.Now()
		mem.client("prompt", 2).say("ben")
		pass(5 * time.Second)
		reads, _ := a.heard()
		lists := mem.paced(reads)
		if r := reads[2]; r.text != "ben (IP: 10.0.0.2) connected" || r.at.Sub(came) > textGap {
			t.Errorf("%q came after %v, want the notice at once", r.text, r.at.Sub(came))
		}
		if len(lists) != 1 || lists[0].text != `[["ann", "10.0.0.1"], ["ben", "10.0.0.2"]]` {
			t.Errorf("the lists are %v, want the newest only", lists)
		}
	})
}

func TestLastWordsComeInTimeThoughMuchWaits(t *testing.T) {
	inMemory(t, func(mem memHarness) {
		a := mem.client("prompt", 1)
		a.say("ann")
		pass(time.Second)
		mem.client(Chat, 2).say("login ben\n" + strings.Repeat("msg hi\n", 2000))
		pass(time.Second) // of the 10 that the room's pace needs for that
		mem.h.end(t)
		reads, over := a.heard()
		if last := reads[len(reads)-1].text; last != "The server stops. It will be back soon." || !errors.Is(over, io.EOF) {
			t.Errorf("the last words of %d are %q, %v", len(reads), last, over)
		}
	}, func(cfg *Config) { cfg.Rate = 0 })
}

func TestAQueueDropsWhatIsOldWhenItsConnectionEnds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := &pace{wrote: time.Now(), gap: listGap}
		for i := range 2000 {
			p.put(newFrame(fmt.Appendf(nil, "%d", i), &wire.Delivery{Gap: textGap}, time.Now()))
		}
		p.hasten()
		begun, last, n := time.Now(), "", 0
		for len(p.queue) > 0 {
			<-p.await()
			if f, ok := p.take(); ok {
				last = string(f.bytes)
				p.wrote = time.Now()
				n++
			}
		}
		if took := time.Since(begun); took > lastWords || last != "1999" || n < 100 {
			t.Errorf("%d frames left in %v, the last of them %q; want the newest within %v", n, took, last, lastWords)
		}
		if p.bytes != 0 {
			t.Errorf("an empty queue counts %d bytes", p.bytes)
		}
	})
}

func TestAFramePassesByTheQueueOnlyAfterTheLongerGap(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o := outbox{pace: &pace{}}
		for i, step := range []struct {
			after, gap time.Duration
			want       bool
		}{
			{0, textGap, true},
			{textGap - 1, textGap, false},
			{1, textGap, true},
			{textGap, listGap, false},
			{listGap - textGap, listGap, true},
			{listGap - 1, textGap, false},
			{1, textGap, true},
		} {
			pass(step.after)
			if got := o.mayWrite(step.gap); got != step.want {
				t.Errorf("step %d: got %t, want %t", i+1, got, step.want)
			}
		}
		pass(time.Second)
		if start, full := o.queue(newFrame([]byte("x"), &wire.Delivery{}, time.Now())); !start || full || o.mayWrite(0) {
			t.Error("a frame passes by one that waits")
		}
	})
}

func TestPiecesThatWaitAreNotOneLine(t *testing.T) {
	d := dialects.ByName("prompt")
	f := framer{dialect: d, parser: d.Server(), pieces: true}
	pieces := []string{"ann", "one", "\xc3", "\xa6", "two\nthree", "four"}
	var got []string
	take := func() bool {
		r, ok := f.next(false)
		if g, named := r.(wire.Guest); named {
			got = append(got, g.Name)
		} else if s, said := r.(wire.Say); said {
			got = append(got, s.Text)
		}
		return ok
	}
	for i, p := range pieces {
		f.feed([]byte(p))
		if i == 0 {
			take() // the rest waits
		}
		f.keep()
	}
	f.feed(nil)
	for take() {
	}
	f.keep()
	if want := []string{"ann", "one", "\u00e6", "two", "three", "four"}; fmt.Sprintf("%q", got) != fmt.Sprintf("%q", want) {
		t.Errorf("got %q, want %q", got, want)
	}
	if len(f.kept) > 0 || len(f.borders) > 0 {
		t.Errorf("kept %q and borders %v", f.kept, f.borders)
	}
}

func TestFramesOfACastKeepTheirBorders(t *testing.T) {
	f := newFanout(testLog(t))
	r := &receiver{}
	f.speak(r, dialects.ByName("prompt").Server(), true)
	f.subscribe(r, 1)
	f.tell(1, &wire.Said{From: "ann", Text: "a\nb"}, nil, nil)
	f.deliver(r, &wire.Notice{Text: "c"})
	f.tell(1, &wire.PeerList{}, nil, nil)
	var got []string
	f.flush(func(r *receiver, b []byte) {
		begin := 0
		for _, m := range r.paced.all {
			got = append(got, fmt.Sprintf("%s %v %t", b[begin:m.end], m.delivery.Gap, m.delivery.Replaces != ""))
			begin = m.end
		}
		if begin != len(b) {
			t.Errorf("%q is in no frame", b[begin:])
		}
	})
	want := []string{"ann (IP: 0.0.0.0) said: a 5ms false", "ann (IP: 0.0.0.0) said: b 5ms false", "c 5ms false", "[] 500ms true"}
	if fmt.Sprintf("%q", got) != fmt.Sprintf("%q", want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestAReaderOfThePromptRoomThatNeverReadsIsCutOff(t *testing.T) {
	inMemory(t, func(mem memHarness) {
		l := mem.ports[fmt.Sprintf("127.0.0.1:%d", tcpPorts()["prompt"])]
		stuck := dial(t, l, memnet.Buffer(256))
		io.WriteString(stuck, "stuck")
		pass(time.Second)
		a := mem.client(Chat, 1)
		a.say("login ann\n")
		line := "msg " + strings.Repeat("x", 1900) + "\n"
		for range maxOutbox/1900 + 100 {
			a.say(line)
		}
		a.say("users\n")
		pass(2 * lastWords)
		if texts := a.texts(); !strings.HasSuffix(texts[len(texts)-1], "users ann\n") {
			t.Errorf("it is still there: %.80q", texts[len(texts)-1])
		}
		got, err := io.ReadAll(stuck)
		if err == nil && !bytes.HasPrefix(got, []byte("Welcome")) {
			t.Errorf("got %.80q, %v", got, err)
		}
	}, func(cfg *Config) { cfg.Rate = 0 })
}
