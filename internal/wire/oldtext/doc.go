// Package oldtext is the plain text that the older families share: what a line, a
// word, a write without terminator and a datagram of theirs may hold, so that no
// program of theirs ends by it.
package oldtext
