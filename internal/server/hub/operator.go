package hub

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"labchat/internal/wire"
)

// Command is what an operator asks for through the control socket.
type Command struct {
	Verb   Verb
	Name   string
	Hash   string // add, passwd: PHC string of the new password
	Legacy bool   // add: older programs may log in
	Reason string // ban
}

// Verb names an operator's command.
type Verb string

// The operator's commands.
const (
	VerbAdd    Verb = "add"
	VerbPasswd Verb = "passwd"
	VerbRemove Verb = "remove"
	VerbList   Verb = "list"
	VerbBan    Verb = "ban"
	VerbUnban  Verb = "unban"
	// VerbRooms lists the rooms, VerbRemoveRoom removes one with its lines.
	VerbRooms      Verb = "rooms"
	VerbRemoveRoom Verb = "remove_room"
)

// Reply answers an operator's call once what it changed is durable.
type Reply struct {
	ID   uint64
	Rows []string
	Err  string // a sentence, "" where it was done
}

// operator owns the calls that come through the control socket and wait for the log.
type operator struct {
	names *names
	rooms *rooms
	calls map[uint64]string // what is printed once the log has them
}

// operation makes an operator's command a record for the log, and says what to
// print when it is there. The error is a sentence.
type operation func(op *operator, cmd Command) (r Record, row, problem string)

var operations = map[Verb]operation{
	VerbAdd: (*operator).add,
	VerbPasswd: onAccount(func(cmd Command, a *account) (Record, string) {
		a.hashing++
		return AccountHash{Name: a.name, Hash: cmd.Hash}, "The password of " + a.name + " was changed."
	}),
	VerbRemove: onAccount(func(_ Command, a *account) (Record, string) {
		return AccountGone{Name: a.name}, a.name + " was removed."
	}),
	VerbBan:        (*operator).ban,
	VerbRemoveRoom: (*operator).removeRoom,
	VerbUnban: onAccount(func(_ Command, a *account) (Record, string) {
		return AccountFlags{Name: a.name, Legacy: a.legacy}, a.name + " is not banned."
	}),
}

// ban bans an account for a reason that it is told. That is never
// empty, because an empty one is no ban.
func (op *operator) ban(cmd Command) (r Record, row, problem string) {
	reason := cmp.Or(strings.TrimSpace(cmd.Reason), "ask the operator why")
	reason, err := wire.CleanText(reason, wire.MaxTopic)
	if err != nil {
		return nil, "", "the reason can't be told: " + sentence(err)
	}
	return onAccount(func(cmd Command, a *account) (Record, string) {
		return AccountFlags{Name: a.name, Legacy: a.legacy, Banned: reason}, a.name + " is banned."
	})(op, cmd)
}

// whyBanned is what is told to who wants to use an account that is banned. The
// reason may be from before such were bounded.
func (a *account) whyBanned() string {
	return "The account is banned: " + wire.Cut(strings.ToValidUTF8(a.banned, "\ufffd"), wire.MaxText)
}

// Operator does what an operator asks for; the Reply with the same id comes at
// once or after the log has it. Ids are never used twice, and never 0.
func (h *Hub) Operator(now time.Time, id uint64, cmd Command, out *Out) {
	switch cmd.Verb {
	case VerbList:
		out.Replies = append(out.Replies, Reply{ID: id, Rows: h.operator.accountRows()})
		return
	case VerbRooms:
		out.Replies = append(out.Replies, Reply{ID: id, Rows: h.operator.roomRows()})
		return
	default:
	}
	do, ok := operations[cmd.Verb]
	if !ok {
		out.Replies = append(out.Replies, Reply{ID: id, Err: fmt.Sprintf("there is no command %q", cmd.Verb)})
		return
	}
	record, row, problem := do(h.operator, cmd)
	if problem != "" {
		out.Replies = append(out.Replies, Reply{ID: id, Err: problem})
		return
	}
	h.operator.calls[id] = row
	out.Entries = append(out.Entries, Entry{Record: record, Call: id})
}

