package wire

import "unicode"

// oneScript reports whether all letters of name belong to one script. Common
// and inherited characters (digits, signs) go with any; the scripts that
// Japanese, Korean and Bopomofo readers write together count as one, as in
// Unicode TR 39's "highly restrictive" level without its Latin.
func oneScript(name string) bool {
	found := ""
	for _, r := range name {
		if r < 0x80 && !unicode.IsLetter(r) || unicode.In(r, unicode.Common, unicode.Inherited) {
			continue
		}
		if found != "" && unicode.Is(unicode.Scripts[found], r) {
			continue
		}
		s := scriptOf(r)
		switch {
		case found == "":
			found = s
		case found == "Han" && writtenWithHan(s):
			found = s
		case s == "Han" && writtenWithHan(found):
		case kana(found) && kana(s):
		default:
			return false
		}
	}
	return true
}

// scriptOf names the script of r, "" where Unicode has none for it.
func scriptOf(r rune) string {
	for _, usual := range []string{"Latin", "Greek", "Cyrillic", "Han"} {
		if unicode.Is(unicode.Scripts[usual], r) {
			return usual
		}
	}
	for name, table := range unicode.Scripts {
		if unicode.Is(table, r) {
			return name
		}
	}
	return ""
}

func kana(script string) bool { return script == "Hiragana" || script == "Katakana" }

func writtenWithHan(script string) bool {
	return kana(script) || script == "Hangul" || script == "Bopomofo"
}
