package command

import "labchat/internal/wire"

// ServerLines says in rows for people what is known of the server's key, and
// where there is something that only a person can decide, the question.
func ServerLines(s wire.Status) (rows []string, question string) {
	m := s.Mistrust
	switch {
	case m == nil && s.Secure:
		return []string{s.Server + " has the key " + s.Key, "compare it with what chatd prints at start; /server trust is for a key that has changed"}, ""
	case m == nil && s.State == wire.StateOnline:
		return []string{s.Server + " is spoken to in plain text: it has no key"}, ""
	case m == nil:
		return []string{s.Server + " shows no key now, so that there is nothing to trust"}, ""
	}
	if m.Node {
		return []string{
			s.Server + " called itself: " + m.Had,
			"it calls itself now: " + m.Shows,
			"the people you know keep the keys you know them by; whoever shows another one is asked about",
			"lines that wait, rooms and drafts stay on this disk with the server before, and are not told to this one",
			"say yes only if its operator told you that it has begun anew",
		}, "go on with " + s.Server + " as a new server?"
	}
	had := m.Had
	if had == "" {
		had = "a certificate that was valid for its name"
	}
	if m.Shows == "" {
		return []string{
			s.Server + " had:  " + had,
			"now it would be spoken to in plain text: whoever answers there can read what you send, your password, too",
		}, "speak plain text to " + s.Server + "?"
	}
	if m.Valid {
		return []string{
			s.Server + " had:  " + had,
			"it shows now: " + m.Shows + ", with a certificate that is valid for its name",
			"if you say yes, any key with such a certificate is accepted from then on, and not that one key only: ask its operator whether that is meant",
		}, "trust certificates in place of the key of " + s.Server + "?"
	}
	return []string{
		s.Server + " had:  " + had,
		"it shows now: " + m.Shows,
		"say yes only if its operator told you that chatd prints the second one",
	}, "trust the new key of " + s.Server + "?"
}
