//go:build race

package histories_test

// usualSteps is how long all histories are together without a wish. The race
// detector makes each step slow.
const usualSteps = 400
