package hub

import "labchat/internal/wire"

// serviceRules is the table of requests for the sessions of services. Nobody
// is present in those: they ask and are answered, and nobody else hears of it.
var serviceRules = map[wire.Act]rule{
	wire.ActHello: {on((*Hub).meetService), 0, free},
	wire.ActCalc:  {on((*Hub).calc), 0, free},
	wire.ActClock: {on((*Hub).clock), 0, free},
	wire.ActPing:  {on((*Hub).ping), 0, free},
	wire.ActQuit:  {on((*Hub).quit), 0, free},
}

// meetService takes a name that is nobody's: it is only repeated to who said it.
func (h *Hub) meetService(c call, _ wire.Hello) {
	c.reply(&wire.Welcome{Re: wire.Re{Re: c.tag}, Program: h.cfg.Program, Server: h.cfg.Server, Now: wire.MillisOf(c.now)})
}

func (h *Hub) calc(c call, r wire.Calc) {
	value, code := evaluate(r)
	switch code {
	case "":
		c.reply(&wire.Calculated{Re: wire.Re{Re: c.tag}, Value: value})
	case wire.CodeTooLong:
		c.refuse(code, "The numbers are too long. Take shorter ones.")
	case wire.CodeNoResult:
		c.refuse(code, "This has no value. Don't divide by zero.")
	default:
		c.refuse(code, "Write two numbers and one of + - * / between them.")
	}
}

func (h *Hub) clock(c call, r wire.Clock) {
	c.reply(&wire.ClockTold{Re: wire.Re{Re: c.tag}, Date: r.Date, At: h.shown(c.now)})
}
