package app

import (
	"slices"

	"labchat/internal/wire"
)

const (
	// MaxTransfers is how many files of a conversation are known by their ID.
	MaxTransfers = 50
)

// A transfer is a file on its way, and the line that shows it.
type transfer struct {
	id   string
	Line *Line
	ends bool // nothing more comes of it

	offered bool // to us, and nobody has answered
}

// onTransfer shows how far a file has come, in the line that showed it before.
func (a talks) onTransfer(e *wire.Transfer) {
	a.Link.TakeErrand(e.Re.Re)
	if !e.Out && a.Link.ignores(e.User) {
		return
	}
	at := a.Book.Person(e.User)
	words := a.view.FileCard(e)
	t := at.File(e.ID)
	if t == nil {
		t = &transfer{id: e.ID, Line: &Line{Kind: LineFile, At: e.At, From: at.Label}}
		if e.Out {
			t.Line.From = a.Link.Label
		}
		if e.At == 0 {
			t.Line.At = a.Millis()
		}
		at.remember(t)
		t.Line.Key = PlaceAt(t.Line.At)
		at.Log.Place(t.Line)
		if e.State == wire.TransferOffered && !e.Out {
			a.alarm(at)
		}
	}
	t.ends = e.State == wire.TransferDone || e.State == wire.TransferRefused || e.State == wire.TransferFailed
	t.offered = e.State == wire.TransferOffered && !e.Out
	t.Line.Text = words
	t.Line.touch()
}

// File returns the transfer with this ID, or nil.
func (p *Place) File(id string) *transfer {
	for _, t := range p.Files {
		if t.id == id {
			return t
		}
	}
	return nil
}

// remember keeps a transfer; of too many it lets the oldest go.
func (p *Place) remember(t *transfer) {
	if len(p.Files) >= MaxTransfers {
		p.Files = slices.Delete(p.Files, 0, 1)
	}
	p.Files = append(p.Files, t)
}

// CancelTransfer ends the newest transfer of the conversation on the screen.
func (a *App) CancelTransfer() {
	at := a.Book.Current
	for _, t := range slices.Backward(at.Files) {
		if !t.ends {
			a.Link.Do(wire.StopFile{ID: t.id}, Errand{At: at})
			a.view.Flash("cancelling")
			return
		}
	}
	a.view.Flash("no file is on its way here")
}
