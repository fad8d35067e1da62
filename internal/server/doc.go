// Package server is sockets, goroutines and deadlines around the hub.
//
// # Goroutines
//
//	backlog     one a listening socket: says when somebody waits, whom the loop then takes in
//	acceptor    in its place for a listener that is no socket
//	reader      one a connection: waits for bytes and posts them
//	datagram    one a socket of the registry, and one a multicast group: reads, sorts out, wakes the loop
//	loop        one: owns the hub and its sessions, cuts what they send into requests, writes, closes
//	writer      one a connection while its outbox is not empty: owns the socket's sending side
//	store.Run   one: makes batches of entries last
//	jobs        few: hash passwords and read pages of history, post the results
//	control     one, and one a caller: takes operator's calls from DIR/control.sock
//	timer       one on Linux: waits for the late timer's descriptor
//
// Everything goes to the loop through its inbox, but for what the log has
// committed, which comes on the log's own channel; so nobody but the loop needs
// a lock for what the chat is about. The loop blocks in its select only. It works
// in rounds: whatever was posted is handled, what was committed is applied, every
// receiver is written to once, and what has gathered is appended to the log.
//
// Run waits for them all. They end in this order: acceptors with their
// listeners; then the loop commits what it was asked, says goodbye, and closes
// each connection when that has left, which ends readers and writers; then the
// store.
//
// # Where things are
//
// server.go, daemon.go and listen.go open and close; backlog, accept.go and
// limits.go let in; reader.go brings bytes (a poller of many sockets can stand
// in its place), input.go and framer.go turn them into requests; loop.go and
// group.go are the rounds and when to commit; clients.go is the life of a
// connection; fanout.go and frames.go turn what the hub says into bytes,
// write.go, outbox.go and pace.go write them; jobs.go, tls.go, control.go and
// operate.go are what their names say; families.go is the table of what is
// listened for. The registry is package datagram.
package server
