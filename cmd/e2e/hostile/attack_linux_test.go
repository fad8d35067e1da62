package hostile_test

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/netip"
	"os"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// attack is one kind of hostile behaviour: so many of its kind at once, each
// from the address whose turn it is.
type attack struct {
	name string
	many int
	run  func(*villain, context.Context) error
}

// attacks are all of them.
var attacks = []attack{
	{"floods every request", 20, (*villain).flood},
	{"changes back and forth", 20, (*villain).waver},
	{"floods as older programs do", 30, (*villain).babble},
	{"guesses passwords", 256, (*villain).guess},
	{"makes accounts and rooms", 20, (*villain).build},
	{"fills the disk", 40, (*villain).fill},
	{"does not finish what it says", 300, (*villain).crawl},
	{"reads nothing", 50, (*villain).starve},
	{"sends forged datagrams", 20, (*villain).forge},
	{"uses the relay", 24, (*villain).hog},
}

// villain is one hostile connection after the other. Used by one goroutine.
type villain struct {
	plan

	n    int // which of its kind
	at   netip.Addr
	rng  *rand.Rand
	done *atomic.Int64 // requests, datagrams, bytes: whatever the kind counts
}

// beHostile is the helper that the hostile people live in, until its standard
// input ends. It prints how much each kind has done.
func beHostile(p plan, in io.Reader) error {
	ctx, stop := context.WithCancel(context.Background())
	defer stop()
	done := make([]atomic.Int64, len(attacks))
	var group sync.WaitGroup
	for k, a := range attacks {
		for n := range a.many {
			v := &villain{
				plan: p, n: n, at: p.Addrs[n%hostileAddresses], done: &done[k],
				rng: rand.New(rand.NewPCG(p.Seed, uint64(k*1000+n))), // it is to be repeated
			}
			group.Go(func() {
				for ctx.Err() == nil {
					_ = a.run(v, ctx) // it was cut off or refused, and comes back
					select {
					case <-time.After(time.Duration(v.rng.IntN(1000)) * time.Millisecond):
					case <-ctx.Done():
					}
				}
			})
		}
	}
	fmt.Fprintln(os.Stdout, "ready")
	if _, err := io.Copy(io.Discard, in); err != nil {
		return err
	}
	stop()
	counts := map[string]int64{}
	for k, a := range attacks {
		counts[a.name] = done[k].Load()
	}
	return json.NewEncoder(os.Stdout).Encode(counts) // nobody waits for what is still blocked
}

// guest comes in without an account, and reads whatever is said to it.
func (v *villain) guest(ctx context.Context, secret bool) (t *talk, name string, err error) {
	if t, err = open(ctx, v.at, v.Chat, secret); err != nil {
		return nil, "", err
	}
	context.AfterFunc(ctx, func() { _ = t.Close() })
	e, err := t.ask(request{"type": "guest"})
	if err != nil {
		_ = t.Close()
	}
	return t, e.Name, err
}

// write sends until the other side has had enough.
func (v *villain) write(ctx context.Context, t *talk, next func() []request) error {
	go func() { _, _ = io.Copy(io.Discard, t.Conn) }()
	defer t.Close()
	for ctx.Err() == nil {
		requests := next()
		if err := t.send(requests...); err != nil {
			return err
		}
		v.done.Add(int64(len(requests)))
	}
	return nil
}

// flood asks everything, as fast as it can.
func (v *villain) flood(ctx context.Context) error {
	t, name, err := v.guest(ctx, false)
	if err != nil {
		return err
	}
	i := 0
	return v.write(ctx, t, func() []request {
		i++
		word := fmt.Sprintf("w%d-%d", v.n, i)
		victim := v.Quiet[v.rng.IntN(len(v.Quiet))]
		return []request{
			{"type": "join", "room": room},
			{"type": "say", "room": room, "text": word},
			{"type": "private", "to": victim, "text": word},
			{"type": "typing", "room": room},
			{"type": "people"},
			{"type": "rooms"},
			{"type": "whois", "name": victim},
			{"type": "history", "room": room},
			{"type": "resume", "rooms": []any{map[string]any{"room": room, "last": "0"}}},
			{"type": "name", "name": word},
			{"type": "find", "name": victim},
			{"type": "punch", "to": victim, "call": random(16)},
			{"type": "take_prekey", "name": victim},
			{"type": "joke"},
			{"type": "help"},
			{"type": "ping"},
			{"type": "devices"},
			{"type": "whois", "name": name},
			{"type": "nothing-of-this-kind"},
		}
	})
}

