package tui

import (
	"slices"

	"labchat/internal/text"
	"labchat/internal/tui/bubble"
	"labchat/internal/wire"
)

const (
	// maxTransfers is how many files of a conversation are known by their ID.
	maxTransfers = 50
	// progressWidth is how wide the bar of a transfer is.
	progressWidth = 17
)

// A transfer is a file on its way, and the line that shows it.
type transfer struct {
	id   string
	line *line
	ends bool // nothing more comes of it

	offered bool // to us, and nobody has answered
}

// transfer shows how far a file has come, in the line that showed it before.
func (m *Model) transfer(e *wire.Transfer) {
	m.link.errand(e.Re.Re)
	if !e.Out && m.link.ignores(e.User) {
		return
	}
	at := m.book.person(e.User)
	words := m.paint.fileWords(e)
	t := at.file(e.ID)
	if t == nil {
		t = &transfer{id: e.ID, line: &line{kind: lineFile, at: e.At, from: at.label}}
		if e.Out {
			t.line.from = m.link.label
		}
		if e.At == 0 {
			t.line.at = m.paint.millis()
		}
		at.remember(t)
		t.line.key = placeAt(t.line.at)
		at.log.Place(t.line)
		if e.State == wire.TransferOffered && !e.Out {
			m.alarm(at)
		}
	}
	t.ends = e.State == wire.TransferDone || e.State == wire.TransferRefused || e.State == wire.TransferFailed
	t.offered = e.State == wire.TransferOffered && !e.Out
	t.line.text = words
	t.line.undraw()
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
func (m *Model) cancelTransfer() {
	at := m.book.current
	for _, t := range slices.Backward(at.files) {
		if !t.ends {
			m.link.do(wire.StopFile{ID: t.id}, errand{at: at})
			m.flash("cancelling")
			return
		}
	}
	m.flash("no file is on its way here")
}

// fileWords says how far a file has come: its name, the progress, and what can
// be done.
func (p *paint) fileWords(e *wire.Transfer) text.Safe {
	name := text.CleanLine(e.Name)
	head := name + "  " + bytesOf(e.Size)
	var mid text.Safe
	end := joined(p, []text.Safe{shortHash(e.SHA256, p), "alt+c cancels"})
	who, reason := text.CleanLine(e.User), text.CleanLine(e.Reason)
	switch e.State {
	case wire.TransferOffered:
		mid = "offered to " + who + ", who has not answered"
		if !e.Out {
			mid, end = "/accept "+who+" takes it, /refuse "+who+" does not", shortHash(e.SHA256, p)
		}
	case wire.TransferRunning:
		mid = p.progress(e.Done, e.Size)
		if e.Rate > 0 {
			mid += "  " + bytesOf(e.Rate) + "/s"
		}
	case wire.TransferWaiting:
		mid = p.progress(e.Done, e.Size)
		var wait text.Safe = "waits for the way to come back"
		if reason != "" { // it may be another thing: its checksum, other files
			wait = because("waits", reason)
		}
		end = joined(p, []text.Safe{wait, "alt+c cancels"})
	case wire.TransferDone:
		mid, end = "whole and checked "+p.Glyph.Good, joined(p, []text.Safe{shortHash(e.SHA256, p), text.CleanLine(e.File)})
	case wire.TransferRefused:
		mid, end = because("refused", reason), ""
	case wire.TransferFailed:
		mid, end = because("failed", reason), ""
	}
	if end == "" {
		return p.Glyph.Top + " " + head + "\n" + p.Glyph.End + " " + mid
	}
	return p.Glyph.Top + " " + head + "\n" + p.Glyph.Mid + " " + mid + "\n" + p.Glyph.End + " " + end
}

// progress is a bar, and a figure for those who don't see it.
func (p *paint) progress(done, size int64) text.Safe {
	part := 0.0
	if size > 0 {
		part = max(0, min(float64(done)/float64(size), 1))
	}
	return bubble.Bar(progressWidth, part, p.Form.BarOn, p.Form.BarOff) + text.Sprintf(" %d %%", int(part*100))
}

// bytesOf prints a size as people read it: 84 kB, 1.2 MB.
func bytesOf(n int64) text.Safe {
	const thousand = 1000
	units := [...]text.Safe{"B", "kB", "MB", "GB", "TB"}
	unit, f := 0, float64(max(n, 0))
	for f >= thousand && unit < len(units)-1 {
		f /= thousand
		unit++
	}
	if unit < 2 || f >= 10 {
		return text.Sprintf("%.0f ", f) + units[unit]
	}
	return text.Sprintf("%.1f ", f) + units[unit]
}

// shortHash is the beginning and the end of a file's checksum.
func shortHash(sum string, p *paint) text.Safe {
	r := []rune(sum)
	switch {
	case len(r) == 0:
		return ""
	case len(r) > 8:
		return "sha256 " + text.CleanLine(string(r[:4])) + p.Glyph.More + text.CleanLine(string(r[len(r)-2:]))
	}
	return "sha256 " + text.CleanLine(sum)
}
