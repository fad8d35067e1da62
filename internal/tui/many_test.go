//go:build !race

package tui

// many is more lines than wait for a reader that does not keep up, and more than
// a place holds that is not on the screen.
const many = 20_000
