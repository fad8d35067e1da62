// Package stdout keeps standard output from the initialisers of other packages.
//
// Bubble Tea's asks the terminal for its background before main begins: the
// question stands in whatever a program prints, and who answers none costs
// five seconds. It asks the standard output that it finds while the packages
// are initialised, so none is there to be found until Show.
//
// This package must import nothing but os. Go initialises, of all packages
// whose imports are ready, the one with the lowest import path: this one stands
// before text/template, which needs os too, and without which none of the
// packages that ask is ready.
package stdout

import "os"

var hidden = hide()

func hide() *os.File {
	f := os.Stdout
	os.Stdout = nil // every method of a nil file is an error, and it is no terminal
	return f
}

// Show gives standard output back. It is called while the package that imports
// Bubble Tea is initialised, which happens after Bubble Tea's own.
func Show() bool {
	os.Stdout = hidden
	return true
}
