// Package link is encrypted connections between two devices: QUIC with a key on
// both sides, over a UDP socket that plain datagrams share, or over datagrams
// that somebody carries. It knows keys and addresses, and nobody's name.
//
//	Identity  this device's key
//	Socket    one UDP socket; QUIC's packets go to the Carrier, all others come out of Plain
//	Relay     a socket whose datagrams somebody else carries
//	Carrier   makes and takes Links over a Socket or a Relay
//	Link      a connection: messages on one stream, files on streams of their own
package link
