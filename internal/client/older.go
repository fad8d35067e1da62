package client

import (
	"cmp"
	"errors"
	"slices"

	"labchat/internal/wire"
)

// maxEchoes is how many of our own lines are remembered that a dialect may
// send back to us as everybody's.
const maxEchoes = 64

// askedFor takes a question of a server that talks in a dialogue. Its codec
// answers by itself what it has been told; a password that nobody has given
// ends the session.
func (l *loop) askedFor(e *wire.Asked) {
	if e.For == wire.AskPassword && l.who.want.Password == "" {
		l.over = ended(wire.CodeRegistered, "The name %s belongs to an account at %s. Log in with its password, or take another name.", l.who.want.Name, l.cfg.Server)
	}
}

// refusedLate is a refusal that answers nothing we know of. Where a name is
// taken for granted, it may be that of the name.
func (l *loop) refusedLate(e *wire.Refused) {
	switch e.Code {
	case wire.CodeNameTaken, wire.CodeRegistered, wire.CodeNameInvalid:
		if manners := l.link.dialect.Manners(); !manners.Native && !manners.Nameless {
			l.over = &EndedError{Code: e.Code, Text: e.Text}
			return
		}
	default:
	}
	l.emit(e)
}

// peersListed takes the list that some old servers send to everybody whenever
// somebody comes or goes. It names who can be reached by datagrams, so that
// who is not in it may be here all the same. It comes out, too, for who sends
// such datagrams.
func (l *loop) peersListed(e *wire.PeerList) {
	l.emit(e)
	first := !l.listed
	l.listed = true
	for _, p := range e.Peers {
		if !l.came(p.Name) || first {
			continue
		}
		l.emit(&wire.Joined{Room: wire.Lobby, Name: p.Name, Kind: wire.KindOld})
	}
	if first {
		l.emit(&wire.Entered{Room: wire.Lobby, People: slices.Clone(l.present)})
	}
}

// came notes that somebody is here, and says whether that is news.
func (l *loop) came(name string) bool {
	if slices.ContainsFunc(l.present, func(p wire.Person) bool { return p.Name == name }) {
		return false
	}
	l.present = append(l.present, wire.Person{Name: name, Kind: wire.KindOld})
	return true
}

// cameOrWent notes who is in the one room of an older dialect.
func (l *loop) cameOrWent(e wire.Event) {
	if l.asks.tagged {
		if left, ok := e.(*wire.Left); ok && wire.Fold(left.Name) == wire.Fold(l.who.name) {
			l.left(left.Room)
		}
		l.emit(e)
		return
	}
	switch e := e.(type) {
	case *wire.Joined:
		e.Room = cmp.Or(e.Room, wire.Lobby)
		l.came(e.Name)
	case *wire.Left:
		e.Room = cmp.Or(e.Room, wire.Lobby)
		l.present = slices.DeleteFunc(l.present, func(p wire.Person) bool { return p.Name == e.Name })
	default:
	}
	l.emit(e)
}

// unsayable answers a request that the dialect has no words for, from what is
// known here if it can be; otherwise it is refused.
func (l *loop) unsayable(r wire.Request, tag string, err error) {
	if _, people := r.(wire.People); people && l.listed && errors.Is(err, wire.ErrUnsupported) {
		l.emit(&wire.PeopleList{Re: wire.Re{Re: tag}, Room: wire.Lobby, People: slices.Clone(l.present)})
		return
	}
	code, text := whyNot(err)
	l.refuse(r, tag, code, text)
}

// echo notes a line of ours that may come back.
func (o *outbox) echo(text string) {
	if o.echoes = append(o.echoes, text); len(o.echoes) > maxEchoes {
		o.echoes = o.echoes[1:]
	}
}

// echoed says whether a line under our name is one of ours that has come back.
func (o *outbox) echoed(text string) bool {
	i := slices.Index(o.echoes, text)
	if i < 0 {
		return false
	}
	o.echoes = slices.Delete(o.echoes, i, i+1)
	return true
}
