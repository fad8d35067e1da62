//go:build race

package server

// stormers is how many come back at once: fewer where each is slow.
const stormers = 500
