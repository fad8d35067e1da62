package hub

import "labchat/internal/wire"

// greetService takes a name that is nobody's: it is only repeated to who said it.
func (h *Hub) greetService(c call, _ wire.Hello) {
	c.reply(&wire.Welcome{Re: wire.Re{Re: c.tag}, Program: h.cfg.Program, Server: h.cfg.Server, Now: wire.MillisOf(c.now)})
}

func (h *Hub) calculate(c call, r wire.Calc) {
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

func (h *Hub) tellClock(c call, r wire.Clock) {
	c.reply(&wire.ClockTold{Re: wire.Re{Re: c.tag}, Date: r.Date, At: h.localTime(c.now)})
}
