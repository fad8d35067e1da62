// Package arch holds the tests that keep the house in its shape: who may
// import whom, that every package says what it is for, and that every dialect
// has a page and a transcript. It has no code of its own.
package arch
