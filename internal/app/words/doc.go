// Package words has what a person is told of all that happens: one sentence for
// each event that stands by itself, and one note where a screen shows the rest.
// It keeps no state. What it returns is clean.
package words
