package archive

import (
	"testing"

	"labchat/internal/wire"
)

func TestNamesAreTheSameHoweverTheyAreWritten(t *testing.T) {
	dir := t.TempDir()
	a := open(t, dir)
	must(t, a.Home("host:1300", "node1"))
	must(t, a.SetDraft("@BOB", "half"))
	must(t, a.SetDraft("@Bob", "half a sentence"))
	must(t, a.Keep([]wire.Event{
		&wire.Whispered{ID: 2, At: 1, From: "ann", To: "BOB", Text: "one", State: wire.ReceiptSent},
		&wire.Whispered{ID: 3, At: 2, From: "Bob", To: "ann", Text: "two"},
		&wire.Whispered{ID: 4, At: 3, From: "ann", To: "bob", Text: "three", State: wire.ReceiptSent},
	}))
	must(t, a.Close())
	a = open(t, dir)
	check(t, "drafts", a.Drafts(), map[string]string{"@Bob": "half a sentence"})
	talks, err := a.Talks()
	must(t, err)
	check(t, "conversations", talks, []wire.Talk{{User: "Bob", Last: 4, At: 3, Unread: 1, News: []wire.ID{3}}})
	must(t, a.SetMark("@bOB", 3))
	talks, err = a.Talks()
	must(t, err)
	check(t, "unread", talks[0].Unread, 0)
	must(t, a.SetDraft("@bob", ""))
	must(t, a.Close())
	a = open(t, dir)
	check(t, "no draft", a.Drafts(), map[string]string{})
}
