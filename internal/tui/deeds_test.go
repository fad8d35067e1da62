package tui

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"labchat/internal/app"
	"labchat/internal/tui/bubble"
	"labchat/internal/wire"
)

func TestTheOutboxIsListedOldestFirst(t *testing.T) {
	s := open(t, 120, 40)
	waitingLines(s)
	frame := s.View()
	at := -1
	for _, want := range []string{"sheet 4 is out…", "and one more", "did you get a new", "mine 1."} {
		next := strings.Index(frame, want)
		if next <= at {
			t.Errorf("%q is missing or stands too high:\n%s", want, frame)
		}
		at = next
	}
	s.press("enter")
	if s.over != nil || s.Book.Current.ID != "@alice" {
		t.Errorf("Enter went to %s", s.Book.Current.ID)
	}
	s.press("alt+o", "down", "down", "down", "down", "enter")
	if s.Book.Current.ID != "#lab3" {
		t.Errorf("the last one is of %s", s.Book.Current.ID)
	}
}

func TestALineIsDeletedFromTheOutbox(t *testing.T) {
	s := open(t, 120, 40)
	waitingLines(s)
	s.types("dn")
	if all, _ := asked[wire.Drop](s.session); len(all) != 0 {
		t.Fatalf("dropped without a yes: %v", all)
	}
	s.types("d")
	s.shows("delete this line? y/n")
	s.types("y")
	all, tag := asked[wire.Drop](s.session)
	if diff := cmp.Diff([]wire.Drop{{Client: "p4"}}, all); diff != "" {
		t.Fatalf("-want +got:\n%s", diff)
	}
	s.shows("and one more")
	s.hear(&wire.Done{Re: wire.Re{Re: tag}, Of: wire.ActDrop})
	s.hides("and one more")
	s.shows("outbox · 3 lines")
	s.types("dy")
	all, tag = asked[wire.Drop](s.session)
	if len(all) != 2 || all[1].Client != "p5" {
		t.Fatalf("got %v, want the one that took its row", all)
	}
	s.hear(&wire.Refused{Re: wire.Re{Re: tag}, Of: wire.ActDrop, Text: "It is on its way \x1balready."})
	s.shows("It is on its way ␛already.")
	s.shows("outbox · 3 lines")
	s.types("r")
	if s.session.retries != 1 {
		t.Errorf("got %d retries", s.session.retries)
	}
	s.press("esc")
	s.hides("outbox · ")
}

func TestTheOutboxIsOpenedByItsCommand(t *testing.T) {
	s := open(t, 120, 40)
	waitingLines(s)
	s.press("esc")
	s.enters("/outbox")
	s.shows("outbox · 4 lines")
	s.press("esc")
	s.enters("/outbox drop 5")
	s.shows("there is no line 5")
	s.press("esc")
	s.enters("/outbox drop 2")
	s.shows("delete this line? y/n")
	s.types("y")
	all, _ := asked[wire.Drop](s.session)
	if diff := cmp.Diff([]wire.Drop{{Client: "p4"}}, all); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

func TestAnEmptyOutboxSaysSo(t *testing.T) {
	s := entered(t)
	s.press("alt+o", "down", "enter")
	s.types("d")
	s.shows("nothing waits")
	s.press("alt+o")
	s.hides("nothing waits")
}

func TestASafetyNumberIsShownWhenItWasAskedFor(t *testing.T) {
	s := talking(t, directTo("alice", 4000))
	s.hear(safetyOf("alice"))
	s.hides("is this really")
	verifying(s)
	s.shows("is this really alice?")
	s.shows("37049  91223  50871  00412")
	s.types("w")
	s.shows("acid    ladder  orbit   velvet")
	s.types("w")
	s.shows("45518  70266  13399  84021")
	s.types("q")
	s.shows("█▀▀▀▀▀█")
	s.press("esc")
	s.hides("is this really")
	if all, _ := asked[wire.Verify](s.session); len(all) != 1 {
		t.Errorf("later is an answer: %v", all)
	}
}

func TestASafetyNumberIsAnswered(t *testing.T) {
	for k, want := range map[string]wire.Answer{"y": wire.AnswerSame, "n": wire.AnswerDiffer} {
		s := talking(t, directTo("alice", 4000))
		verifying(s)
		s.types(k)
		all, tag := asked[wire.Verify](s.session)
		if len(all) != 2 || all[1] != (wire.Verify{Name: "alice", Answer: want, Print: testPrint}) {
			t.Fatalf("%s: got %v", k, all)
		}
		again := safetyOf("alice")
		again.Re.Re = tag
		s.hear(again)
		s.hides("is this really")
	}
}

// TestTheQuestionGoesWhenItsNumberIsNotTheOneToCompare has what the number covers
// change while it is on the screen.
func TestTheQuestionGoesWhenItsNumberIsNotTheOneToCompare(t *testing.T) {
	other := directTo("alice", 4000)
	other.Device = "SHA256:Zq9another"
	withdrawn := directTo("alice", 4000)
	withdrawn.Key, withdrawn.Blocked = wire.KeyWithdrawn, true
	for _, c := range []struct {
		name string
		e    wire.Event
		says string
	}{
		{"another key", other, "alice has another key now, Zq9"},
		{"the device was removed", withdrawn, "alice has removed this device"},
		{"another name of theirs", &wire.TalkRenamed{Old: "alice", Name: "alicia", Kind: wire.KindGuest}, "alice has another name now"},
		{"another name of ours", &wire.LoggedIn{Name: "sarah", Kind: wire.KindAccount}, "you have another name now"},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := talking(t, directTo("alice", 4000))
			verifying(s)
			s.hear(directTo("alice", 5000), &wire.Path{User: "bob", Way: wire.WayDirect, Device: "SHA256:bobs"})
			s.shows("is this really alice?")
			s.hear(c.e)
			s.hides("is this really")
			s.shows(c.says)
			s.shows("what to compare now")
			s.types("y") // pressed while it was there
			s.expectDraft("")
			if all, _ := asked[wire.Verify](s.session); len(all) != 1 {
				t.Errorf("it was answered: %+v", all)
			}
		})
	}
}

