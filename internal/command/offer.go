package command

import (
	"errors"
	"maps"

	"labchat/internal/wire"
	"labchat/internal/wire/dialects"
)

// Offer is the commands that make sense with a server; nil is all of them.
type Offer map[Verb]bool

// direct is how a session names itself that has no server: see Context.Direct.
const direct = "direct"

// OfferOf lists the commands that the dialect of that name has words for, and
// those that need no server.
func OfferOf(dialect string) Offer {
	if dialect == direct {
		return maps.Clone(directOffer)
	}
	can := sayable(dialect)
	if can == nil {
		return nil
	}
	o := Offer{}
	for i := range commands {
		if c := &commands[i]; c.offered(can) {
			o[c.Verb] = true
		}
	}
	return o
}

// directOffer is all that a session without a server takes for a command.
var directOffer = Offer{Quit: true}

// isDirect reports whether everything but :q is text.
func (o Offer) isDirect() bool { return o != nil && maps.Equal(o, directOffer) }

// Takes reports whether the command that a line begins with, if it does, is one of the
// offer.
func (o Offer) Takes(line string) bool {
	c := scan(line).command
	return c == nil || o.has(c)
}

// has reports whether a command is offered.
func (o Offer) has(c *Command) bool { return o == nil || o[c.Verb] }

// sayable says what a client of the dialect can ask for, nil: everything.
func sayable(dialect string) func(wire.Request) bool {
	if d := dialects.ByName(dialect); d != nil && !d.Manners().Native {
		return func(r wire.Request) bool {
			switch r.(type) {
			case wire.People:
				if d.Manners().Peers {
					return true // it is told without asking
				}
			case wire.Guest, wire.Login, wire.Register:
				if !d.Manners().Nameless {
					return false // names are given at the beginning only
				}
			default:
			}
			_, err := d.Client().AppendRequest(nil, r)
			return !errors.Is(err, wire.ErrUnsupported)
		}
	}
	for _, d := range dialects.Datagrams() {
		if d.Name() == dialect {
			return func(r wire.Request) bool {
				switch r.(type) {
				case wire.Leave, wire.Accept, wire.Reject, wire.People:
					return true // done at our end, or among its people
				case wire.Logout:
					return false // the name is given up with the program
				default:
				}
				_, err := d.Client().AppendDatagrams(nil, r)
				return !errors.Is(err, wire.ErrUnsupported)
			}
		}
	}
	return nil
}

// samples are arguments that any command takes.
var samples = values{
	"room": "lobby", "user": "alice", "text": "hi", "name": "alice", "lines": "1", "what": "legacy", "value": "on",
	"end": "list", "expression": "3+4", "command": "", "ip port": "239.1.2.3 5007", "answer": "same", "file": "capture.pcap",
	"id": "1", "mode": "relay", "drop": "drop", "number": "1", "sign": "typing",
}

// offered tries the command in its shortest form, and with all arguments.
func (c *Command) offered(can func(wire.Request) bool) bool {
	if c.Group == GroupService {
		return true // the host is asked for them, not the chat server
	}
	shortest := values{}
	for _, a := range c.Args {
		if !a.Optional {
			shortest[a.Name] = samples[a.Name]
		}
	}
	return c.sayable(shortest, can) || c.sayable(samples, can)
}

func (c *Command) sayable(v values, can func(wire.Request) bool) bool {
	a, why := c.make(Context{Room: wire.Lobby, Me: "alice", Account: true}, v)
	if why != "" {
		return false
	}
	switch a := a.(type) {
	case Ask:
		return can(a.Request)
	case Say:
		return can(wire.Say{Room: a.Room, Text: a.Text, Action: a.Action})
	case Whisper:
		return can(wire.Private{To: a.To, Text: a.Text})
	case Local:
		return a.offered(can)
	case Unknown, Usage, Nothing:
	}
	return true
}

// offered is for what the program does itself, which may need the server in
// the end.
func (l Local) offered(can func(wire.Request) bool) bool {
	switch l.Verb {
	case Outbox:
		return can(wire.Drop{Client: "1"})
	case Open:
		return can(wire.Private{To: "alice", Text: "hi"})
	case Nick:
		return can(wire.Guest{Name: "alice"})
	case Register:
		return can(wire.Register{Name: "alice", Password: "sesame"})
	case Login:
		return can(wire.Login{Name: "alice", Password: "sesame"})
	default:
		return true
	}
}
