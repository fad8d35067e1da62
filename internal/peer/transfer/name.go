package transfer

import (
	"path/filepath"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

const (
	// maxFileName is how many bytes a file's name has: enough room is left for a
	// number, and for the part's name.
	maxFileName = 120
	// maxFileExt is how long an ending may be that is kept when a name is cut.
	maxFileExt = 16
	// noName is for a file whose name has nothing that can stay.
	noName = "file"
)

// safeName makes a name of somebody else one that a file can have on any
// system, in this directory and visibly.
func safeName(name string) string {
	name = strings.ToValidUTF8(name, "")
	name = name[strings.LastIndexAny(name, `/\`)+1:]
	name = strings.Map(fileRune, name)
	name = trimName(name)
	if reserved(name) {
		name = "_" + name
	}
	if len(name) > maxFileName {
		ext := filepath.Ext(name)
		if len(ext) > maxFileExt {
			ext = ""
		}
		stem := name[:maxFileName-len(ext)]
		for !utf8.ValidString(stem) {
			stem = stem[:len(stem)-1]
		}
		name = trimName(stem) + ext
	}
	if name == "" {
		return noName
	}
	return name
}

// trimName leaves out what hides a file, or is lost on some systems.
func trimName(name string) string {
	return strings.TrimRight(strings.TrimLeft(name, " ."), " .")
}

// fileRune leaves out what nobody sees, and replaces what some systems take for
// something else.
func fileRune(r rune) rune {
	switch {
	case unicode.Is(unicode.Zs, r):
		return ' '
	case unicode.Is(unicode.C, r), unicode.Is(unicode.Zl, r), unicode.Is(unicode.Zp, r), r == utf8.RuneError:
		return -1
	case strings.ContainsRune(`<>:"|?*`, r):
		return '_'
	}
	return r
}

// reserved reports whether Windows takes a name for a device, whatever its ending.
func reserved(name string) bool {
	stem, _, _ := strings.Cut(name, ".")
	switch stem = strings.ToUpper(strings.TrimRight(stem, " ")); stem {
	case "CON", "PRN", "AUX", "NUL", "CONIN$", "CONOUT$":
		return true
	}
	for _, device := range []string{"COM", "LPT"} {
		if n, ok := strings.CutPrefix(stem, device); ok && strings.Contains("0123456789¹²³", n) && utf8.RuneCountInString(n) == 1 {
			return true
		}
	}
	return false
}

// numbered is the n-th name to try.
func numbered(name string, n int) string {
	if n == 1 {
		return name
	}
	ext := filepath.Ext(name)
	return strings.TrimSuffix(name, ext) + " (" + strconv.Itoa(n) + ")" + ext
}
