package wire

import (
	"cmp"
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
	"golang.org/x/text/width"
)

// Skeleton returns what name looks like: two names with equal skeletons can
// be taken for each other, so only one of them may be in use. Equal names have
// equal skeletons.
//
// It is the skeleton of Unicode TR 39 with the table followed to the letter,
// applied to both cases of the alphabet because our names have no case: capital
// I looks like l and 1, and capital O like 0, so i, l and 1 are alike, and o and 0
// are alike (b0b is bob). Beyond TR 39 it has what eyes read over: letters that are
// two others side by side (m is rn, w is vv, d is cl), small capitals, and signs at
// the ends or more than once (sara. is sara, a__b is a_b). A skeleton is only for
// comparing, not for showing.
func Skeleton(name string) string {
	name = Fold(name)
	if !IsASCII(name) {
		name = reduce(name, resemblance)
	}
	return readOver(name)
}

// capitalSkeleton is Skeleton of the capitals as they stand. It differs where
// a letter's two cases look like two different letters of ours (Greek Ν and ν).
func capitalSkeleton(name string) string {
	return readOver(reduce(width.Fold.String(name), look))
}

// reduce replaces each character of name until nothing changes. The table's
// chains are short; the bound is for tables to come.
func reduce(name string, replace func(rune) string) string {
	const rounds = 4
	for range rounds {
		var b strings.Builder
		for _, r := range norm.NFD.String(name) {
			b.WriteString(replace(r))
		}
		if b.String() == name {
			break
		}
		name = b.String()
	}
	return name
}

// signs are the characters of a name that are neither letters nor digits.
const signs = "-_."

// readOver folds what eyes don't stop at. The name is of small letters, and may be one
// of ASCII that nothing else was done to.
func readOver(name string) string {
	name = strings.Trim(name, signs)
	b := make([]byte, 0, len(name)+4)
	for i := range len(name) {
		switch c := name[i]; c {
		case 'm':
			b = append(b, "rn"...)
		case 'w':
			b = append(b, "vv"...)
		case 'd':
			b = append(b, "cl"...)
		case '-', '_', '.':
			if name[i-1] != c { // a sign is never the first
				b = append(b, c)
			}
		case 'i', '1', '|', '0':
			b = append(b, byte(closeCases(rune(c))))
		default: // and bytes of longer characters
			b = append(b, c)
		}
	}
	return string(b)
}

// smallCapitals are the small letters that have the form of a capital. Some look like
// small letters of other alphabets to TR 39, which ours would not be taken for.
var smallCapitals = map[rune]rune{
	'ᴀ': 'a', 'ʙ': 'b', 'ᴄ': 'c', 'ᴅ': 'd', 'ᴇ': 'e', 'ꜰ': 'f', 'ɢ': 'g', 'ʜ': 'h', 'ɪ': 'i', 'ᴊ': 'j', 'ᴋ': 'k', 'ʟ': 'l',
	'ᴍ': 'm', 'ɴ': 'n', 'ᴏ': 'o', 'ᴘ': 'p', 'ꞯ': 'q', 'ʀ': 'r', 'ꜱ': 's', 'ᴛ': 't', 'ᴜ': 'u', 'ᴠ': 'v', 'ᴡ': 'w', 'ʏ': 'y', 'ᴢ': 'z',
	'ᴩ': 'p', // Greek
}

// resemblance returns what a small letter looks like in the case in which it
// looks like ASCII; itself if it does in neither.
func resemblance(r rune) string {
	small := look(r)
	if IsASCII(small) {
		return small
	}
	if capital := look(unicode.ToUpper(r)); IsASCII(capital) {
		return capital
	}
	return small
}

// look returns what r looks like, in small letters.
func look(r rune) string {
	var b strings.Builder
	for _, p := range strings.ToLower(prototype(r)) {
		// A prototype may be a capital whose small letter has one of its own.
		b.WriteString(prototype(p))
	}
	return strings.Map(closeCases, strings.ToLower(b.String()))
}

// closeCases joins the small letters whose capitals look alike.
func closeCases(r rune) rune {
	switch r {
	case 'i', '1', '|':
		return 'l'
	case '0':
		return 'o'
	}
	return r
}

//go:generate go run ../../tools/confusables/main.go -out confusables_gen.go

// confusable is a character and what it looks like.
type confusable struct {
	from rune
	to   string
}

// prototype returns what r looks like by the table of TR 39, r itself for most.
func prototype(r rune) string {
	if letter, ok := smallCapitals[r]; ok {
		return string(letter)
	}
	i, ok := slices.BinarySearchFunc(confusables[:], r, func(c confusable, r rune) int { return cmp.Compare(c.from, r) })
	if !ok {
		return string(r)
	}
	return confusables[i].to
}
