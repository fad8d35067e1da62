// Package bubble is the one package that knows Bubble Tea: Run shows a Screen
// on the terminal, turns the library's messages into keys and messages of our
// own, and Jobs into its commands. A later major version is a change of this
// package alone.
package bubble
