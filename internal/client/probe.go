package client

import (
	"bufio"
	"context"
	"errors"
	"time"

	"labchat/internal/session"
	"labchat/internal/wire"
)

// probeTimeout bounds a Probe, for which a person waits in front of a form: as
// long as listening and a TLS greeting may take.
const probeTimeout = listenFor + handshakeTimeout + time.Second

// Probed is what can be said of a server before anything secret goes there.
type Probed struct {
	RTT     time.Duration
	Dialect string
	Secure  bool              // over TLS
	Key     string            // SHA256:... of the server's, "" without TLS
	Pinned  bool              // the key is the one seen before, or its certificate is valid
	Welcome *wire.Welcome     // nil for older dialects
	Name    *wire.NameChecked // nil for older dialects, or where no name was asked for
}

// Probe connects, says hello, asks for a name if there is one, and closes. It
// stores nothing, and sends no more than a session would. A server whose older
// dialect is named is not connected to: it would announce or count us. The error
// is a sentence, an *session.EndedError where looking again is of no use.
func Probe(ctx context.Context, cfg Config, name string) (Probed, error) {
	ctx, cancel := context.WithTimeout(ctx, probeTimeout)
	defer cancel()
	s := New(cfg)
	c := connector{cfg: s.cfg, try: true}
	if older := s.cfg.Dialect; older != DialectAuto && older != DialectChat1 {
		err := c.lookUp(s.cfg.knownAs())
		if err == nil {
			err = c.refuseOlder(older)
		}
		if err != nil {
			return Probed{}, sentence(&s.cfg, err)
		}
		return Probed{Dialect: older}, nil
	}
	d, err := c.connect(ctx)
	if err != nil {
		return Probed{}, sentence(&s.cfg, err)
	}
	defer drop(d.raw)
	defer context.AfterFunc(ctx, func() { drop(d.raw) })()
	p := Probed{Dialect: d.dialect.Name(), Secure: d.secure, Key: d.key, Pinned: d.known}
	if p.Dialect != DialectChat1 {
		return p, nil
	}
	if err := p.ask(d, name); err != nil {
		return Probed{}, sentence(&s.cfg, err)
	}
	return p, nil
}

// sentence makes an error one that people can read.
func sentence(cfg *Config, err error) error {
	if fatal, ok := errors.AsType[*session.EndedError](err); ok {
		return fatal
	}
	return lost("%s", reason(cfg, err))
}

// ask reads the welcome, and asks for the name.
func (p *Probed) ask(d *dialled, name string) (err error) {
	frames := bufio.NewScanner(d.read)
	frames.Buffer(nil, d.dialect.MaxBytes()+1)
	frames.Split(d.dialect.Split)
	codec := d.dialect.Client()
	if p.Welcome, err = await[*wire.Welcome](frames, codec); err != nil {
		return err
	}
	var r wire.Request = wire.Ping{}
	if name != "" {
		r = wire.CheckName{Name: name}
	}
	question, err := codec.AppendRequest(nil, tagged(r, "probe"))
	if err != nil {
		return err
	}
	asked := time.Now()
	d.conn.SetWriteDeadline(asked.Add(probeTimeout))
	if _, err := d.conn.Write(question); err != nil {
		return err
	}
	if name == "" {
		_, err = await[*wire.Pong](frames, codec)
	} else {
		p.Name, err = await[*wire.NameChecked](frames, codec)
	}
	p.RTT = time.Since(asked)
	return err
}

// await reads until an event of one kind, or a refusal.
func await[E wire.Event](frames *bufio.Scanner, codec wire.ClientCodec) (E, error) {
	var none E
	for frames.Scan() {
		e, err := codec.ParseEvent(frames.Bytes())
		if err != nil {
			return none, lost("The server's answer can't be read.")
		}
		switch e := e.(type) {
		case E:
			return e, nil
		case *wire.Refused:
			return none, lost("%s", e.Text)
		case *wire.Goodbye:
			return none, lost("%s", e.Text)
		default:
		}
	}
	if err := frames.Err(); err != nil {
		return none, err
	}
	return none, lost("The server closed the connection.")
}
