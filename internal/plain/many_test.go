//go:build !race

package plain_test

// many is more lines than wait for a reader that does not keep up, and many pages.
const many = 20_000
