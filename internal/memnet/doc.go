// Package memnet is a network in memory, for tests: a Listener to serve on, and
// connections that behave as TCP does (bytes in order, a buffer of bounded
// size, deadlines, half-close, reset) without the kernel; and Packets, whose
// sockets send each other datagrams, some of which get lost. All its waiting is
// durably blocking, so that it works inside testing/synctest.
package memnet
