package plain_test

import (
	"strings"
	"testing"
	"testing/synctest"

	"labchat/internal/wire"
)

func refusedPage(tag string, code wire.Code, words string) *wire.Refused {
	return &wire.Refused{Re: wire.Re{Re: tag}, Of: wire.ActHistory, Code: code, Text: words}
}

func TestAReadingThatIsRefusedAtOnceIsToldOnceAndAsNoHole(t *testing.T) {
	for json, want := range map[bool]string{
		true:  `{"type":"refused","code":"unsupported","text":"This server keeps no lines."}`,
		false: "refused: This server keeps no lines.",
	} {
		for _, typed := range []string{"/read 10", "/read all"} {
			synctest.Test(t, func(t *testing.T) {
				r := conversation(t, json, false)
				arrive(r)
				r.types(typed)
				r.hear(refusedPage("t1", wire.CodeUnsupported, "This server keeps no lines."))
				r.eof()
				if err := r.result(); err != nil {
					t.Error(err)
				}
				got := r.out.String()
				if strings.Count(got, "keeps no lines") != 1 || !strings.Contains(got, want) || strings.Contains(got, "missing") {
					t.Errorf("%s: got %s, want only %s", typed, got, want)
				}
			})
		}
	}
}

func TestAReadingThatIsRefusedInItsMidstShowsWhatHasComeAndWhereItEnds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := conversation(t, false, false)
		arrive(r)
		r.types("/read 600")
		r.hear(page("t1", 8, 9, true)...)
		r.hear(refusedPage("t2", wire.CodeStorage, "The storage does not answer."))
		r.eof()
		if err := r.result(); err != nil {
			t.Error(err)
		}
		_, after, _ := strings.Cut(r.out.String(), "lines of #lab3 are missing: The storage does not answer")
		if got := minutes(after); got != "08 09" || !strings.Contains(after, "refused: The storage does not answer.") {
			t.Errorf("got %s, want the lines that have come behind where some are missing", r.out)
		}
	})
}

// Nobody has asked for what was missed: its refusal is told by the hole alone.
func TestWhatWasMissedAndIsRefusedIsAHoleAndNoAnswer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := missing(t)
		r.hear(refusedPage("t1", wire.CodeStorage, "The storage does not answer."))
		r.eof()
		if err := r.result(); err != nil {
			t.Error(err)
		}
		if got := r.out.String(); !strings.Contains(got, `"type":"gap"`) || strings.Contains(got, `"type":"refused"`) {
			t.Errorf("got %s, want a hole and no refusal", got)
		}
	})
}
