package hub

import (
	"fmt"
	"net/netip"
	"testing"
	"time"

	"labchat/internal/wire"
)

// attackers is the address of somebody hostile, with others behind it.
const attackers = "10.0.0.8"

// behind opens a connection behind an address, and gives it an account where
// there is one of its name.
func (s *script) behind(addr, name string, account bool) SessionID {
	s.t.Helper()
	if account {
		s.step("op add " + name)
	}
	s.openAs(name, "safe", netip.AddrPortFrom(netip.MustParseAddr(addr), 9))
	id := s.names[name]
	if account {
		s.ask(id, wire.Login{Name: name, Password: "pw"})
	} else {
		s.ask(id, wire.Guest{Name: name})
	}
	return id
}

// made asks for a room and reports whether there is one.
func (s *script) made(id SessionID, room string) bool {
	s.heard[id] = nil
	s.ask(id, wire.Create{Room: room})
	_, ok := s.heard[id][len(s.heard[id])-1].(*wire.Created)
	return ok
}

func (s *script) registered(id SessionID, name string) bool {
	s.heard[id] = nil
	s.ask(id, wire.Register{Name: name, Password: "sesame-1"})
	_, ok := s.heard[id][len(s.heard[id])-1].(*wire.LoggedIn)
	return ok
}

func TestThirtyPeopleBehindARoomMakersAddressHaveTheirRooms(t *testing.T) {
	for _, account := range []bool{true, false} {
		t.Run(fmt.Sprintf("accounts: %t", account), func(t *testing.T) {
			s := run(t, Config{}, "")
			var quiet []SessionID
			for i := range 30 {
				quiet = append(quiet, s.behind(attackers, fmt.Sprint("calm", i), account))
			}
			made := 0
			for i := range 50 { // 50 accounts, or 50 connections, 100 rooms each
				s.pass(time.Second)
				id := s.behind(attackers, fmt.Sprint("bad", i), account)
				for j := range defaultLimits.RoomsPerAccount {
					if s.made(id, fmt.Sprintf("r%d.%d", i, j)) {
						made++
					}
				}
			}
			// Beside the share itself the one that used it up was there before.
			if most := defaultLimits.RoomsPerAddress; made < most || made > most+2 {
				t.Errorf("one address made %d rooms, want %d", made, most)
			}
			for i, id := range quiet {
				if !s.made(id, fmt.Sprint("calm", i)) {
					t.Errorf("quiet person %d has no room: %v", i, s.heard[id])
				}
				if s.made(id, fmt.Sprint("more", i)) {
					t.Errorf("quiet person %d has two rooms while the address has too many", i)
				}
			}
			if id := s.behind("10.0.0.9", "elsewhere", account); !s.made(id, "elsewhere") {
				t.Errorf("somebody elsewhere has no room: %v", s.heard[id])
			}
		})
	}
}

func TestAnAccountThatHasBeenThereForADayHasARoomBehindAnyAddress(t *testing.T) {
	s := run(t, Config{Limits: Limits{RoomsPerAddress: 1}}, "quietly op add old")
	bad := s.behind(attackers, "bad", true)
	s.made(bad, "badroom")
	s.step("bad: join badroom | say badroom mine for ever")
	if s.made(s.behind(attackers, "bad2", true), "badroom2") {
		t.Error("the share is larger than one room")
	}
	s.pass(settledAfter - time.Second)
	s.openAs("o", "safe", netip.MustParseAddrPort("10.0.0.8:9"))
	id := s.names["o"]
	s.ask(id, wire.Login{Name: "old", Password: "pw"})
	if s.made(id, "oldroom") {
		t.Error("it has one a second before")
	}
	s.pass(2 * time.Second)
	if !s.made(id, "oldroom") {
		t.Errorf("it has none a day after: %v", s.heard[id])
	}
}

func TestRoomsOfAnAddressAreCountedAcrossARestart(t *testing.T) {
	s := run(t, Config{Limits: Limits{RoomsPerAddress: 2, RoomsPerAccount: 2}}, "")
	id := s.behind(attackers, "ann", true)
	s.made(id, "one")
	s.made(id, "two")
	s.restart()
	s.order = nil
	clear(s.names)
	s.pass(time.Second)
	if s.made(s.behind(attackers, "bob", true), "three") {
		t.Error("a third room was made behind the address")
	}
	s.openAs("ann", "safe", netip.MustParseAddrPort("10.0.0.7:9"))
	s.ask(s.names["ann"], wire.Login{Name: "ann", Password: "pw"})
	if s.made(s.names["ann"], "four") {
		t.Error("an account owns more rooms than it may")
	}
}

func TestTheLastRoomsAreForAddressesThatHaveFew(t *testing.T) {
	s := run(t, Config{Limits: Limits{Rooms: 30, RoomsPerAddress: 30}}, "")
	id := s.behind(attackers, "bad", true)
	for i := range 30 {
		s.made(id, fmt.Sprint("room", i))
	}
	if n := len(s.hub.rooms.byName); n != 27 {
		t.Errorf("there are %d rooms, want 27 of 30", n)
	}
	if id := s.behind("10.0.0.9", "ann", true); !s.made(id, "ann") {
		t.Errorf("somebody elsewhere has none: %v", s.heard[id])
	}
}

