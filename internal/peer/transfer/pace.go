package transfer

import (
	"context"
	"time"
)

const (
	// usualRelayRate is taken for what a server relays for two people that does
	// not say it, in bytes a second.
	usualRelayRate = 256 << 10
	// relayedChunk is how much of a file is relayed at a time: little enough that
	// lines get in between.
	relayedChunk = 8 << 10
)

// pacer holds a stream at a rate.
type pacer struct {
	rate int // bytes a second, 0: as fast as goes
	next time.Time
}

// chunk is how much to write at a time.
func (p *pacer) chunk() int {
	if p.rate == 0 {
		return fileChunk
	}
	return relayedChunk
}

// wait waits until n more bytes may go, or ctx ends.
func (p *pacer) wait(ctx context.Context, n int) error {
	if p.rate == 0 {
		return ctx.Err()
	}
	now := time.Now()
	if p.next.Before(now) {
		p.next = now
	}
	pause := p.next.Sub(now)
	p.next = p.next.Add(time.Duration(n) * time.Second / time.Duration(p.rate))
	timer := time.NewTimer(pause)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
