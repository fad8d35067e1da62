package hostile_test

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"net/netip"
	"os"
	"slices"
	"strconv"
	"sync"
	"time"
)

const (
	// room is where the quiet people talk.
	room = "class"
	// pause is how often a quiet person says something, on average.
	pause = 5 * time.Second
	// loginEvery is how often one of them logs in once more, with the password.
	loginEvery = 2 * time.Second
)

// plan is what the test tells its two helpers.
type plan struct {
	Chat   string            // address of the chat port
	Others map[string]string // of the other TCP ports, by name
	Packet string            // of the registry
	Addrs  []netip.Addr      // all of them; the first sharedBy of the quiet and a share of the hostile are at the first one
	Quiet  []string          // names of the accounts
	Seed   uint64
}

// report is what quiet people have seen since the last one.
type report struct {
	P50, P99    time.Duration // from saying to hearing, over all lines and hearers
	Heard       int           // lines, over all hearers
	Login       time.Duration // the slowest
	Logins      int
	Wrong       []string // what should not have happened
	Said        int      // lines, in all
	Undelivered int      // pairs of line and hearer that are missing; in the last report only
}

// crowd is the quiet people.
type crowd struct {
	plan

	mu      sync.Mutex
	said    map[string]time.Time // when each line went out
	delays  []time.Duration
	logins  []time.Duration
	wrong   []string
	heard   []map[string]bool // by person
	over    bool              // nobody says anything any more
	ready   int
	isReady chan struct{} // closed when all have tried to come in
	isMade  chan struct{} // closed when there is a room to come into
}

// beQuiet is the helper that the quiet people live in: it obeys words on its
// standard input, and answers each on its standard output.
func beQuiet(p plan, in io.Reader) error {
	ctx, stop := context.WithCancel(context.Background())
	defer stop()
	c := &crowd{plan: p, said: map[string]time.Time{}, isReady: make(chan struct{}), isMade: make(chan struct{})}
	for range p.Quiet {
		c.heard = append(c.heard, map[string]bool{})
	}
	var group sync.WaitGroup
	for i := range p.Quiet {
		group.Go(func() { c.live(ctx, i) })
	}
	group.Go(func() { c.logInAgain(ctx) })
	<-c.isReady
	fmt.Fprintln(os.Stdout, "ready")
	words := bufio.NewScanner(in)
	for words.Scan() {
		if words.Text() == "end" {
			c.settle(ctx)
		}
		if err := json.NewEncoder(os.Stdout).Encode(c.report(words.Text() == "end")); err != nil {
			return err
		}
	}
	stop()
	group.Wait()
	return words.Err()
}

// complain notes what should not have happened, up to a bound.
func (c *crowd) complain(format string, args ...any) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.wrong) < 100 {
		c.wrong = append(c.wrong, fmt.Sprintf(format, args...))
	}
}

// at is where a quiet person is: most share the first address with hostile ones.
func (p plan) at(i int) netip.Addr {
	if i < sharedBy {
		return p.Addrs[0]
	}
	return p.Addrs[len(p.Addrs)-1-i+sharedBy]
}

// live has one of them log in, listen, and say something now and then.
func (c *crowd) live(ctx context.Context, i int) {
	t, err := open(ctx, c.at(i), c.Chat, true)
	if err == nil {
		_, err = t.ask(request{"type": "login", "name": c.Quiet[i], "password": password})
	}
	if err == nil && i == 0 {
		_, err = t.ask(request{"type": "create", "room": room})
		close(c.isMade)
	}
	<-c.isMade
	if err == nil {
		_, err = t.ask(request{"type": "join", "room": room})
	}
	c.mu.Lock()
	if c.ready++; c.ready == len(c.Quiet) {
		close(c.isReady)
	}
	c.mu.Unlock()
	if err != nil {
		c.complain("%s does not come in: %v", c.Quiet[i], err)
		return
	}
	defer context.AfterFunc(ctx, func() { _ = t.Close() })()
	go c.speak(ctx, i, t)
	var newest uint64
	for {
		e, err := t.next()
		if ctx.Err() != nil {
			return
		}
		if err != nil {
			c.complain("%s is cut off: %v", c.Quiet[i], err)
			return
		}
		switch e.Type {
		case "said", "accepted":
			id, err := strconv.ParseUint(e.Line, 10, 64)
			if err != nil || id <= newest {
				c.complain("%s hears line %q after %d", c.Quiet[i], e.Line, newest)
			}
			newest = id
			c.hear(i, e)
		case "refused", "goodbye":
			c.complain("%s: %s %s: %s", c.Quiet[i], e.Type, e.Code, e.Text)
		}
	}
}

