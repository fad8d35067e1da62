package wire

import (
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/secure/precis"
	"golang.org/x/text/unicode/norm"
)

// NameError says why a name is refused: Text is a sentence for its chooser.
type NameError struct {
	Text string
	// Reserved is set for a well-formed name that nobody may choose. Older
	// dialects call it taken, which their people understand.
	Reserved bool
}

func (e *NameError) Error() string { return e.Text }

// NameState is what can be said of a name.
type NameState string

// The states of a name.
const (
	NameFree       NameState = "free"
	NameTaken      NameState = "taken"      // a guest or an older program has it
	NameRegistered NameState = "registered" // belongs to an account
	NameInvalid    NameState = "invalid"
)

// NameChecked answers CheckName. Text says why an invalid name is.
type NameChecked struct {
	Re
	Name  string    `json:"name"`
	State NameState `json:"state"`
	Text  string    `json:"text,omitempty"`
}

// maxMarks is how many combining marks may follow each other in a name: what
// living scripts need. More are ornaments that spill over other lines.
const maxMarks = 2

// ServerSpeaks is who says what the server says itself, in dialects whose
// lines are somebody's: a name that nobody can have.
const ServerSpeaks = "server"

// CheckUser reports whether name may be chosen as a user's: 1 to MaxName
// characters, letters, digits, "-", "_" and ".", beginning with a letter or
// digit, of one script, with nothing invisible, and not reserved. The error is
// a *NameError.
func CheckUser(name string) error {
	if err := checkName(name, MaxName, "A name"); err != nil {
		return err
	}
	if isReserved(name) {
		return &NameError{Text: "This name is kept for the server. Choose another one.", Reserved: true}
	}
	return nil
}

// CheckRoom reports whether name may be chosen as a room's: as CheckUser, but up
// to MaxRoom characters, and no name is reserved. The error is a *NameError.
func CheckRoom(name string) error { return checkName(name, MaxRoom, "A room's name") }

// checkName holds the rules that names of users and rooms share; what is the
// subject of its sentences.
func checkName(name string, limit int, what string) error {
	switch n := utf8.RuneCountInString(name); {
	case name == "":
		return &NameError{Text: what + " needs at least one character."}
	case len(name) > limit*utf8.UTFMax || n > limit:
		return &NameError{Text: what + " has at most " + strconv.Itoa(limit) + " characters. Choose a shorter one."}
	case !utf8.ValidString(name):
		return &NameError{Text: what + " must be UTF-8. Type it again."}
	}
	for _, r := range name {
		if !isNameRune(r) {
			return &NameError{Text: what + " has letters, digits, - _ and . only. Leave the rest out."}
		}
	}
	if IsASCII(name) {
		return checkStart(name, what)
	}
	folded, err := precis.UsernameCaseMapped.String(name)
	if err != nil {
		return &NameError{Text: what + " holds characters that can't stand together in one. Choose simpler ones."}
	}
	// Case mapping may lengthen a name; both forms are shown and stored.
	if utf8.RuneCountInString(folded) > limit {
		return &NameError{Text: what + " has at most " + strconv.Itoa(limit) + " characters. Choose a shorter one."}
	}
	if err := checkStart(folded, what); err != nil {
		return err
	}
	if !oneScript(folded) {
		return &NameError{Text: what + " is written in one alphabet, so that nobody can be imitated. Don't mix them."}
	}
	if s := capitalSkeleton(name); IsASCII(s) && s != Skeleton(name) {
		return &NameError{Text: what + " may not look like one of another alphabet. Write it in small letters."}
	}
	return checkMarks(norm.NFC.String(name), what)
}

// checkStart refuses names that look like a command, an option or a number of
// dots.
func checkStart(name, what string) error {
	r, _ := utf8.DecodeRuneInString(name)
	if !unicode.IsLetter(r) && !unicode.IsDigit(r) {
		return &NameError{Text: what + " begins with a letter or a digit."}
	}
	return nil
}

// isNameRune admits letters, decimal digits, their marks and three signs. What
// precis forbids among them is refused later.
func isNameRune(r rune) bool {
	return r == '-' || r == '_' || r == '.' || unicode.In(r, unicode.L, unicode.Nd, unicode.Mn, unicode.Mc)
}

// IsASCII reports whether name is ASCII, where most checks are no question.
func IsASCII(name string) bool {
	for i := range len(name) {
		if name[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// checkMarks refuses marks of no script of their own that NFC could not
// compose with a letter, and heaps of marks.
func checkMarks(name, what string) error {
	marks := 0
	for _, r := range name {
		switch {
		case !unicode.Is(unicode.M, r):
			marks = 0
			continue
		case unicode.In(r, unicode.Inherited, unicode.Common), marks == maxMarks:
			return &NameError{Text: what + " has too many accents on one letter. Leave some out."}
		}
		marks++
	}
	return nil
}

// Fold returns the form in which names of users and rooms are equal: lower
// case, narrow, composed (the precis profile UsernameCaseMapped). A name that
// no check would pass still has one.
func Fold(name string) string {
	if IsASCII(name) {
		return strings.ToLower(name)
	}
	folded, err := precis.UsernameCaseMapped.String(name)
	if err != nil {
		return norm.NFC.String(strings.ToLower(strings.ToValidUTF8(name, "\uFFFD")))
	}
	return folded
}

// IsNumbered reports whether a name is, or looks like, one that the server gives a
// guest who has asked for none: AnonymousN.
func IsNumbered(name string) bool {
	rest, ok := strings.CutPrefix(Skeleton(name), Skeleton("anonymous"))
	return ok && rest != "" && !strings.ContainsFunc(rest, func(r rune) bool { return !looksLikeDigit(r) })
}

// isReserved reports the names that belong to the server and to the words of
// the dialects: a client that takes a line apart must never meet a name that
// is a command. What looks like a numbered guest is one.
func isReserved(name string) bool {
	if IsNumbered(name) {
		return true
	}
	switch Fold(name) {
	case "server", "chatd",
		// A3, requests and answers.
		"help", "login", "register", "msg", "privmsg", "users", "sync", "async", "inbox", "joke", "quit",
		"supported", "loginok", "loginerr", "msgok", "msgerr", "modeok", "cmderr",
		// The datagrams of the tobi and IAS families.
		"hi", "by", "ar", "ul", "rl", "rc", "rj", "rk", "pk",
		"reg", "req", "grp", "cgr", "gac", "gcr", "gta", "ptp":
		return true
	}
	return false
}

// looksLikeDigit reports what a digit's skeleton may be: itself, l for 1 and o
// for 0.
func looksLikeDigit(r rune) bool { return r >= '0' && r <= '9' || r == 'l' || r == 'o' }
