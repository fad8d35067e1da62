package app

import (
	"labchat/internal/app/words"
	"labchat/internal/text"
	"labchat/internal/wire"
)

type (
	Clock = words.Clock
	Signs = words.Signs
)

func Plural(n int, noun text.Safe) text.Safe       { return words.Plural(n, noun) }
func CountPeople(n int) text.Safe                  { return words.CountPeople(n) }
func ShownName(name string, k wire.Kind) text.Safe { return words.ShownName(name, k) }
func Because(w, reason text.Safe) text.Safe        { return words.Because(w, reason) }
func RTTWords(micros int64) text.Safe              { return words.BehindWay(micros) }
func Milliseconds(micros int64) text.Safe          { return words.RoundTrip(micros) }