// waver tells everybody that it has changed, again and again.
func (v *villain) waver(ctx context.Context) error {
	t, _, err := v.guest(ctx, false)
	if err != nil {
		return err
	}
	i := 0
	return v.write(ctx, t, func() []request {
		i++
		return []request{
			{"type": "join", "room": room},
			{"type": "away", "text": fmt.Sprint("away ", i)},
			{"type": "away"},
			{"type": "guest", "name": fmt.Sprintf("waverer%d-%d", v.n, i%2)},
			{"type": "topic", "room": room, "text": fmt.Sprint("topic ", i)},
			{"type": "leave", "room": room},
		}
	})
}

// babble floods in the words of the older programs, each at its port.
func (v *villain) babble(ctx context.Context) error {
	talks := []struct {
		at    string
		lines []string
	}{
		{v.Chat, []string{"login b%d\n", "msg flood %d\n", "users\n", "privmsg quiet01 psst %d\n", "help\n", "sync\n", "joke\n", "nonsense %d\n"}},
		{v.Others["prompt"], []string{"b%d\n", "flood %d\n", ":users\n", "@quiet01: psst %d\n"}},
		{v.Others["names"], []string{"b%d\n", "flood %d\n"}},
		{v.Others["sum"], []string{"%d\n2\n"}},
		{v.Others["arith"], []string{"%d * 3\n", "7 / 0\n"}},
	}
	one := talks[v.n%len(talks)]
	conn, err := dial(ctx, v.at, one.at)
	if err != nil {
		return err
	}
	defer conn.Close()
	defer context.AfterFunc(ctx, func() { _ = conn.Close() })()
	go func() { _, _ = io.Copy(io.Discard, conn) }()
	for i := 0; ; i++ {
		line := strings.ReplaceAll(one.lines[i%len(one.lines)], "%d", strconv.Itoa(i))
		if err := conn.SetWriteDeadline(time.Now().Add(patience)); err != nil {
			return err
		}
		if _, err := conn.Write([]byte(line)); err != nil {
			return err
		}
		v.done.Add(1)
	}
}

// guess tries a password for a name that may exist.
func (v *villain) guess(ctx context.Context) error {
	t, err := open(ctx, v.at, v.Chat, true)
	if err != nil {
		return err
	}
	defer t.Close()
	name := "nobody" + random(4)
	if v.rng.IntN(4) == 0 {
		name = v.Quiet[v.rng.IntN(len(v.Quiet))]
	}
	_, err = t.ask(request{"type": "login", "name": name, "password": "guess" + random(8)})
	v.done.Add(1)
	return err
}

// build makes accounts, and a hundred rooms with each.
func (v *villain) build(ctx context.Context) error {
	t, err := open(ctx, v.at, v.Chat, true)
	if err != nil {
		return err
	}
	defer t.Close()
	if _, err := t.ask(request{"type": "register", "name": "builder" + random(5), "password": "of-" + random(8)}); err != nil {
		if _, err := t.ask(request{"type": "guest"}); err != nil {
			return err
		}
	}
	for range 100 {
		if _, err := t.ask(request{"type": "create", "room": "r" + random(8)}); err != nil {
			return err
		}
		v.done.Add(1)
	}
	return nil
}

// fill writes as much as the spam rule allows, in a room of its own and to
// people who are away.
func (v *villain) fill(ctx context.Context) error {
	t, name, err := v.guest(ctx, false)
	if err != nil {
		return err
	}
	mine := "fill-" + name
	if err := t.send(request{"type": "create", "room": mine}, request{"type": "join", "room": mine}); err != nil {
		return err
	}
	go func() { _, _ = io.Copy(io.Discard, t.Conn) }()
	defer t.Close()
	text := strings.Repeat("x", 4000)
	for {
		select {
		case <-time.After(105 * time.Millisecond): // below 10 a second
		case <-ctx.Done():
			return nil
		}
		r := request{"type": "say", "room": mine, "text": text}
		if v.rng.IntN(10) == 0 {
			r = request{"type": "private", "to": absent, "text": text}
		}
		if err := t.send(r); err != nil {
			return err
		}
		v.done.Add(int64(len(text)))
	}
}

