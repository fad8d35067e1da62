package tui

import (
	"labchat/internal/app/words"
	"labchat/internal/text"
	"labchat/internal/tui/bubble"
	"labchat/internal/wire"
)

// progressWidth is how wide the bar of a transfer is.
const progressWidth = 17

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
			wait = words.Because("waits", reason)
		}
		end = joined(p, []text.Safe{wait, "alt+c cancels"})
	case wire.TransferDone:
		mid, end = "whole and checked "+p.Glyph.Good, joined(p, []text.Safe{shortHash(e.SHA256, p), text.CleanLine(e.File)})
	case wire.TransferRefused:
		mid, end = words.Because("refused", reason), ""
	case wire.TransferFailed:
		mid, end = words.Because("failed", reason), ""
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
