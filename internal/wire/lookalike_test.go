package wire

import (
	"bufio"
	"os"
	"strconv"
	"strings"
	"testing"

	"golang.org/x/text/unicode/runenames"
)

// corpus reads a file of testdata: fields, without comments.
func corpus(t *testing.T, file string) (all [][]string) {
	t.Helper()
	f, err := os.Open("testdata/" + file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	for in := bufio.NewScanner(f); in.Scan(); {
		if fields := strings.Fields(in.Text()); len(fields) > 0 && fields[0] != "#" {
			all = append(all, fields)
		}
	}
	return all
}

// TestNamesThatEyesTakeForEachOtherAreAlike goes by a list that was made by hand.
func TestNamesThatEyesTakeForEachOtherAreAlike(t *testing.T) {
	all := corpus(t, "lookalikes.txt")
	if len(all) < 40 {
		t.Fatalf("the list has %d pairs", len(all))
	}
	for _, row := range all {
		alike := row[0] != "!"
		pair := row[len(row)-2:]
		if a, b := Skeleton(pair[0]), Skeleton(pair[1]); (a == b) != alike {
			t.Errorf("Skeleton(%q) = %q, Skeleton(%q) = %q, want alike: %t", pair[0], a, pair[1], b, alike)
		}
	}
}

// TestWhatUnicodeCallsConfusableCantBeHadBeside goes by Unicode's own file, of which the
// program's table was not made.
func TestWhatUnicodeCallsConfusableCantBeHadBeside(t *testing.T) {
	chosen := 0
	for _, row := range corpus(t, "confusables.txt") {
		n, err := strconv.ParseUint(row[0], 16, 32)
		if err != nil {
			t.Fatal(err)
		}
		from, to := string(rune(n)), row[1]
		for _, pair := range [][2]string{
			{from, to}, {"sara" + from, "sara" + to}, {from + from + from, to + to + to}, {from + "ike", to + "ike"},
		} {
			other, name := pair[0], pair[1]
			if CheckUser(other) != nil {
				continue
			}
			chosen++
			if Skeleton(other) != Skeleton(name) {
				t.Errorf("%q (%+q) may be chosen beside %q: skeletons %q and %q", other, other, name, Skeleton(other), Skeleton(name))
			}
		}
	}
	if chosen < 200 {
		t.Errorf("%d of the names may be chosen, want at least 200 to be tried", chosen)
	}
	t.Logf("%d look-alikes may be chosen as a name of their own", chosen)
}

// TestSmallCapitalsLookLikeTheirLetters goes by the names of the characters.
func TestSmallCapitalsLookLikeTheirLetters(t *testing.T) {
	found := 0
	for r := rune(0x80); r < 0x20000; r++ {
		letter, ok := strings.CutPrefix(runenames.Name(r), "LATIN LETTER SMALL CAPITAL ")
		if !ok || len(letter) != 1 {
			continue
		}
		found++
		if got, want := Skeleton("e"+string(r)+"a"), Skeleton("e"+strings.ToLower(letter)+"a"); got != want {
			t.Errorf("%c (%U) looks like %q, want %q", r, r, got, want)
		}
	}
	if found < 24 {
		t.Errorf("found %d small capitals", found)
	}
}
