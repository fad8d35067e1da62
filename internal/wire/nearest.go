package wire

import (
	"cmp"
	"slices"
	"strings"
)

// Nearest returns the n words of among that need the fewest changes of one
// letter (put in, left out, replaced, or swapped with its neighbour) to become
// word; case doesn't count, and equal distances are in alphabetical order. A word
// of which a part is like word is nearly as near: people remember the part that
// tells it from others, as sheet3 of ias-sheet3. It is for offers of the kind
// "did you mean": hundreds of words, not millions.
func Nearest(word string, among []string, n int) []string {
	type candidate struct {
		word     string
		distance int
	}
	folded := []rune(strings.ToLower(word))
	all := make([]candidate, len(among))
	for i, w := range among {
		other := []rune(strings.ToLower(w))
		whole, part := editDistances(folded, other)
		if len(folded) >= minPart {
			whole = min(whole, part+1)
		}
		all[i] = candidate{w, whole}
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

// minPart is how many letters tell a part of a word from that of any other.
const minPart = 3

// editDistances are the optimal string alignment distance of a and b, and that
// of a and the part of b that is nearest to it.
func editDistances(a, b []rune) (whole, part int) {
	first := make([]int, len(b)+1)
	for j := range first {
		first[j] = j
	}
	whole = align(a, b, first)[len(b)]
	return whole, slices.Min(align(a, b, make([]int, len(b)+1)))
}

// align returns how many changes make a the beginning of b that ends at each of
// its letters; last is what it costs to begin there.
func align(a, b []rune, last []int) []int {
	before, row := make([]int, len(b)+1), make([]int, len(b)+1)
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
	return last
}
