package command

import (
	"cmp"
	"slices"
	"strings"
	"unicode"
)

// Rank says how well a name fits what was typed: the more, the better.
type Rank int

// The ranks. Each beats all before it.
const (
	RankNone     Rank = iota // it does not fit
	RankSequence             // its letters are there in this order: rdm for random
	RankPart                 // it is somewhere within
	RankWord                 // a word of the name begins so: udp for tcp-udp
	RankPrefix
	RankExact
)

// RankOf ranks a name, without its sign, whatever the case. Nothing typed fits
// every name alike, as a prefix.
func RankOf(name, typed string) Rank {
	name, typed = strings.ToLower(name), strings.ToLower(typed)
	switch at := strings.Index(name, typed); {
	case name == typed:
		return RankExact
	case at == 0:
		return RankPrefix
	case at > 0 && wordWithin(name, typed):
		return RankWord
	case at > 0:
		return RankPart
	}
	rest := []rune(typed)
	for _, r := range name {
		if len(rest) > 0 && r == rest[0] {
			rest = rest[1:]
		}
	}
	if len(rest) > 0 {
		return RankNone
	}
	return RankSequence
}

// wordWithin reports whether a word of name, but the first, begins as typed.
func wordWithin(name, typed string) bool {
	apart := true
	for i, r := range name {
		if apart && i > 0 && strings.HasPrefix(name[i:], typed) {
			return true
		}
		apart = !unicode.IsLetter(r) && !unicode.IsDigit(r) && !unicode.IsMark(r)
	}
	return false
}

// ranked lists the names that fit what was typed at least so well, the best
// first; those that fit alike keep their order.
func ranked(among []string, typed string, least Rank) []string {
	type candidate struct {
		name string
		rank Rank
	}
	var all []candidate
	for _, name := range among {
		if r := RankOf(name, typed); r >= least {
			all = append(all, candidate{name, r})
		}
	}
	slices.SortStableFunc(all, func(a, b candidate) int { return cmp.Compare(b.rank, a.rank) })
	names := make([]string, len(all))
	for i, c := range all {
		names[i] = c.name
	}
	return names
}
