package words

import (
	"labchat/internal/text"
	"labchat/internal/wire"
)

// Plural counts things whose word takes an s.
func Plural(n int, noun text.Safe) text.Safe {
	if n == 1 {
		return "1 " + noun
	}
	return text.Int(n) + " " + noun + "s"
}

// CountPeople counts people.
func CountPeople(n int) text.Safe {
	if n == 1 {
		return "1 person"
	}
	return text.Int(n) + " people"
}

// List joins names.
func List(names []string) text.Safe {
	clean := make([]text.Safe, len(names))
	for i, name := range names {
		clean[i] = text.CleanLine(name)
	}
	return text.Join(clean, ", ")
}

// Because adds a reason where there is one.
func Because(words, reason text.Safe) text.Safe {
	if reason == "" {
		return words
	}
	return words + ": " + reason
}

// ShownName returns a name as it is shown: every kind but an account has a mark,
// so that nobody takes a guest's words for those of a name's owner.
func ShownName(name string, k wire.Kind) text.Safe {
	label := text.CleanLine(name)
	switch k {
	case wire.KindAccount, "":
		return label
	case wire.KindDatagram:
		return "?" + label
	default:
		return "~" + label
	}
}
