package tui

import (
	"testing"
	"time"

	"labchat/internal/app"
	"labchat/internal/app/words"
	"labchat/internal/text"
	"labchat/internal/wire"
)

func TestAPlaceIsShownInTwoPanes(t *testing.T) {
	log, now := &app.Log{}, time.Date(2026, 11, 25, 12, 0, 0, 0, time.UTC)
	p := newPaint(plainTheme(), &words.Clock{Now: func() time.Time { return now }, Zone: time.UTC})
	wide, narrow := newTimeline(log, p), newTimeline(log, p)
	add := func(n int) {
		log.Append(&app.Line{Key: wire.ID(n), At: wire.MillisOf(now), From: "bob", Text: text.Sprintf("line %d", n)})
	}
	for n := range 100 {
		add(1 + n)
	}
	wide.View(120, 10)
	narrow.View(40, 10)
	narrow.Scroll(30)
	before := text.Join(narrow.View(40, 10), "\n")
	add(101)
	log.Hide(func(from string) bool { return from == "nobody" }, true)
	if got := text.Join(narrow.View(40, 10), "\n"); got != before {
		t.Errorf("the pane that was scrolled up moved:\n%s\nwas:\n%s", got, before)
	}
	if rows := wide.View(120, 10); !text.HasSuffix(text.TrimSpace(rows[len(rows)-1]), "line 101") {
		t.Errorf("the pane at the end does not follow: %q", rows[len(rows)-1])
	}
	if wide.Below() != 0 || narrow.Below() == 0 {
		t.Errorf("got %d and %d lines below, want 0 and some", wide.Below(), narrow.Below())
	}
}