// onAccount is an operation on an account that exists.
func onAccount(do func(cmd Command, a *account) (Record, string)) operation {
	return func(op *operator, cmd Command) (Record, string, string) {
		a := op.names.account(cmd.Name)
		if a == nil {
			return nil, "", fmt.Sprintf("no account is called %q; `chatd user list` prints those there are", cmd.Name)
		}
		r, row := do(cmd, a)
		return r, row, ""
	}
}

// add reserves a name for an account, whoever is here under it.
func (op *operator) add(cmd Command) (r Record, row, problem string) {
	if err := wire.CheckUser(cmd.Name); err != nil {
		return nil, "", sentence(err)
	}
	switch cl := op.names.at(cmd.Name); {
	case cl == nil:
	case cl.account != nil:
		return nil, "", fmt.Sprintf("%q, or a name that looks like it, is registered", cmd.Name)
	case cl.reserved != "":
		return nil, "", fmt.Sprintf("%q is being registered just now; try again", cmd.Name)
	}
	op.names.claim(cmd.Name).reserved = cmd.Name
	return AccountMade{Name: cmd.Name, Hash: cmd.Hash, Legacy: cmd.Legacy}, cmd.Name + " was added.", ""
}

// removeRoom removes a room, whoever is in it.
func (op *operator) removeRoom(cmd Command) (r Record, row, problem string) {
	rm := op.rooms.find(cmd.Name)
	switch {
	case rm == nil:
		return nil, "", fmt.Sprintf("no room is called %q; `chatd room list` prints those there are", cmd.Name)
	case rm == op.rooms.main:
		return nil, "", "the lobby is everybody's and stays"
	case rm.end.begun:
		return nil, "", rm.name + " is being removed just now"
	}
	rm.end.begun = true
	return RoomGone{Name: rm.name}, rm.name + " was removed, with its lines.", ""
}

// roomRows lists the rooms, oldest first, one a row: name, day it was made, owner,
// people, the day of its newest line, from where it was made; with tabs between.
func (op *operator) roomRows() []string {
	rows := make([]string, 0, len(op.rooms.ordered))
	for _, rm := range op.rooms.ordered {
		spoken, maker := "", ""
		if rm.last != 0 {
			spoken = rm.last.Time().Time().Format(time.DateOnly)
		}
		if rm.maker != (Network{}) {
			maker = rm.maker.String()
		}
		rows = append(rows, fmt.Sprintf("%s\t%s\t%s\t%d\t%s\t%s",
			rm.name, rm.made.Time().Format(time.DateOnly), rm.owner, len(rm.people.places), spoken, maker))
	}
	return rows
}

// accountRows lists the accounts by name, one a row: name, day of
// registration, sessions, remarks, with tabs between.
func (op *operator) accountRows() []string {
	var rows []string
	for cl := range op.names.all() {
		a := cl.account
		if a == nil {
			continue
		}
		sessions, remarks := 0, []string{}
		if cl.user != nil {
			sessions = len(cl.user.sessions)
		}
		if a.legacy {
			remarks = append(remarks, "legacy")
		}
		if a.banned != "" {
			remarks = append(remarks, "banned: "+a.banned)
		}
		rows = append(rows, fmt.Sprintf("%s\t%s\t%d\t%s",
			a.name, a.made.Time().Format(time.DateOnly), sessions, strings.Join(remarks, ", ")))
	}
	slices.Sort(rows)
	return rows
}

// tellCaller hands an operator's call its outcome.
func (op *operator) tellCaller(c call, e *Entry) {
	row, ok := op.calls[e.Call]
	if !ok {
		return
	}
	delete(op.calls, e.Call)
	reply := Reply{ID: e.Call, Rows: []string{row}}
	if e.Fail {
		reply = Reply{ID: e.Call, Err: "the storage could not write it; look at the disk, then try again"}
	}
	c.out.Replies = append(c.out.Replies, reply)
}