// hear notes a line of a quiet person.
func (c *crowd) hear(i int, e event) {
	text := e.Text
	if e.Type == "accepted" {
		text = e.Re
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	at, is := c.said[text]
	if !is {
		return // of somebody else
	}
	if c.heard[i][text] {
		c.wrong = append(c.wrong, fmt.Sprintf("%s hears %q twice", c.Quiet[i], text))
	}
	c.heard[i][text] = true
	c.delays = append(c.delays, time.Since(at))
}

// speak says a line now and then. A line's text is also the id of its request.
func (c *crowd) speak(ctx context.Context, i int, t *talk) {
	<-c.isReady // who is not in the room yet hears nothing
	for n := 0; ; n++ {
		select {
		case <-time.After(time.Duration(rand.Int64N(int64(2 * pause)))):
		case <-ctx.Done():
			return
		}
		text := fmt.Sprintf("%s says %d", c.Quiet[i], n)
		c.mu.Lock()
		over := c.over
		if !over {
			c.said[text] = time.Now()
		}
		c.mu.Unlock()
		if over {
			return
		}
		if err := t.send(request{"type": "say", "room": room, "text": text, "id": text}); err != nil && ctx.Err() == nil {
			c.complain("%s can't say anything: %v", c.Quiet[i], err)
			return
		}
	}
}

// logInAgain measures how long a login with a password takes, by turns from all
// the addresses.
func (c *crowd) logInAgain(ctx context.Context) {
	<-c.isReady
	for i := 0; ; i = (i + 7) % len(c.Quiet) {
		began := time.Now()
		t, err := open(ctx, c.at(i), c.Chat, true)
		if err == nil {
			_, err = t.ask(request{"type": "login", "name": c.Quiet[i], "password": password})
			_ = t.Close()
		}
		if ctx.Err() != nil {
			return
		}
		if err != nil {
			c.complain("%s can't log in once more: %v", c.Quiet[i], err)
		}
		c.mu.Lock()
		c.logins = append(c.logins, time.Since(began))
		c.mu.Unlock()
		select {
		case <-time.After(loginEvery):
		case <-ctx.Done():
			return
		}
	}
}

// settle lets what is under way arrive.
func (c *crowd) settle(ctx context.Context) {
	c.mu.Lock()
	c.over = true
	c.mu.Unlock()
	until := time.Now().Add(patience)
	for time.Now().Before(until) && c.missing() > 0 {
		select {
		case <-time.After(100 * time.Millisecond):
		case <-ctx.Done():
			return
		}
	}
}

// missing counts the pairs of a line and a person who has not heard it.
func (c *crowd) missing() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	n := 0
	for text := range c.said {
		for i := range c.heard {
			if !c.heard[i][text] {
				n++
			}
		}
	}
	return n
}

// report tells what was seen, and begins anew.
func (c *crowd) report(last bool) report {
	r := report{}
	if last {
		r.Undelivered = c.missing()
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	slices.Sort(c.delays)
	if n := len(c.delays); n > 0 {
		r.P50, r.P99 = c.delays[n/2], c.delays[n*99/100]
	}
	r.Heard, r.Said, r.Wrong = len(c.delays), len(c.said), c.wrong
	r.Logins = len(c.logins)
	if len(c.logins) > 0 {
		r.Login = slices.Max(c.logins)
	}
	c.delays, c.logins, c.wrong = nil, nil, nil
	return r
}
