package app

import "labchat/internal/text"

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
