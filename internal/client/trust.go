package client

import (
	"cmp"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"slices"
	"strings"

	"labchat/internal/session"
	"labchat/internal/wire"
)

// pin is what is known of a server from before.
type pin struct {
	key   string // "": its certificate was valid for its name
	known bool
}

func (p pin) String() string {
	if p.key == "" {
		return "a certificate that was valid for its name"
	}
	return "the key " + p.key
}

// proof is what a server showed in the TLS handshake, and what we know of it.
type proof struct {
	server   string
	as       []string // what the known servers may call it
	key      string   // SHA256:... of its public key
	valid    bool     // its certificate is valid for its name
	local    bool     // over loopback
	demanded string   // by --server-key
	pin      pin
	secret   bool // a password would go out, and nobody is there to look at a key that is seen first
}

// verdict is what follows from a proof that holds.
type verdict struct {
	add, set bool   // note what the server is known by from now on: it was not known, or by another key
	key      string // that, "" for a valid certificate
	first    bool   // the key is believed because it was seen first
	notice   string // for people
}

// judge decides as ssh does with its known hosts, over loopback, too: others
// may listen there, and a tunnel's end does. What was noted of a server holds
// until a person says otherwise, or demands a key: a certificate that is valid
// for the name may be renewed, any other key must stay the same.
func (p proof) judge() (verdict, error) {
	accepted := p.pin.known && (p.pin.key == p.key || p.pin.key == "" && p.valid)
	switch {
	case p.demanded != "" && p.key != normalKey(p.demanded):
		return verdict{}, session.Ended(wire.CodeDenied, "%s has the key %s, not %s as --server-key demands. "+
			"Ask its operator which key chatd prints at start.", p.server, p.key, normalKey(p.demanded))
	case accepted:
		return verdict{}, nil
	case p.demanded != "":
		return verdict{add: !p.pin.known, set: p.pin.known, key: p.key}, nil
	case p.pin.known:
		return verdict{}, p.changed()
	case p.valid:
		return verdict{add: true}, nil
	case p.secret && !p.local:
		return verdict{}, session.Ended(wire.CodeInsecure, "%s is not known yet, so no password is sent to it. Its key is %s: "+
			"ask its operator whether that is what chatd prints at start, and add --server-key %s, or connect once with the screen.", p.server, p.key, p.key)
	}
	return verdict{add: true, key: p.key, first: true, notice: "First contact with " + p.server + ". Its key is " + p.key +
		": compare it with what chatd prints at start. From now on no other key is accepted."}, nil
}

// changed refuses a key that is not the one we know.
func (p proof) changed() error {
	shows := "the key " + p.key
	if p.valid {
		shows += " and a certificate that is valid for its name"
	}
	return &mistrustError{
		as: p.as, had: p.pin.key, shows: p.key, valid: p.valid,
		EndedError: session.EndedError{Code: wire.CodeDenied, Text: "The key of " + p.server + " has changed: when it was last seen, it had " + p.pin.String() +
			"; now it has " + shows + ". Either the server was set up anew, or somebody stands between it and you. Nothing was sent. " +
			"Ask its operator which key chatd prints at start; if it is the new one, start again with --server-key " + p.key},
		advice: ", or type /server trust",
	}
}

// mistrustError refuses a server that is not the one we know. Only a person can
// say otherwise: see loop.trust.
type mistrustError struct {
	session.EndedError

	advice     string   // for somebody who is there, behind the sentence
	as         []string // what the known servers may call it
	had, shows string   // keys: had "" is a valid certificate, shows "" plain text; or nodes
	node       bool     // the key is the known one, the server calls itself another one
	key        string   // with node: what it has shown, as dialled.shown
	valid      bool     // what it shows is a valid certificate
	passing    bool     // a server that is being restarted may look so: it is tried again in any case
}

// notPlain refuses to speak plain text to a server that is known by its key.
func (c connector) notPlain(what string, passing bool) error {
	return &mistrustError{
		as: c.as, had: c.pin.key, passing: passing,
		EndedError: session.EndedError{Code: wire.CodeInsecure, Text: c.cfg.Server + " " + what + ", but when it was last seen, it had " + c.pin.String() +
			" and spoke TLS. Nothing is sent to it in plain text: somebody else may answer in its place. " +
			"If its operator has switched TLS off, delete its line from " + c.cfg.Known.String()},
		advice: ", or type /server trust",
	}
}

// why returns the sentence for people.
func (e *mistrustError) why(attended bool) string {
	if attended {
		return e.Text + e.advice + "."
	}
	return e.Text + "."
}

// RefuseKnown refuses to speak plain text to a server that is one of the known
// ones; nil is none. What else a person may do is said behind that.
func RefuseKnown(known KnownServers, server, advice string) error {
	if known == nil {
		return nil
	}
	switch _, is, err := known.Key(server); {
	case is:
		return lost("%s is a chat server that was spoken to over TLS before: nothing is sent to it in plain text. %s", server, advice)
	case err != nil:
		return lost("Whether %s is a chat server can't be told: %v.", server, err)
	}
	return nil
}

// lookUp finds what is known of the server under one more of its names, unless
// it is known by one before. A notice is of lines that can't be read; where the
// server may be in one of these, nothing is sent.
func (c *connector) lookUp(name string) error {
	if slices.Contains(c.as, name) {
		return nil
	}
	if c.as = append(c.as, name); c.pin.known {
		return nil
	}
	key, known, err := c.cfg.Known.Key(name)
	c.pin = pin{key: key, known: known}
	switch {
	case err == nil:
	case known:
		c.notice = "Of the servers that are known not all can be read: " + err.Error() + "."
	default:
		return &lostError{code: wire.CodeStorage, text: "Whether " + c.cfg.Server + " is known can't be told: " + err.Error() + ". Nothing is sent before that."}
	}
	return nil
}