func TestThirtyPeopleBehindAnAddressThatRegistersWithoutEndHaveTheirAccounts(t *testing.T) {
	s := run(t, Config{Register: true}, "")
	var quiet []SessionID
	for i := range 30 {
		quiet = append(quiet, s.behind(attackers, fmt.Sprint("calm", i), false))
	}
	made := 0
	for i := range 300 {
		s.pass(time.Second)
		if s.registered(s.behind(attackers, fmt.Sprint("b", i), false), fmt.Sprint("bad", i)) {
			made++
		}
	}
	if most := defaultLimits.Registrations + registrationsBack/6; made < defaultLimits.Registrations || made > most {
		t.Errorf("one address made %d accounts within five minutes, want %d at most", made, most)
	}
	for i, id := range quiet {
		if !s.registered(id, fmt.Sprint("mine", i)) {
			t.Errorf("quiet person %d has no account: %v", i, s.heard[id])
		}
		if s.registered(id, fmt.Sprint("again", i)) {
			t.Errorf("quiet person %d has two", i)
		}
	}
	if id := s.behind("10.0.0.9", "elsewhere", false); !s.registered(id, "someone") {
		t.Errorf("somebody elsewhere has none: %v", s.heard[id])
	}
}

func TestASiteRegistersAsMuchAsSomeNetworksAtMost(t *testing.T) {
	q := newQuotas()
	now := time.Now()
	registered := 0
	for i := range 100 {
		net := NetworkOf(netip.MustParseAddr(fmt.Sprintf("2001:db8:0:%x::1", i)))
		for range 20 {
			if q.mayRegister(net, now, 10) == 0 {
				registered++
			}
		}
	}
	if registered != 10*SiteShare {
		t.Errorf("a /48 has made %d accounts, want %d", registered, 10*SiteShare)
	}
	if q.sweep(now.Add(24 * time.Hour)); len(q.accounts) != 0 {
		t.Errorf("%d networks are remembered a day after", len(q.accounts))
	}
}

func TestRoomsThatNobodyUsesVanishAndThoseOfWhoHasLeftAreHandedOn(t *testing.T) {
	for _, tt := range []struct{ name, script string }{
		{"a room of an account that nobody has spoken in goes a day after it was empty", `
			quietly op add ann
			open a native
			quietly a: login ann pw | create den | join den
			quietly pass 48h
			a: rooms
			  a < rooms den:1* lobby:0
			quietly a: leave den
			pass 23h59m59s
			a: rooms
			  a < rooms lobby:0 den:0
			pass 1s
			a: rooms
			  a < rooms lobby:0
		`},
		{"one that somebody has spoken in stays, over a restart, too", `
			quietly op add ann
			open a native
			quietly a: login ann pw | create den | join den | say den hello | leave den
			quietly pass 48h
			quietly restart
			quietly pass 48h
			open a native
			quietly a: login ann pw
			a: rooms
			  a < rooms den:0 lobby:0
		`},
		{"one that nobody was in since a restart goes a day after that", `
			quietly op add ann
			open a native
			quietly a: login ann pw | create den
			quietly restart
			pass 23h59m59s
			open a native
			quietly a: login ann pw
			a: rooms
			  a < rooms den:0 lobby:0
			pass 1s
			a: rooms
			  a < rooms lobby:0
		`},
		{"the rooms of an account that is removed go to who is in them, or has read in them", `
			quietly op add ann
			quietly op add bob
			quietly op add carl
			open a native
			open b native
			open c native
			quietly a: login ann pw | create den | create club | create void
			quietly b: login bob pw | join den
			quietly c: login carl pw | join club | say club x | read club 99 | leave club
			op remove ann
			  op < ann was removed.
			  a < goodbye ended
			  b < notice
			  c < notice
			b: topic den mine
			  b < topic den mine by bob
			c: rooms
			  c < rooms den:1 lobby:0 club:0
			quietly c: join club
			c: topic club mine
			  c < topic club mine by carl
		`},
		{"a room that was left to nobody has a day to find people", `
			quietly op add ann
			open a native
			quietly a: login ann pw | create den | join den | say den x
			quietly op remove ann
			enter bob
			quietly pass 23h
			bob: rooms
			  bob < rooms lobby:1* den:0
			quietly pass 1h
			bob: rooms
			  bob < rooms lobby:1*
		`},
		{"an operator removes any room but the lobby, and whoever is in it is told", `
			quietly op add ann
			open a native
			enter bob
			quietly a: login ann pw | create den | join den | say den x
			quietly bob: join den
			op remove_room DEN
			  op < den was removed, with its lines.
			  a < left den ann: the operator has removed the room
			  bob < left den ann: the operator has removed the room
			  bob < left den bob: the operator has removed the room
			bob: rooms
			  bob < rooms lobby:1*
			a: say den y
			  a < refused say no_room near=lobby
			op remove_room lobby
			  op < the lobby is everybody's
			op remove_room den
			  op < no room is called "den"
		`},
	} {
		t.Run(tt.name, func(t *testing.T) { run(t, Config{}, tt.script) })
	}
}
