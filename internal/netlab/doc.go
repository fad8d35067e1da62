// Package netlab builds networks of network namespaces, for tests with real
// programs and a real kernel: hosts with addresses as on the internet, hosts
// behind routers that translate addresses, links that lose, double and swap
// datagrams or are cut, and captures of what is on the wire. Linux only.
//
//	        segment "internet" 203.0.113.0/24
//	Host a ─┤
//	Host b ─┤
//	        ├─ Router r (NAT) ─ segment 192.168.10.0/24 ─┬─ Host c
//	        │                                            └─ Host d
//
// A namespace has no name: an open file of the test's process holds it. So it is
// gone with the process, however that ends, and with the programs that run in
// it; any number of tests run side by side, and nothing outside is touched.
// It needs root and the programs ip, tc, nft, nsenter and tcpdump.
//
// All of it belongs to the test's goroutine, because it ends the test where
// something fails.
package netlab
