// Package bubble is the one package that knows Bubble Tea: Run shows a Screen
// on the terminal, turns the library's messages into keys and messages of our
// own, and Jobs into its commands. A later major version is a change of this
// package alone.
//
// It also holds what panes are made of, without its messages and commands:
//
//	Input    one line being written    bubbles/textinput, undo, a bound in bytes
//	Pager    rows that scroll          bubbles/viewport
//	Hints    keys in one row           bubbles/help
//	Columns  keys in two columns       bubbles/help
//	Bar      how far something is      bubbles/progress
//	Spinner  something runs            bubbles/spinner
//
// Bubbles measure with tables of their own, which give some characters fewer
// columns than terminals do, and paint what they are told. So all that goes into
// one is a text.Safe, or is cleaned here, and what comes out is fitted into its
// columns by package text.
package bubble
