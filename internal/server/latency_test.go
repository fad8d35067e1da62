package server

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"
	"time"

	"labchat/internal/memnet"
)

const (
	probes     = 100                    // lines of which the hundredth part is the slowest
	probeEvery = 200 * time.Millisecond // below what the spam rule allows
	stuckOnes  = 50
	floodLines = 200 // of each flooder, at each probe
	// unnoticed is less than the commit of a line takes on a disk.
	unnoticed = time.Millisecond
)

// delays sends probes, and returns after how long each came out at each
// listener. The clock is the bubble's: it stands still while anybody works, so
// that what it shows is waiting for somebody, and no machine is too slow for
// it. meanwhile happens before each probe.
func (mem memHarness) delays(speaker *memClient, listeners []*memClient, meanwhile func()) (all []time.Duration) {
	mem.Helper()
	sent := map[string]time.Time{}
	for i := range probes {
		meanwhile()
		words := fmt.Sprintf("probe %d of %d.", i, time.Now().UnixMilli())
		sent[words] = time.Now()
		speaker.say("msg " + words + "\n")
		pass(probeEvery)
	}
	pass(5 * time.Second) // for those that are late
	for _, b := range listeners {
		reads, err := b.heard()
		if err != nil {
			mem.Fatalf("a listener was cut off: %v", err)
		}
		for words, at := range sent {
			i := slices.IndexFunc(reads, func(r read) bool { return strings.Contains(r.text, words) })
			if i < 0 {
				mem.Fatalf("a listener never heard %q", words)
			}
			all = append(all, reads[i].at.Sub(at))
		}
	}
	slices.Sort(all)
	return all
}

// p99 is the delay that one of a hundred exceeds.
func p99(sorted []time.Duration) time.Duration { return sorted[len(sorted)*99/100] }

// quietOnes are people who only listen, and one who speaks.
func (mem memHarness) quietOnes() (speaker *memClient, listeners []*memClient) {
	mem.Helper()
	speaker = mem.client(Chat, 1)
	speaker.say("login ann\n")
	for i := range 5 {
		b := mem.client(Chat, byte(2+i))
		b.say(fmt.Sprintf("login quiet%d\n", i))
		listeners = append(listeners, b)
	}
	return speaker, listeners
}

func TestFiftyThatNeverReadKeepNobodyWaiting(t *testing.T) {
	inMemory(t, func(mem memHarness) {
		speaker, listeners := mem.quietOnes()
		before := p99(mem.delays(speaker, listeners, func() {}))
		l := mem.ports[fmt.Sprintf("127.0.0.1:%d", tcpPorts()[Chat])]
		for i := range stuckOnes {
			stuck := dial(t, l, memnet.Buffer(4<<10))
			io.WriteString(stuck, fmt.Sprintf("login stuck%d\n", i))
		}
		loud := mem.client(Chat, 100)
		loud.say("login loud\n")
		line := "msg " + strings.Repeat("x", 3900) + "\n"
		meanwhile := func() { // until their outboxes are full, and they are cut off
			for range 10 {
				loud.say(line)
			}
		}
		during := p99(mem.delays(speaker, listeners, meanwhile))
		if during > max(before*3/2, unnoticed) {
			t.Errorf("the slowest hundredth waits %v, without them %v; want one and a half times that at most", during, before)
		}
	}, func(cfg *Config) { cfg.Rate = 0 })
}

func TestFloodersKeepNobodyWaiting(t *testing.T) {
	inMemory(t, func(mem memHarness) {
		speaker, listeners := mem.quietOnes()
		before := p99(mem.delays(speaker, listeners, func() {}))
		var flooders []*memClient
		for i := range 5 {
			b := mem.client(Chat, 50)
			b.say(fmt.Sprintf("login flood%d\n", i))
			flooders = append(flooders, b)
		}
		burst := strings.Repeat("msg flood\n", floodLines)
		during := p99(mem.delays(speaker, listeners, func() {
			for _, b := range flooders {
				go io.WriteString(b, burst) // the server may make them wait
			}
		}))
		if during > max(2*before, unnoticed) {
			t.Errorf("the slowest hundredth waits %v, without them %v; want twice that at most", during, before)
		}
		for _, b := range flooders {
			b.Close()
		}
	})
}
