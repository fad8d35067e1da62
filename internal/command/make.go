package command

import (
	"net/netip"
	"strings"

	"labchat/internal/wire"
)

// values are a line's arguments by name; optional ones may be missing.
type values map[string]string

// problem is why a command can't be done as typed, "" where it can.
type problem string

func makeJoin(_ Context, v values) (Action, problem) {
	return Ask{Request: wire.Join{Room: v["room"]}}, ""
}

func makeCreate(_ Context, v values) (Action, problem) {
	room := strings.TrimPrefix(v["room"], "#")
	if room == "" {
		return nil, "Say the new room's name"
	}
	if v["ip port"] == "" {
		return Ask{Request: wire.Create{Room: room}}, ""
	}
	group, err := netip.ParseAddrPort(strings.Join(strings.Fields(v["ip port"]), ":"))
	if err != nil || !group.Addr().IsMulticast() {
		return nil, "Say the group's address and port, as 239.1.2.3 5007"
	}
	return Ask{Request: wire.Create{Room: room, Group: group.String()}}, ""
}

func makeLeave(c Context, v values) (Action, problem) {
	room := v["room"]
	switch {
	case room == "" && c.To != "":
		return Local{Verb: Leave, Arg: c.To}, ""
	case room == "" && c.Room == "":
		return nil, notInRoom
	case room == "":
		room = c.Room
	}
	return Ask{Request: wire.Leave{Room: room}, Confirm: LeaveUnsaid(room, 0)}, ""
}

func makeRooms(Context, values) (Action, problem) { return Ask{Request: wire.Rooms{}}, "" }

func makeTopic(c Context, v values) (Action, problem) {
	r := wire.Topic{Room: c.room()}
	if text := v["text"]; text != "" {
		r.Text = &text
	}
	return Ask{Request: r}, ""
}

func makeUsers(_ Context, v values) (Action, problem) {
	return Ask{Request: wire.People{Room: v["room"]}}, ""
}

func makeWhois(_ Context, v values) (Action, problem) {
	return Ask{Request: wire.Whois{Name: v["user"]}}, ""
}

func makeMsg(_ Context, v values) (Action, problem) {
	if v["text"] == "" {
		return Local{Verb: Open, Arg: v["user"]}, ""
	}
	return Whisper{To: v["user"], Text: v["text"]}, ""
}

func makeOpen(_ Context, v values) (Action, problem) { return Local{Verb: Open, Arg: v["user"]}, "" }

func makeMe(c Context, v values) (Action, problem) { return c.say(v["text"], true) }

func makeIgnore(_ Context, v values) (Action, problem) {
	return Local{Verb: Ignore, Arg: v["user"]}, ""
}

func makeUnignore(_ Context, v values) (Action, problem) {
	return Local{Verb: Unignore, Arg: v["user"]}, ""
}

func makeNext(Context, values) (Action, problem) { return Local{Verb: Next}, "" }

func makeRead(_ Context, v values) (Action, problem) {
	return Local{Verb: Read, Arg: v["lines"]}, ""
}

func makeInbox(Context, values) (Action, problem) { return Ask{Request: wire.Inbox{}}, "" }

func makeJoke(Context, values) (Action, problem) { return Ask{Request: wire.Joke{}}, "" }

func makeAway(_ Context, v values) (Action, problem) {
	return Ask{Request: wire.Away{Text: v["text"]}}, ""
}

func makeNick(c Context, v values) (Action, problem) {
	return Local{Verb: Nick, Arg: v["name"], Confirm: c.outOfAccount(", and be the guest " + v["name"])}, ""
}

// outOfAccount asks before the account's name is given up; a guest's is no more
// than a word.
func (c Context) outOfAccount(then string) string {
	if !c.Account {
		return ""
	}
	return "log out of the account " + c.Me + then + "? Its private lines wait until /login " + c.Me
}

func makeRegister(c Context, v values) (Action, problem) {
	if c.Closed {
		return nil, "This server takes no new accounts: its operator makes them"
	}
	name, p := named(c, v)
	return Local{Verb: Register, Arg: name, Prompts: []string{"new password for " + name + c.instead(name), "the same again"}}, p
}

func makeLogin(c Context, v values) (Action, problem) {
	name, p := named(c, v)
	return Local{Verb: Login, Arg: name, Prompts: []string{"password of " + name + c.instead(name)}}, p
}

// instead says which account is logged out by becoming somebody else.
func (c Context) instead(name string) string {
	if !c.Account || wire.Fold(name) == wire.Fold(c.Me) {
		return ""
	}
	return " (logs " + c.Me + " out)"
}

// named is the name that was typed, or else the one in use.
func named(c Context, v values) (string, problem) {
	switch {
	case v["name"] != "":
		return v["name"], ""
	case c.Me != "":
		return c.Me, ""
	}
	return "", "Say which name"
}

func makeLogout(c Context, _ values) (Action, problem) {
	return Ask{Request: wire.Logout{}, Confirm: c.outOfAccount("")}, ""
}

func makeAccount(c Context, v values) (Action, problem) {
	what, value := v["what"], v["value"]
	switch {
	case !c.Account:
		return nil, "This is for accounts, and you are a guest: /login NAME enters one"
	case what == "legacy" && value != "on" && value != "off":
		return nil, "Say on or off"
	case what == "legacy":
		on := value == "on"
		return Ask{Request: wire.Account{Legacy: &on}}, ""
	case value == Everywhere && what == "password":
		what = Everywhere
	case value != "":
		return nil, "Only legacy is on or off, and only a password changes everywhere"
	case what == "remove":
		return Local{Verb: Account, Arg: what, Confirm: "remove the account " + c.Me + " for good?", Prompts: []string{"password of " + c.Me}}, ""
	}
	return Local{Verb: Account, Arg: what, Prompts: []string{"password so far", "new password", "the new one again"}}, ""
}

func makeSessions(_ Context, v values) (Action, problem) {
	end, id := v["end"] == "end", v["session"]
	switch {
	case end && id == "":
		return nil, "Say which session: /sessions lists them"
	case end:
		return Ask{Request: wire.EndSession{Session: id}}, ""
	case id != "":
		return nil, "A session can only be ended"
	}
	return Ask{Request: wire.Sessions{}}, ""
}

// makeServer leaves the question to who knows what the server shows.
func makeServer(_ Context, v values) (Action, problem) {
	return Local{Verb: Server, Arg: v["trust"]}, ""
}

func makeGo(_ Context, v values) (Action, problem) { return Local{Verb: Go, Arg: v["number"]}, "" }

// makeKeyed makes a command that does what a key does.
func makeKeyed(verb Verb) func(Context, values) (Action, problem) {
	return func(Context, values) (Action, problem) { return Local{Verb: verb}, "" }
}

func makeHelp(_ Context, v values) (Action, problem) {
	return Local{Verb: Help, Arg: v["command"]}, ""
}

func makeQuit(Context, values) (Action, problem) { return Local{Verb: Quit}, "" }
