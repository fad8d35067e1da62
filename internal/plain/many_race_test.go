//go:build race

package plain_test

// many is as in other builds, but not more than is needed: the race detector
// makes encryption ten times slower.
const many = 10_000