// crawl begins something at one of the ports, a byte a second, and never ends it.
func (v *villain) crawl(ctx context.Context) error {
	ports := []string{v.Chat}
	for _, addr := range v.Others {
		ports = append(ports, addr)
	}
	conn, err := dial(ctx, v.at, ports[v.n%len(ports)])
	if err != nil {
		return err
	}
	defer conn.Close()
	defer context.AfterFunc(ctx, func() { _ = conn.Close() })()
	beginnings := []string{`{"type":"hello","version":1,"program":"` + strings.Repeat("z", 4000), "\x16\x03\x01\x02\x00" + strings.Repeat("\x01", 400), strings.Repeat("9", 4000), ""}
	for _, b := range []byte(beginnings[v.rng.IntN(len(beginnings))]) {
		if _, err := conn.Write([]byte{b}); err != nil {
			return err
		}
		v.done.Add(1)
		select {
		case <-time.After(time.Second):
		case <-ctx.Done():
			return nil
		}
	}
	_, err = io.Copy(io.Discard, conn)
	return err
}

// starve comes into the room and reads nothing of what is said there.
func (v *villain) starve(ctx context.Context) error {
	t, _, err := v.guest(ctx, false)
	if err != nil {
		return err
	}
	defer t.Close()
	if tcp, is := t.Conn.(*net.TCPConn); is {
		if err := tcp.SetReadBuffer(4096); err != nil {
			return err
		}
	}
	if err := t.send(request{"type": "join", "room": room}); err != nil {
		return err
	}
	v.done.Add(1)
	for ctx.Err() == nil { // it asks for what it does not read, too
		if err := t.send(request{"type": "history", "room": room}); err != nil {
			return err
		}
		select {
		case <-time.After(time.Second):
		case <-ctx.Done():
		}
	}
	return nil
}

// forge sends the registry words in the names of others, from many ports.
func (v *villain) forge(ctx context.Context) error {
	conn, err := net.ListenUDP("udp4", net.UDPAddrFromAddrPort(netip.AddrPortFrom(v.at, 0)))
	if err != nil {
		return err
	}
	defer conn.Close()
	to, err := net.ResolveUDPAddr("udp4", v.Packet)
	if err != nil {
		return err
	}
	words := []string{
		"hi f" + random(4), "ul", "rl", "rc " + room, "rj " + room, "rk", "by", "ar " + v.Quiet[0], "msg " + v.Quiet[0] + "> I am not",
		"SEND_DATE", "SEND_TIME", "\x00\xff", "REGISTER x", strings.Repeat("hi ", 300),
	}
	for range 2000 {
		if ctx.Err() != nil {
			return nil
		}
		if _, err := conn.WriteToUDP([]byte(words[v.rng.IntN(len(words))]), to); err != nil {
			return err
		}
		v.done.Add(1)
	}
	return nil
}

// hog agrees with itself on a private conversation, and has all relayed that it
// can.
func (v *villain) hog(ctx context.Context) error {
	a, nameA, err := v.guest(ctx, true)
	if err != nil {
		return err
	}
	defer a.Close()
	b, nameB, err := v.guest(ctx, true)
	if err != nil {
		return err
	}
	defer b.Close()
	for _, t := range []*talk{a, b} {
		if _, err := t.ask(request{"type": "udp", "key": key()}); err != nil {
			return err
		}
	}
	call := random(16)
	if _, err := a.ask(request{"type": "punch", "to": nameB, "call": call}); err != nil {
		return err
	}
	if _, err := b.ask(request{"type": "punch", "to": nameA, "call": call}); err != nil {
		return err
	}
	go func() { _, _ = io.Copy(io.Discard, b.Conn) }()
	data := base64.StdEncoding.EncodeToString(make([]byte, 1400))
	return v.write(ctx, a, func() []request {
		requests := make([]request, 16)
		for i := range requests {
			requests[i] = request{"type": "relay", "to": nameB, "data": data}
		}
		return requests
	})
}
