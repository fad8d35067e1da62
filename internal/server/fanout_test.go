package server

import (
	"bytes"
	"fmt"
	"log/slog"
	"testing"

	"pgregory.net/rapid"

	"labchat/internal/server/hub"
	"labchat/internal/wire"
	"labchat/internal/wire/dialects"
)

// naive is what the fan-out must be like: each receiver has a buffer, and each
// effect is encoded for each receiver as it comes.
type naive struct {
	codec     wire.ServerCodec
	audiences map[hub.Audience]bool
	got       bytes.Buffer
}

func (n *naive) tell(t *rapid.T, e wire.Event) {
	if n.codec == nil {
		return
	}
	b, _, err := n.codec.AppendEvent(nil, e)
	if err != nil {
		t.Fatal(err)
	}
	n.got.Write(b)
}

// fanModel runs random effects through a fanout and through naive receivers.
type fanModel struct {
	fan       *fanout
	receivers []*receiver
	naive     []*naive
	got       []bytes.Buffer
	writes    []int // in this round
	lines     int
}

func newFanModel(n int) *fanModel {
	m := &fanModel{fan: newFanout(slog.New(slog.DiscardHandler)), got: make([]bytes.Buffer, n), writes: make([]int, n)}
	dialects := []wire.Dialect{dialects.ByName(nativeDialect), dialects.ByName(oldDialect), nil}
	for i := range n {
		r, v := &receiver{}, &naive{audiences: map[hub.Audience]bool{}}
		if d := dialects[i%3]; d != nil {
			m.fan.speak(r, d.Server(), false)
			v.codec = d.Server()
		}
		m.receivers, m.naive = append(m.receivers, r), append(m.naive, v)
	}
	return m
}

func (m *fanModel) line() wire.Event {
	m.lines++
	return &wire.Said{Room: "lobby", ID: wire.ID(m.lines), From: "ann", Kind: wire.KindGuest, Text: fmt.Sprintf("line %d", m.lines)}
}

func (m *fanModel) cast(t *rapid.T, id hub.Audience, except int, instead bool) {
	e, answer := m.line(), wire.Event(nil)
	var r *receiver
	if except >= 0 {
		r = m.receivers[except]
		if instead {
			answer = &wire.Accepted{Of: wire.ActSay, ID: wire.ID(m.lines), Reach: m.lines}
		}
	}
	m.fan.tell(id, e, r, answer)
	for i, n := range m.naive {
		switch {
		case i == except && answer != nil:
			n.tell(t, answer)
		case i != except && n.audiences[id]:
			n.tell(t, e)
		}
	}
}

func (m *fanModel) deliver(t *rapid.T, to int) {
	e := m.line()
	m.fan.deliver(m.receivers[to], e)
	m.naive[to].tell(t, e)
}

func (m *fanModel) flush(t *rapid.T) {
	clear(m.writes)
	m.fan.flush(func(r *receiver, b []byte) {
		for i, o := range m.receivers {
			if o == r {
				m.got[i].Write(b)
				m.writes[i]++
			}
		}
	})
	for i, n := range m.naive {
		if got, want := m.got[i].String(), n.got.String(); got != want {
			t.Fatalf("receiver %d: got %q, want %q", i, got, want)
		}
		if m.writes[i] > 1 {
			t.Fatalf("receiver %d was written to %d times in one round", i, m.writes[i])
		}
	}
	if len(m.fan.cast) != 0 || len(m.fan.direct) != 0 {
		t.Fatalf("the round left %d audiences and %d receivers", len(m.fan.cast), len(m.fan.direct))
	}
}

func TestEveryReceiverGetsWhatNaiveEncodingWouldGiveIt(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		const receivers, audiences = 6, 3
		m := newFanModel(receivers)
		someone := rapid.IntRange(0, receivers-1)
		audience := rapid.Custom(func(t *rapid.T) hub.Audience { return hub.Audience(rapid.IntRange(1, audiences).Draw(t, "audience")) })
		t.Repeat(map[string]func(*rapid.T){
			"subscribe": func(t *rapid.T) {
				i, id := someone.Draw(t, "who"), audience.Draw(t, "audience")
				m.fan.subscribe(m.receivers[i], id)
				m.naive[i].audiences[id] = true
			},
			"unsubscribe": func(t *rapid.T) {
				i, id := someone.Draw(t, "who"), audience.Draw(t, "audience")
				m.fan.unsubscribe(m.receivers[i], id)
				m.naive[i].audiences[id] = false
			},
			"leave": func(t *rapid.T) {
				i := someone.Draw(t, "who")
				m.fan.leave(m.receivers[i])
				m.naive[i].audiences = map[hub.Audience]bool{}
			},
			"cast": func(t *rapid.T) { m.cast(t, audience.Draw(t, "audience"), -1, false) },
			"line": func(t *rapid.T) {
				m.cast(t, audience.Draw(t, "audience"), someone.Draw(t, "who"), rapid.Bool().Draw(t, "instead"))
			},
			"line again": func(t *rapid.T) { m.cast(t, 1, someone.Draw(t, "who"), true) },
			"deliver":    func(t *rapid.T) { m.deliver(t, someone.Draw(t, "who")) },
			"flush":      m.flush,
		})
		m.flush(t)
	})
}

func TestAReceiverOfOneTopicIsHandedTheSharedBytes(t *testing.T) {
	f := newFanout(slog.New(slog.DiscardHandler))
	codec := dialects.ByName(oldDialect).Server()
	var rs [3]receiver
	for i := range rs {
		f.speak(&rs[i], codec, false)
		f.subscribe(&rs[i], 1)
	}
	f.tell(1, &wire.Said{From: "ann", Text: "hi"}, &rs[2], &wire.Accepted{Of: wire.ActSay})
	var first *byte
	seen := 0
	f.flush(func(r *receiver, b []byte) {
		switch {
		case r == &rs[2]:
		case first == nil:
			first, seen = &b[0], 1
		case first == &b[0]:
			seen++
		}
	})
	if seen != 2 {
		t.Errorf("%d receivers were handed the same bytes, want 2", seen)
	}
}

func TestAReceiverThatIsDiscardedIsWrittenNothing(t *testing.T) {
	f := newFanout(slog.New(slog.DiscardHandler))
	var r receiver
	f.speak(&r, dialects.ByName(oldDialect).Server(), false)
	f.subscribe(&r, 1)
	f.tell(1, &wire.Said{From: "ann", Text: "hi"}, nil, nil)
	f.leave(&r)
	f.discard(&r)
	f.flush(func(_ *receiver, b []byte) { t.Errorf("was written %q", b) })
}
