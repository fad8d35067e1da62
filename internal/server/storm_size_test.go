//go:build !race

package server

// stormers is how many come back at once.
const stormers = 5000
