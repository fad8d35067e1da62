package tui

import (
	"slices"

	"labchat/internal/wire"
)

const (
	// maxTransfers is how many files of a conversation are known by their ID.
	maxTransfers = 50
)

// A transfer is a file on its way, and the line that shows it.
type transfer struct {
	id   string
	line *line
	ends bool // nothing more comes of it

	offered bool // to us, and nobody has answered
}

// transfer shows how far a file has come, in the line that showed it before.
func (a *App) transfer(e *wire.Transfer) {
	a.link.errand(e.Re.Re)
	if !e.Out && a.link.ignores(e.User) {
		return
	}
	at := a.book.person(e.User)
	words := a.view.FileCard(e)
	t := at.file(e.ID)
	if t == nil {
		t = &transfer{id: e.ID, line: &line{kind: lineFile, at: e.At, from: at.label}}
		if e.Out {
			t.line.from = a.link.label
		}
		if e.At == 0 {
			t.line.at = a.millis()
		}
		at.remember(t)
		t.line.key = placeAt(t.line.at)
		at.log.Place(t.line)
		if e.State == wire.TransferOffered && !e.Out {
			a.alarm(at)
		}
	}
	t.ends = e.State == wire.TransferDone || e.State == wire.TransferRefused || e.State == wire.TransferFailed
	t.offered = e.State == wire.TransferOffered && !e.Out
	t.line.text = words
	t.line.touch()
}

// file returns the transfer with this ID, or nil.
func (p *place) file(id string) *transfer {
	for _, t := range p.files {
		if t.id == id {
			return t
		}
	}
	return nil
}

// remember keeps a transfer; of too many it lets the oldest go.
func (p *place) remember(t *transfer) {
	if len(p.files) >= maxTransfers {
		p.files = slices.Delete(p.files, 0, 1)
	}
	p.files = append(p.files, t)
}

// cancelTransfer ends the newest transfer of the conversation on the screen.
func (a *App) cancelTransfer() {
	at := a.book.current
	for _, t := range slices.Backward(at.files) {
		if !t.ends {
			a.link.do(wire.StopFile{ID: t.id}, errand{at: at})
			a.view.Flash("cancelling")
			return
		}
	}
	a.view.Flash("no file is on its way here")
}
