//go:build !race

package histories_test

// usualSteps is how long all histories are together without a wish.
const usualSteps = 5_000
