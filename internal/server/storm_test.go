package server

import (
	"encoding/json"
	"fmt"
	"io"
	"net"
	"testing"
	"testing/synctest"
	"time"

	"labchat/internal/memnet"
)

const (
	stormRooms    = 50
	stormAccounts = 10 // their first login costs a hash each
	stormGuessers = 300
)

// A stormer is somebody who comes back with what the server has given.
type stormer struct {
	name    string
	account bool
	room    string
	token   string
	nc      *memnet.Conn
}

// come dials and asks for what requests say, all at once; answers is what came
// until something was refused or the room was entered.
func (s *stormer) come(t *testing.T, l *memnet.Listener, requests ...string) {
	t.Helper()
	s.nc = dial(t, l, memnet.From(&net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: 5000}))
	for _, r := range append([]string{`{"type":"hello","id":"h","version":1}`}, requests...) {
		_, _ = io.WriteString(s.nc, r+"\n") // what comes of it is read
	}
}

// entered reads up to where the session is in its room, and reports whether it is.
func (s *stormer) entered() bool {
	dec := json.NewDecoder(s.nc)
	for {
		var e struct {
			Type, Name, Room string
			Token            string
		}
		if dec.Decode(&e) != nil {
			return false
		}
		switch e.Type {
		case "logged_in":
			s.name, s.token = e.Name, e.Token
		case "refused":
			return false
		case "entered":
			go io.Copy(io.Discard, s.nc)
			return e.Room == s.room
		}
	}
}

// inAll reads for all at once, and counts those who are in.
func inAll(all []*stormer) (in int) {
	entered := make(chan bool)
	for _, s := range all {
		go func() { entered <- s.entered() }()
	}
	for range all {
		if <-entered {
			in++
		}
	}
	return in
}

// TestThousandsComeBackAtOnceAndNobodyElseWaits has a class of thousands lose its
// connections at the same moment, while all hashing is taken by somebody who
// guesses passwords.
func TestThousandsComeBackAtOnceAndNobodyElseWaits(t *testing.T) {
	inMemory(t, func(mem memHarness) {
		speaker, listeners := mem.quietOnes()
		l := mem.ports[fmt.Sprintf("127.0.0.1:%d", tcpPorts()[Chat])]
		var all []*stormer
		for i := range stormers {
			s := &stormer{name: fmt.Sprintf("s%d", i), account: i < stormAccounts, room: fmt.Sprintf("storm%d", i%stormRooms)}
			login := fmt.Sprintf(`{"type":"guest","id":"g","name":%q}`, s.name)
			if s.account {
				login = fmt.Sprintf(`{"type":"register","id":"g","name":%q,"password":"a password of %s"}`, s.name, s.name)
			}
			join := fmt.Sprintf(`{"type":"join","id":"j","room":%q}`, s.room)
			if i < stormRooms {
				join = fmt.Sprintf(`{"type":"create","id":"c","room":%q}`+"\n", s.room) + join
			}
			s.come(mem.T, l, login, join)
			if i < stormRooms && !s.entered() {
				mem.Fatalf("%s did not come in at first", s.name)
			}
			all = append(all, s)
		}
		if in := inAll(all[stormRooms:]); in != stormers-stormRooms {
			mem.Fatalf("%d of %d came in at first", in+stormRooms, stormers)
		}
		pass(time.Minute)
		before := p99(mem.delays(speaker, listeners, func() {}))
		for range stormGuessers {
			guesser := &stormer{}
			guesser.come(mem.T, l, `{"type":"login","id":"g","name":"s1","password":"a guess that is wrong"}`)
			go io.Copy(io.Discard, guesser.nc)
		}
		first := true
		during := p99(mem.delays(speaker, listeners, func() {
			if !first {
				return
			}
			first = false
			for _, s := range all {
				s.nc.Close()
			}
			synctest.Wait()
			for _, s := range all {
				s.come(mem.T, l, fmt.Sprintf(`{"type":"login","id":"g","token":%q}`, s.token), fmt.Sprintf(`{"type":"join","id":"j","room":%q}`, s.room))
			}
			if in := inAll(all); in != stormers {
				mem.Errorf("%d of %d are in again", in, stormers)
			}
		}))
		if during > max(2*before, unnoticed) {
			mem.Errorf("who was here before waits %v, without the storm %v; want twice that at most", during, before)
		}
	})
}
