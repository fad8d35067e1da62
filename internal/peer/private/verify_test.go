package private

import (
	"hash/crc32"
	"slices"
	"strings"
	"testing"
)

func TestTheWordsAreThoseThatEverybodyElseHas(t *testing.T) {
	// The checksum of the list as BIP 39 publishes it.
	if got, want := crc32.ChecksumIEEE([]byte(wordList)), uint32(0xc1dbd296); got != want {
		t.Errorf("got the checksum %x, want %x", got, want)
	}
	if n := len(strings.Fields(wordList)); n != 2048 {
		t.Errorf("got %d words", n)
	}
}

func TestADigestIsSpeltByItsLastTwelvePairsOfBytes(t *testing.T) {
	digest := append(make([]byte, 40), 0, 0, 0, 1, 0x07, 0xff, 0x08, 0, 0xff, 0xff, 0, 2, 0, 3, 0, 4, 0, 5, 0, 6, 0, 7, 0, 8)
	want := strings.Fields("abandon ability zoo abandon zoo able about above absent absorb abstract absurd")
	if got := words(digest); !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}
