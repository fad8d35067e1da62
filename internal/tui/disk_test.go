package tui

import (
	"errors"
	"testing"

	"labchat/internal/app"
)

func TestWhatAFullDiskDidNotTakeOfTheScreenIsWrittenLater(t *testing.T) {
	s := caughtUp(t)
	s.archive.failing = errors.New("no space left on device")
	s.hear(told(0, 5)...)
	s.wait(app.LookFor)
	s.types("a draft")
	s.wait(draftPause)
	s.shows("does not take what is to be kept")
	if n := len(s.archive.marks); n != 0 {
		t.Fatalf("%d marks are on a full disk", n)
	}
	s.archive.failing = nil
	s.wait(app.RewriteAfter)
	if got, want := s.archive.marks["lab3"], idOf(4); got != want {
		t.Errorf("the mark is at %d, want %d", got, want)
	}
	if got := s.archive.drafts["#lab3"]; got != "a draft" {
		t.Errorf("the draft is %q", got)
	}
}
