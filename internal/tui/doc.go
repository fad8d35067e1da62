// Package tui is the full-screen client: one root model and its panes.
//
// Messages arrive at Model.Update and nowhere else:
//
//	terminal ── bubble.Key, Sized, Background ───┐
//	session ─── batch, closed ───────────────────┤
//	jobs ────── older, filling, listed, probed,  ├─> Model.Update ─> panes change
//	            written, connected, ticked ... ──┘        │
//	                                                      ├─> Session.Say, Whisper, Do: enqueued at once, in order
//	                                                      └─> jobs: archive, probes, timers; results come back as messages
//
// A pane is a struct with verbs and a View(w, h) that returns rows; panes hand
// back what they want and only the root acts. Update does no I/O: what touches
// the disk or the network is a job, except a session's calls, which never
// block. A line of chat is never sent from a job, because jobs run side by
// side.
//
// All that is painted is a text.Safe: what strangers wrote becomes one in
// text.Clean or text.CleanLine, where it enters a pane. The terminal library is known to package
// bubble only; the bytes of the terminal are cut into keys by tty before they reach it.
package tui
