// Package wiretest is for tests of dialects: it reads transcripts and pages, and
// fuzzes the two codecs of a dialect against each other.
package wiretest
