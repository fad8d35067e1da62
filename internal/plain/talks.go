package plain

import (
	"slices"
	"time"

	"labchat/internal/app/words"
	"labchat/internal/text"
	"labchat/internal/wire"
)

const (
	// maxTalks bounds what is remembered of people and of files: strangers can
	// make either come up. What is forgotten may be told once more.
	maxTalks = 1000
	// progressEvery is how often a program hears of a file on its way.
	progressEvery = time.Second
)

// talks is what is remembered of private conversations.
type talks struct {
	known   map[string]*talk // by folded name
	files   map[string]file  // by ID, until they have come to an end
	opening opening
	reads   []*wire.Receipt   // lines of ours that were read, of this batch: the last one a person
	marks   []wire.Seen       // lines for us that were shown, of this batch: likewise
	listed  []wire.ClientID   // as the outbox was numbered last
	shown   map[string]string // by folded name, "" for our own account: the print whose number was shown last
	ids     map[wire.ID]struct{}
}

// opening is a conversation that a person has just gone to.
type opening struct {
	tag  string // of the question for its path, "" for none
	name string
}

// talk is what was told of one.
type talk struct {
	path   wire.Path
	asker  string    // while path.Request: as in wire.Called
	offers []string  // the files that they offer and nobody has answered, oldest first: IDs
	told   text.Safe // the last sentence of it
	object pathObject
}

// file is what was told of one.
type file struct {
	state  wire.TransferState
	reason string
	at     time.Time
}

func newTalks() talks {
	return talks{known: map[string]*talk{}, files: map[string]file{}, shown: map[string]string{}}
}

// with returns what is remembered of a conversation with somebody. At first
// there is no way to them.
func (t *talks) with(name string) *talk {
	key := wire.Fold(name)
	if t.known[key] == nil {
		makeRoom(t.known)
		t.known[key] = &talk{path: wire.Path{Way: wire.WayNone}}
	}
	return t.known[key]
}

// rename remembers a conversation under another name.
func (t *talks) rename(old, name string) {
	if known := t.known[wire.Fold(old)]; known != nil {
		delete(t.known, wire.Fold(old))
		t.known[wire.Fold(name)] = known
	}
}

// makeRoom forgets one of too many.
func makeRoom[T any](m map[string]T) {
	for key := range m {
		if len(m) < maxTalks {
			return
		}
		delete(m, key)
	}
}

// changed reports whether a path is another one than before, for people: a figure
// or the look for a better way is not.
func (t *talk) changed(e *wire.Path) bool {
	return t.path.Way != e.Way || t.path.Blocked != e.Blocked || t.path.Asked != e.Asked && e.Asked || t.path.Trying && !e.Trying
}

// opens reports whether an answer is the one to what opened a conversation, and
// with whom.
func (t *talks) opens(re string) (name string, ok bool) {
	if re == "" || re != t.opening.tag {
		return "", false
	}
	name, t.opening = t.opening.name, opening{}
	return name, true
}

// file notes how far a file has come: whether that is another state, and
// whether it is time for a word on its progress.
func (t *talks) file(e *wire.Transfer, now time.Time) (changed, due bool) {
	before, known := t.files[e.ID]
	changed = !known || before.state != e.State || before.reason != e.Reason
	due = changed || now.Sub(before.at) >= progressEvery
	if !due {
		return false, false
	}
	switch e.State {
	case wire.TransferDone, wire.TransferRefused, wire.TransferFailed:
		delete(t.files, e.ID)
	default:
		if !known {
			makeRoom(t.files)
		}
		t.files[e.ID] = file{state: e.State, reason: e.Reason, at: now}
	}
	return changed, due
}

// read notes that a line of ours was read, and so all before it.
func (t *talks) read(e *wire.Receipt) {
	for i, r := range t.reads {
		if wire.Fold(r.To) == wire.Fold(e.To) {
			t.reads[i] = e
			return
		}
	}
	t.reads = append(t.reads, e)
}

// seen notes that somebody's encrypted line was shown. Before their wish for a
// conversation is accepted they are told nothing.
func (t *talks) seen(e *wire.Whispered) {
	if !words.Encrypted(e.Via.Way) || t.with(e.From).path.Request {
		return
	}
	for i := range t.marks {
		if wire.Fold(t.marks[i].Name) == wire.Fold(e.From) {
			t.marks[i].Last = max(t.marks[i].Last, e.ID)
			return
		}
	}
	t.marks = append(t.marks, wire.Seen{Name: e.From, Last: e.ID})
}

// aboutWhatWasShown makes a yes or a no one to what was shown here last, whatever has
// come since.
func (t *talks) aboutWhatWasShown(r wire.Request) wire.Request {
	switch r := r.(type) {
	case wire.Verify:
		if r.Answer != wire.AnswerNone {
			r.Print = t.shown[wire.Fold(r.Name)]
		}
		return r
	case wire.Accept:
		switch talk := t.known[wire.Fold(r.Name)]; {
		case talk == nil:
		case talk.path.Request:
			r.Print = talk.asker
		case len(talk.offers) > 0:
			r.File = talk.offers[0]
		}
		return r
	default:
		return r
	}
}

// offered follows which files somebody offers.
func (t *talks) offered(e *wire.Transfer) {
	talk := t.with(e.User)
	talk.offers = slices.DeleteFunc(talk.offers, func(id string) bool { return id == e.ID })
	if !e.Out && e.State == wire.TransferOffered {
		talk.offers = append(talk.offers, e.ID)
	}
}

// maxTyped bounds the lines that are known as typed here.
const maxTyped = 10_000

// typed notes the id of a line that was typed here: its receipt shows it.
func (t *talks) typed(r *wire.Receipt) {
	if r.ID == 0 {
		return
	}
	if t.ids == nil || len(t.ids) >= maxTyped {
		t.ids = map[wire.ID]struct{}{}
	}
	t.ids[r.ID] = struct{}{}
}

// isTyped reports whether the line was.
func (t *talks) isTyped(id wire.ID) bool {
	_, ok := t.ids[id]
	return ok
}