// knownAs is what the known servers call the server.
func (c *Config) knownAs() string { return cmp.Or(c.KnownAs, c.Server) }

// note keeps what the server is known by from now on, before anything is said
// to it. A key that is believed because it was seen first, and can't be noted,
// gets no secret beyond this machine: the next time it would be seen first
// again.
func (c connector) note(d *dialled, p proof, v verdict) error {
	d.first, d.vouched = v.first, v.set
	d.notice = strings.TrimSpace(c.notice + " " + v.notice)
	var err error
	switch {
	case c.try:
		return nil
	case v.set:
		err = c.noteAll(v.key, c.cfg.Known.Set)
	case v.add:
		if err = c.noteAll(v.key, c.add); err == nil {
			return c.again(p)
		}
	}
	switch {
	case err == nil:
		return nil
	case v.first && !p.local && c.cfg.Identity.Mode != ModeGuest:
		return session.Ended(wire.CodeStorage, "The key of %s can't be noted, so that another one would not be noticed (%v). No password is sent to it. "+
			"Mend that, or add --server-key %s if that is what chatd prints at start.", c.cfg.Server, err, p.key)
	}
	d.unsure = v.first && !p.local
	d.notice = strings.TrimSpace(d.notice + " It can't be noted, and another key would not be noticed next time: " + err.Error() + ".")
	return nil
}

// again judges by what is noted now: another program may have been faster than
// we were, with another key.
func (c connector) again(p proof) error {
	for _, name := range c.as {
		key, known, err := c.cfg.Known.Key(name)
		if err != nil || !known {
			return err
		}
		p.pin = pin{key: key, known: true}
		if _, err = p.judge(); err != nil {
			return err
		}
	}
	return nil
}

// noteAll notes a server under each of its names.
func (c connector) noteAll(key string, note func(server, key string) error) error {
	for _, name := range c.as {
		if err := note(name, key); err != nil {
			return err
		}
	}
	return nil
}

// add is KnownServers.Add for a name that is not spelled like another one that
// was noted a moment ago.
func (c connector) add(server, key string) error {
	if _, known, err := c.cfg.Known.Key(server); known && err == nil {
		return nil
	}
	return c.cfg.Known.Add(server, key)
}

// trust takes a person's word for a server that is not the one we knew, and
// connects to it now.
func (l *loop) trust(r wire.TrustServer, tag string) {
	m := l.mistrusted
	if m == nil || m.shows != r.Shows || m.node != r.Node || m.valid != r.Valid {
		l.refuse(r, tag, wire.CodeDenied, "The server does not show that any more. Look again what it shows.")
		return
	}
	if m.node {
		if err := l.renew(m); err != nil {
			l.refuse(r, tag, wire.CodeStorage, "That can't be noted: "+err.Error()+".")
			return
		}
		l.emit(&wire.Done{Re: wire.Re{Re: tag}, Of: r.Act()})
		return
	}
	var err error
	for _, name := range m.as {
		switch {
		case m.shows == "":
			err = errors.Join(err, l.cfg.Known.Forget(name))
		case m.valid:
			err = errors.Join(err, l.cfg.Known.Set(name, ""))
		default:
			err = errors.Join(err, l.cfg.Known.Set(name, m.shows))
		}
	}
	if err != nil {
		l.refuse(r, tag, wire.CodeStorage, "That can't be noted: "+err.Error()+".")
		return
	}
	if m.valid {
		l.emit(&wire.Notice{Own: true, Text: l.cfg.Server + " is known by its certificate from now on: any key is accepted whose certificate is valid for its name."})
	}
	l.mistrusted, l.backoff.attempt, l.met, l.vouched = nil, 0, true, &m.shows
	l.emit(&wire.Done{Re: wire.Re{Re: tag}, Of: r.Act()})
	l.retry()
}

// doubt is what a status says of a server that is not the one we know.
func (l *loop) doubt() *wire.Mistrust {
	if m := l.mistrusted; m != nil {
		return &wire.Mistrust{Had: m.had, Shows: m.shows, Node: m.node, Valid: m.valid}
	}
	return nil
}

// distrust notes that a server was refused for not being the one we know, and
// whether only somebody who is not there could say otherwise.
func (l *loop) distrust(err error) (over *session.EndedError) {
	m, ok := errors.AsType[*mistrustError](err)
	if !ok {
		l.mistrusted = nil
		return nil
	}
	l.mistrusted = m
	if l.cfg.Attended || m.passing {
		return nil
	}
	return &session.EndedError{Code: m.Code, Text: m.why(false)}
}

// normalKey writes a key as wire.KeyPrint does.
func normalKey(key string) string {
	key = strings.TrimRight(strings.TrimSpace(key), "=")
	if name, rest, found := strings.Cut(key, ":"); found && strings.EqualFold(name, "sha256") {
		return "SHA256:" + rest
	}
	return "SHA256:" + key
}

// certified says whether the certificate is valid for the host.
func certified(cs tls.ConnectionState, host string, roots *x509.CertPool) bool {
	between := x509.NewCertPool()
	for _, c := range cs.PeerCertificates[1:] {
		between.AddCert(c)
	}
	_, err := cs.PeerCertificates[0].Verify(x509.VerifyOptions{DNSName: host, Roots: roots, Intermediates: between})
	return err == nil
}
