package server

import "labchat/internal/wire"

// isJournaled reports whether a connection is the arithmetic service's: the one whose
// daemon is to say what it is asked, and when a session ends. Its pace bounds
// how much that can be.
func (c *conn) isJournaled() bool {
	return c.frame.pieces && c.frame.dialect.Manners().Service
}

// journal logs what the arithmetic service is asked.
func (l *loop) journal(c *conn, r wire.Request) {
	if !c.isJournaled() {
		return
	}
	log := l.log.With("service", c.frame.dialect.Name(), "addr", c.raw.RemoteAddr())
	switch r := r.(type) {
	case wire.Hello:
		log.Info("Session began", "user", r.Program)
	case wire.Calc:
		log.Info("request", "expression", r.Left+" "+r.Op+" "+r.Right)
	case wire.Malformed:
		log.Info("request refused", "code", r.Code)
	default:
		log.Info("request", "act", r.Act())
	}
}

// journalEnd logs that a session of the arithmetic service ended.
func (l *loop) journalEnd(c *conn) {
	if c.isJournaled() {
		l.log.Info("Session ended", "service", c.frame.dialect.Name(), "addr", c.raw.RemoteAddr())
	}
}
