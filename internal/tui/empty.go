package tui

import (
	"slices"

	"labchat/internal/app"
	"labchat/internal/app/words"
	"labchat/internal/command"
	"labchat/internal/text"
)

// A deed is something to do, and what it is typed or pressed with.
type deed struct{ how, what text.Safe }

// introduce writes into the free rows of an empty conversation: who we are,
// what this place is, and what can be done here. As much as there is room for.
func (m *conversation) introduce(at *app.Place, rows []text.Safe, w int) {
	log := m.timeline(at)
	free := log.drawn.free
	if free == 0 || log.at.up || !at.Log.IsSilent() {
		return
	}
	lead := signColumn(log.drawn.nick) + 2
	inner := max(min(w-lead-edge, maxMeasure), 1)
	words := m.introduction(at)
	deeds := m.deeds(at, inner)
	var roomy []text.Safe
	for _, sentence := range words {
		roomy = append(roomy, text.Wrap(sentence, inner)...)
	}
	above, between := 0, 0
	switch spare := free - len(roomy) - len(deeds); {
	case spare > 1:
		above, between = 1, 1
	case spare < 0:
		roomy = roomy[:0]
		for _, sentence := range words {
			roomy = append(roomy, text.Truncate(sentence, inner))
		}
		// What can be done goes before all but who we are.
		roomy = roomy[:max(min(len(roomy), free-len(deeds)), 1)]
	}
	all := slices.Concat(make([]text.Safe, above), roomy, make([]text.Safe, between), deeds)
	for i, row := range all[:min(len(all), free)] {
		if i < above+len(roomy) {
			row = m.paint.dim(row)
		}
		rows[len(rows)-free+i] = text.PadRight(text.Repeat(" ", lead)+row, w)
	}
}

// introduction says who we are and what the conversation is.
func (m *conversation) introduction(at *app.Place) []text.Safe {
	me := "You are " + m.Link.Label
	if m.Link.Me == "" {
		return []text.Safe{"You are not logged in yet."}
	}
	if at.IsPrivate() {
		return append([]text.Safe{me + ", alone with " + m.Book.LabelOf(at) + "."}, m.inPrivate(at))
	}
	if at.IsNowhere() {
		return []text.Safe{me + ", in no room."}
	}
	if at.Stands != app.Inside {
		return []text.Safe{me + ".", "This is the room #" + at.Label + ", which you are not in."}
	}
	said := []text.Safe{me + ", in the room #" + at.Label + "."}
	switch n := at.People.Count(); {
	case at.People.Part:
		said = append(said, "Who is here is not known: this server tells only who comes, goes and writes.")
	case n > 1:
		said = append(said, words.CountPeople(n)+" read what is said here.")
	default:
		said = append(said, "Nobody else is here yet.")
	}
	if n := len(m.Book.KnownRooms); n > 1 {
		said = append(said, "There are "+words.Plural(n, "room")+" on this server.")
	} else if n == 1 {
		said = append(said, "It is the only room on this server.")
	}
	if at.Topic != "" {
		said = append(said, "Topic: "+at.Topic)
	}
	return said
}

// inPrivate says who can read a private conversation.
func (m *conversation) inPrivate(at *app.Place) text.Safe {
	name := at.Label
	switch {
	case at.Peer.Path.Blocked:
		return "Nothing is sent before you have answered for the key of " + name + "."
	case at.Peer.Path.Request:
		return name + " asks for this conversation, and waits for your answer."
	case at.Peer.IsSecure():
		return "What you write only " + name + " can read: it is encrypted from end to end."
	}
	return "Nothing was written yet. The prompt says who can read it on the way."
}

// deeds are three things to do, in rows of at most w columns.
func (m *conversation) deeds(at *app.Place, w int) []text.Safe {
	name := text.CleanLine(at.Name)
	has := func(v command.Verb) bool { return m.Link.Offer == nil || m.Link.Offer[v] }
	var all []deed
	if at.IsPrivate() && at.Peer.Path.Request && has(command.Accept) {
		all = append(all, deed{"/accept " + name, "takes the request"}, deed{"/refuse " + name, "does not"})
	}
	if at.IsNowhere() {
		all = append(all, deed{"/rooms", "lists the rooms there are"}, deed{"/join NAME", "enters one; /create NAME makes it"})
	} else {
		all = append(all, deed{"Enter", "says what you type"})
	}
	switch {
	case at.IsPrivate() && at.Peer.IsSecure() && has(command.Verify):
		all = append(all, deed{"/verify " + name, "compares the keys"})
	case !at.IsPrivate() && has(command.Msg):
		all = append(all, deed{"/msg NAME", "to one person alone"})
	}
	all = append(all, deed{"ctrl+k", "another room or person"}, deed{"F1", "all keys and commands"})
	const most = 3
	all = all[:most]
	column := 0
	for _, d := range all {
		column = max(column, text.Width(d.how))
	}
	column = min(column, w/2)
	rows := make([]text.Safe, most)
	for i, d := range all {
		rows[i] = m.paint.Text.Key.Render(text.PadRight(d.how, column)) + "  " + text.Truncate(d.what, w-column-2)
	}
	return rows
}