func TestAnAnswerThatIsTypedIsAboutTheNumberThatWasShown(t *testing.T) {
	s := talking(t, directTo("alice", 4000))
	s.enters("/verify alice same")
	verifying(s)
	s.press("esc")
	moved := directTo("alice", 4000)
	moved.Device = "SHA256:another"
	s.hear(moved)
	s.enters("/verify alice same")
	s.enters("/verify bob differ")
	s.enters("/verify sara same")
	s.enters("/verify sara")
	_, tag := asked[wire.Verify](s.session)
	own := safetyOf("")
	own.Re.Re, own.Print = tag, "SHA256:my-phone"
	s.hear(own)
	s.shows("/verify sara same vouches")
	s.enters("/verify sara same")
	all, _ := asked[wire.Verify](s.session)
	if diff := cmp.Diff([]wire.Verify{
		{Name: "alice", Answer: wire.AnswerSame},
		{Name: "alice"},
		{Name: "alice", Answer: wire.AnswerSame, Print: testPrint},
		{Name: "bob", Answer: wire.AnswerDiffer},
		{Answer: wire.AnswerSame},
		{},
		{Answer: wire.AnswerSame, Print: "SHA256:my-phone"},
	}, all); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

func TestTheQuestionSaysThatAllOfTheNumberCounts(t *testing.T) {
	for _, size := range [][2]int{{80, 24}, {50, 15}} {
		s := open(t, size[0], size[1])
		lab(s)
		s.switchTo(s.Book.Person("alice"))
		verifying(s)
		s.shows("All 12 groups count.")
		s.types("w")
		s.shows("All 12 words count.")
	}
}

func TestWhatIsTypedWhileTheQuestionComesUpIsNoAnswer(t *testing.T) {
	s := talking(t, directTo("alice", 4000))
	s.Ask(s.Book.Current, wire.Verify{Name: "alice"})
	s.types("I'll sa")
	e := safetyOf("alice")
	_, e.Re.Re = asked[wire.Verify](s.session)
	s.hear(e)
	for _, r := range "y: yes no" {
		s.clock.now = s.clock.now.Add(restFor / 2)
		s.types(string(r))
	}
	s.press("enter", "esc")
	s.shows("is this really alice?")
	s.expectDraft("I'll say: yes no")
	s.clock.now = s.clock.now.Add(restFor)
	s.tell(bubble.Key{Text: "y", Paste: true})
	s.hides("is this really alice?")
	if all, _ := asked[wire.Verify](s.session); len(all) != 1 {
		t.Errorf("got %v", all)
	}
	if got, want := s.bar.composer.draft.String(), "I'll say: yes noy"; got != want {
		t.Errorf("the draft is %q, want %q", got, want)
	}
}

func TestAHastyAnswerCountsWhenItIsGivenAgain(t *testing.T) {
	s := talking(t, directTo("alice", 4000))
	s.Ask(s.Book.Current, wire.Verify{Name: "alice"})
	e := safetyOf("alice")
	_, e.Re.Re = asked[wire.Verify](s.session)
	s.hear(e)
	s.types("y")
	s.shows("is this really alice?")
	s.expectDraft("")
	s.lingers(guardFor)
	s.types("y")
	s.hides("is this really alice?")
	if all, _ := asked[wire.Verify](s.session); len(all) != 2 || all[1].Answer != wire.AnswerSame {
		t.Errorf("got %v", all)
	}
}

func TestACodeThatDoesNotFitIsNotCutOff(t *testing.T) {
	for h := minHeight; h < 30; h++ {
		s := open(t, 80, h)
		lab(s)
		s.switchTo(s.Book.Person("alice"))
		verifying(s)
		s.types("q")
		frame := s.View()
		whole := strings.Count(frame, "█ ▀▀▀ █") >= 1 && strings.Contains(frame, "▀▀▀▀▀▀▀ ▀▀ ▀")
		if says := strings.Contains(frame, "too low for the code"); whole == says {
			t.Errorf("%d rows: whole is %v, and it says that it is not: %v:\n%s", h, whole, says, frame)
		}
	}
}

func TestOwnDevicesAreNotes(t *testing.T) {
	s := entered(t)
	s.Ask(s.Book.Current, wire.Verify{})
	_, tag := asked[wire.Verify](s.session)
	e := safetyOf("")
	e.Re.Re = tag
	s.hear(e)
	s.hides("is this really")
	s.shows("the key of this device: SHA256:own")
	s.shows("another device of this account: ")
	s.shows(testPrint)
	s.shows("to compare: 37049 91223")
}

func TestAFileIsOneLineThatIsChangedInPlace(t *testing.T) {
	s := talking(t, directTo("alice", 4000))
	s.hear(file(wire.TransferOffered, 0))
	s.shows("client1.pcap  84 kB")
	s.shows("/accept alice takes it, /refuse alice does not")
	s.hear(theirs(1, 14, 23, wire.WayDirect, "there it is"))
	n := len(s.Book.Current.Log.Lines)
	for i := range 10 {
		s.hear(file(wire.TransferRunning, int64(i)*8400))
	}
	s.shows("▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓░░ 90 %  1.2 MB/s")
	s.shows("sha256 9f2c…41 · alt+c cancels")
	wait := file(wire.TransferWaiting, 75_600)
	wait.Reason = "alice went \x1b[2Jaway"
	s.hear(wait)
	s.shows("waits: alice went ␛[2Jaway")
	s.press("alt+c")
	all, _ := asked[wire.StopFile](s.session)
	if len(all) != 1 || all[0].ID != "f1" {
		t.Errorf("got %v", all)
	}
	end := file(wire.TransferDone, 84_000)
	end.File = "downloads/client1.pcap"
	s.hear(end)
	s.shows("whole and checked ✓")
	s.shows("sha256 9f2c…41 · downloads/client1.pcap")
	if got := len(s.Book.Current.Log.Lines); got != n {
		t.Errorf("%d lines became %d", n, got)
	}
	s.press("alt+c")
	s.shows("no file is on its way here")
}

func TestAnOfferIsNews(t *testing.T) {
	s := entered(t)
	s.hear(file(wire.TransferOffered, 0))
	s.shows("alice         1 srv│")
	s.press("alt+a")
	s.shows("client1.pcap  84 kB")
	mine := file(wire.TransferOffered, 0)
	mine.ID, mine.Out = "f2", true
	s.press("ctrl+p")
	s.hear(mine)
	if s.Book.ByID["@alice"].Counts.Waiting() {
		t.Error("an own offer is no news")
	}
	s.enters("/ignore mallory")
	theirs := file(wire.TransferOffered, 0)
	theirs.ID, theirs.User = "f3", "mallory"
	s.hear(theirs)
	if s.Book.ByID["@mallory"] != nil {
		t.Error("a file of somebody who is ignored is shown")
	}
}

func TestAFileMovesNothingThatIsBeingRead(t *testing.T) {
	s := talking(t, directTo("alice", 4000))
	for i := range 100 {
		s.hear(theirs(i, 13, 0, wire.WayDirect, "line"))
	}
	s.hear(file(wire.TransferRunning, 1))
	s.press("pgup")
	before := s.conv.timeline(s.Book.Current).View(80, 30)
	s.hear(file(wire.TransferRunning, 80_000), file(wire.TransferDone, 84_000))
	if diff := cmp.Diff(before, s.conv.timeline(s.Book.Current).View(80, 30)); diff != "" {
		t.Errorf("the lines moved:\n%s", diff)
	}
}

func TestTransfersOfAConversationAreBounded(t *testing.T) {
	s := talking(t, directTo("alice", 4000))
	for i := range 3 * app.MaxTransfers {
		e := file(wire.TransferOffered, 0)
		e.ID = strings.Repeat("x", i)
		s.hear(e)
	}
	if n := len(s.Book.Current.Files); n != app.MaxTransfers {
		t.Errorf("%d are kept", n)
	}
}

func TestSizesAreReadable(t *testing.T) {
	for n, want := range map[int64]string{-1: "0 B", 0: "0 B", 999: "999 B", 84_000: "84 kB", 1_200_000: "1.2 MB", 12_300_000: "12 MB", 5_000_000_000: "5.0 GB", 1 << 62: "4611686 TB"} {
		if got := bytesOf(n); string(got) != want {
			t.Errorf("%d: got %s, want %s", n, got, want)
		}
	}
}

func TestDirectPeersStayReachableWhileTheServerIsGone(t *testing.T) {
	s := entered(t)
	for _, name := range []string{"alice", "bob", "carol"} {
		s.Book.Person(name)
		s.hear(directTo(name, 4000), offline(s))
		s.clock.now = s.clock.now.Add(time.Second)
		s.shows("works      alice, direct UDP 4 ms")
	}
	s.shows("alice, direct UDP 4 ms and 2 others")
	s.shows("3 peers direct")
	s.shows("● bob")
	s.shows("│ ● alice p2p")
	s.shows("│ ● sara (you)")
}
