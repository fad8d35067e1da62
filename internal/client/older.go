package client

import (
	"errors"
	"slices"

	"labchat/internal/session"
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
		l.over = session.Ended(wire.CodeRegistered, "The name %s belongs to an account at %s. Log in with its password, or take another name.", l.who.want.Name, l.cfg.Server)
	}
}

// refusedLate is a refusal that answers nothing we know of. Where a name is
// taken for granted, it may be that of the name.
func (l *loop) refusedLate(e *wire.Refused) {
	switch e.Code {
	case wire.CodeNameTaken, wire.CodeRegistered, wire.CodeNameInvalid:
		if manners := l.link.dialect.Manners(); !manners.Native && !manners.Nameless {
			l.over = &session.EndedError{Code: e.Code, Text: e.Text}
			return
		}
	default:
	}
	l.emit(e)
}

// unsayable answers a request that the dialect has no words for, from what is
// known here if it can be; otherwise it is refused.
func (l *loop) unsayable(r wire.Request, tag string, err error) {
	if _, people := r.(wire.People); people && l.present.listed && errors.Is(err, wire.ErrUnsupported) {
		l.emit(&wire.PeopleList{Re: wire.Re{Re: tag}, Room: wire.Lobby, People: slices.Clone(l.present.people)})
		return
	}
	if _, people := r.(wire.People); people && l.link.dialect.Manners().Peers && errors.Is(err, wire.ErrUnsupported) {
		l.refuse(r, tag, wire.CodeBusy, "The server has not told yet who is here. Ask again in a moment.")
		return
	}
	code, text := l.whyNot(r, err)
	l.refuse(r, tag, code, text)
}

// whyNot explains why a request can't be said.
func (l *loop) whyNot(r wire.Request, err error) (wire.Code, string) {
	d := l.link.dialect
	speaks := "This server speaks " + d.Name() + ", which has "
	fatal, ok := errors.AsType[*session.EndedError](err)
	switch _, private := r.(wire.Private); {
	case ok:
		return fatal.Code, fatal.Text
	case !errors.Is(err, wire.ErrUnsupported):
		return wire.CodeMalformed, "This can't be said in this server's protocol: " + err.Error() + "."
	case private && d.Manners().Peers:
		return wire.CodeUnsupported, "Private lines go past this server, by datagrams: --udp ADDRESS:PORT begins with them."
	case private:
		return wire.CodeUnsupported, speaks + "no private lines: all that is said there is for everybody."
	default:
		return wire.CodeUnsupported, speaks + "no words for " + r.Act().Command() + ". /help lists what it knows."
	}
}

// echo notes a line of ours that may come back, as it stands there then.
func (o *outbox) echo(one *line) {
	text := one.Text
	if one.Action {
		text = wire.ActionMark + text
	}
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
