package wire

import (
	"cmp"
	"slices"
	"strings"
)

// Nearest returns the n words of among that need the fewest changes of one
// letter (put in, left out, replaced, or swapped with its neighbour) to become
// word; case doesn't count, and equal distances are in alphabetical order. It
// is for offers of the kind "did you mean": hundreds of words, not millions.
func Nearest(word string, among []string, n int) []string {
	type candidate struct {
		word     string
		distance int
	}
	folded := []rune(strings.ToLower(word))
	all := make([]candidate, len(among))
	for i, w := range among {
		all[i] = candidate{w, editDistance(folded, []rune(strings.ToLower(w)))}
	}
	slices.SortFunc(all, func(a, b candidate) int {
		return cmp.Or(cmp.Compare(a.distance, b.distance), cmp.Compare(a.word, b.word))
	})
	near := make([]string, 0, min(n, len(all)))
	for _, c := range all[:min(n, len(all))] {
		near = append(near, c.word)
	}
	return near
}

// editDistance is the optimal string alignment distance of a and b.
func editDistance(a, b []rune) int {
	before, last, row := make([]int, len(b)+1), make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range last {
		last[j] = j
	}
	for i, ra := range a {
		row[0] = i + 1
		for j, rb := range b {
			change := 1
			if ra == rb {
				change = 0
			}
			row[j+1] = min(last[j+1]+1, row[j]+1, last[j]+change)
			if i > 0 && j > 0 && ra == b[j-1] && a[i-1] == rb {
				row[j+1] = min(row[j+1], before[j-1]+1)
			}
		}
		before, last, row = last, row, before
	}
	return last[len(b)]
}
