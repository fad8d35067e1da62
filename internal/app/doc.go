// Package app is a person's client without a screen: the places with their
// lines, what is unread and how far they were read, the people and the ways to
// them, the session with the server, and what a typed line leads to.
//
// An App takes what the session says (Apply) and what somebody types (Act), and
// tells its View what a person should see of it. It has no goroutine: what touches the disk is
// handed to View.Start, and what came of it is called on the View's goroutine.
// It knows no terminal, no width and no colour. What strangers wrote becomes a
// text.Safe where it enters a place.
package app
