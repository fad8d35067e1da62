// Package datagram is the registry: the daemon's side for people who send
// datagrams, and for the signals of our own clients.
//
//	socket.read -> filter.take -> Registry.Receive -> hub.Handle, as everybody's requests
//	hub.Effect -> Registry.Effect -> sender -> budgets -> socket.send
//
// The reader of the registry's socket and those of multicast groups pass what
// comes to the filter, which has the loop look at it. All else is the loop's:
// the methods of Registry, but for Run, are called by its goroutine alone.
//
// socket.go reads and sends, filter.go sorts out what comes, registry.go has
// the sessions, send.go and budget.go decide what leaves, and how much of it;
// bridge.go is about multicast groups; endpoints.go and probe.go answer our own
// clients' signals.
package datagram
