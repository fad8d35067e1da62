package prompt

import (
	"strings"

	"labchat/internal/wire/oldtext"
)

// AppendBare says a text as the people of prompt rooms send it to each other:
// after a blank, and with nothing else.
func AppendBare(dst [][]byte, text string, action bool) ([][]byte, error) {
	return oldtext.AppendPieces(dst, " ", "", text, action)
}

// ParseBare reads such a datagram; "" is one that shows nothing.
func ParseBare(datagram []byte) (text string) {
	return strings.TrimSpace(oldtext.ValidUTF8(datagram))
}
