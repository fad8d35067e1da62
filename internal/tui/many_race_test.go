//go:build race

package tui

// many is as in other builds, but not more than is needed: the race detector
// makes encryption ten times slower.
const many = 10_000
