package tty

import (
	"strconv"
	"strings"
)

// question asks a terminal for its background (OSC 11).
const question = "\x1b]11;?\x1b\\"

// Question is what asks the terminal for its background. tmux and screen answer
// for the terminal around them where they know it, and else hand the question
// on in an envelope.
func Question(getenv func(string) string) string {
	switch term := getenv("TERM"); {
	case getenv("TMUX") != "" || strings.HasPrefix(term, "tmux"):
		return question + "\x1bPtmux;" + strings.ReplaceAll(question, esc, esc+esc) + "\x1b\\"
	case getenv("STY") != "":
		return "\x1bP\x1b]11;?\a\x1b\\" // BEL: the envelope itself ends with ESC \
	case term == "linux" || term == "dumb":
		return "" // it would print the question
	}
	return question
}

// background reads the answer to Question: dark, or not.
func background(answer []byte) (dark, ok bool) {
	s, ok := strings.CutPrefix(string(answer), "\x1b]11;")
	if !ok {
		return false, false
	}
	s = strings.TrimSuffix(strings.TrimSuffix(s, "\a"), "\x1b\\")
	_, s, ok = strings.Cut(s, ":") // rgb: or rgba:
	parts := strings.Split(s, "/")
	if !ok || len(parts) < 3 {
		return false, false
	}
	var brightness float64
	for i, weight := range []float64{0.299, 0.587, 0.114} { // how bright the eye finds red, green and blue
		n, err := strconv.ParseUint(parts[i], 16, 16)
		if err != nil {
			return false, false
		}
		brightness += weight * float64(n) / float64(uint64(1)<<(4*len(parts[i]))-1)
	}
	return brightness < 0.5, true
}
