//go:build race

package e2e_test

// raced says that the programs are built with the race detector too.
const raced = true
