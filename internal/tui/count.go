package tui

import "labchat/internal/text"

// plural counts things whose word takes an s.
func plural(n int, noun text.Safe) text.Safe {
	if n == 1 {
		return "1 " + noun
	}
	return text.Int(n) + " " + noun + "s"
}

// people counts people.
func people(n int) text.Safe {
	if n == 1 {
		return "1 person"
	}
	return text.Int(n) + " people"
}
