package hub

import (
	"testing"
)

func TestPrivateConversations(t *testing.T) {
	tests := []struct {
		name   string
		script string
	}{
		{name: "two guests agree, and datagrams pass", script: `
			enter alice
			enter bob
			alice: #1 udp phone
			  alice < endpoint
			quietly bob: udp laptop
			seen alice 10.0.0.1:4000
			seen bob 10.0.0.2:5000
			alice: #2 punch bob c1
			  alice < done punch
			  bob < punched alice guest c1 at phone addrs=10.0.0.1:4000 seen=10.0.0.2:5000
			alice: #3 relay bob too early
			  alice < refused relay no_endpoint
			bob: #4 punch alice c1
			  bob < done punch
			  alice < punched bob guest c1 at laptop addrs=10.0.0.2:5000 seen=10.0.0.1:4000
			alice: relay bob hello
			  bob < relayed alice: hello
			bob: #5 relay alice hello yourself
			  bob < done relay
			  alice < relayed bob: hello yourself
		`},
		{name: "who has no endpoint asks nobody and is asked by nobody", script: `
			quietly op add carl
			enter alice
			enter bob
			alice: #1 punch bob c1 | #2 decline bob c1 | #3 relay bob x
			  alice < refused punch no_endpoint
			  alice < refused decline no_endpoint
			  alice < refused relay no_endpoint
			quietly alice: udp phone
			alice: #4 punch bob c1 | #5 punch carl c1 | #6 punch nobody c1 | #7 punch alice c1
			  alice < refused punch no_user
			  alice < refused punch no_user
			  alice < refused punch no_user
			  alice < refused punch no_user
		`},
		{name: "both may ask at once", script: `
			enter alice
			enter bob
			quietly alice: udp phone
			quietly bob: udp laptop
			quietly alice: punch bob c1
			quietly bob: punch alice c2
			quietly alice: punch bob c2
			alice: relay bob open
			  bob < relayed alice: open
			quietly bob: punch alice c1
			bob: relay alice and stays so
			  alice < relayed bob: and stays so
		`},
		{name: "a call that was made for somebody else opens nothing", script: `
			enter alice
			enter bob
			enter mallory
			quietly alice: udp phone
			quietly bob: udp laptop
			quietly mallory: udp pad
			quietly alice: punch bob c1
			mallory: punch alice c1
			  mallory < done punch
			  alice < punched mallory guest c1 at pad
			mallory: #1 relay alice evil | relay alice evil
			  mallory < refused relay no_endpoint
			mallory: punch bob c1
			  mallory < done punch
			  bob < punched mallory guest c1 at pad
			bob: punch alice c1
			  bob < done punch
			  alice < punched bob guest c1 at laptop
			mallory: #2 relay bob evil | relay bob evil
			  mallory < refused relay no_endpoint
		`},
		{name: "what is wrong with a punch is said", script: `
			enter alice
			enter bob
			quietly alice: udp phone
			quietly bob: udp laptop
			alice: punch bob junk | punch bob c1 1 2 3 4 5 6 7 8 9
			  alice < refused punch malformed
			  alice < refused punch malformed
			alice: udp junk
			  alice < refused udp malformed
		`},
		{name: "who declines is not asked by that call, and ends what was agreed", script: `
			enter alice
			enter bob
			quietly alice: udp phone
			quietly bob: udp laptop
			bob: decline alice c1
			  bob < done decline
			quietly alice: punch bob c1
			bob: decline alice c9
			  bob < done decline
			bob: decline alice c1
			  bob < done decline
			  alice < declined bob c1
			bob: decline alice c1
			  bob < done decline
			quietly alice: punch bob c2
			quietly bob: punch alice c2
			alice: relay bob open
			  bob < relayed alice: open
			alice: decline bob c2
			  alice < done decline
			  bob < declined alice c2
			bob: #1 relay alice closed
			  bob < refused relay no_endpoint
		`},
		{name: "who wants to be relayed tells no address and hears none", script: `
			enter alice
			enter bob
			quietly alice: udp phone
			quietly bob: udp laptop
			seen alice 10.0.0.1:4000
			seen bob 10.0.0.1:5000
			alice: punch bob c1 192.168.1.7:4000 relay
			  alice < done punch
			  bob < punched alice guest c1 at phone seen=10.0.0.1:5000 relay
			bob: punch alice c1 192.168.1.8:4000
			  bob < done punch
			  alice < punched bob guest c1 at laptop seen=10.0.0.1:4000 relay
			alice: punch bob c1 192.168.1.7:4000
			  alice < done punch
			  bob < punched alice guest c1 at phone addrs=10.0.0.1:4000,192.168.1.7:4000 seen=10.0.0.1:5000
		`},
		{name: "candidates can't be aimed at a stranger", script: `
			enter alice
			enter bob
			quietly alice: udp phone
			quietly bob: udp laptop
			seen alice 10.0.0.1:4000
			seen bob 10.0.0.2:5000
			alice: punch bob c1 203.0.113.9:4000 192.168.1.7:4000 127.0.0.1:4000
			  alice < done punch
			  bob < punched alice guest c1 at phone addrs=10.0.0.1:4000 seen=10.0.0.2:5000
			seen bob 10.0.0.1:5000
			alice: punch bob c2 203.0.113.9:4000 192.168.1.7:22 127.0.0.1:4000 nonsense 192.168.1.7:4000 192.168.1.7:4000 224.0.0.1:4000 0.0.0.0:4000
			  alice < done punch
			  bob < punched alice guest c2 at phone addrs=10.0.0.1:4000,192.168.1.7:4000 seen=10.0.0.1:5000
			seen alice 127.0.0.1:4000
			alice: punch bob c3 127.0.0.1:6000
			  alice < done punch
			  bob < punched alice guest c3 at phone seen=10.0.0.1:5000
			seen bob 127.0.0.1:5000
			alice: punch bob c4 127.0.0.1:6000
			  alice < done punch
			  bob < punched alice guest c4 at phone addrs=127.0.0.1:4000,127.0.0.1:6000 seen=127.0.0.1:5000
		`},
		{name: "an address is forgotten that sends nothing", script: `
			enter alice
			enter bob
			quietly alice: udp phone
			quietly bob: udp laptop
			seen alice 10.0.0.1:4000
			pass 59s
			alice: punch bob c1
			  alice < done punch
			  bob < punched alice guest c1 at phone addrs=10.0.0.1:4000
			pass 1s
			alice: punch bob c2
			  alice < done punch
			  bob < punched alice guest c2 at phone
		`},
		{name: "a guest who takes another name keeps its conversations", script: `
			enter alice
			enter bob
			quietly alice: udp phone
			quietly bob: udp laptop
			quietly alice: punch bob c1
			quietly bob: punch alice c1
			quietly alice: guest anna
			bob: #1 relay alice x | relay anna hello
			  bob < refused relay no_user
			  alice < relayed bob: hello
		`},
		{name: "nor does the udp of the new name end them, and who shares no room hears of it", script: `
			enter alice
			enter bob
			quietly bob: leave lobby
			quietly alice: udp phone
			quietly bob: udp laptop
			quietly alice: punch bob c1
			quietly bob: punch alice c1
			alice: guest anna
			  alice < renamed alice anna guest
			  alice < you are anna guest token
			  bob < renamed alice anna guest
			quietly alice: udp phone
			bob: #1 relay anna hello
			  bob < done relay
			  alice < relayed bob: hello
			quietly alice: udp phone
			bob: #2 relay anna hello
			  bob < refused relay no_endpoint
		`},
		{name: "who logs out, or into an account, holds no conversations any more", script: `
			quietly op add carl
			enter alice
			enter bob
			quietly alice: udp phone
			quietly bob: udp laptop
			quietly alice: punch bob c1
			quietly bob: punch alice c1
			quietly bob: logout
			alice: #1 relay bob x
			  alice < refused relay no_user
			quietly bob: guest bob
			alice: #2 punch bob c1
			  alice < refused punch no_user
			quietly bob: udp laptop
			alice: #3 relay bob x
			  alice < refused relay no_endpoint
			quietly alice: login carl pw
			bob: #4 punch carl c1
			  bob < refused punch no_user
			gone bob
			quietly alice: udp phone
			alice: #5 relay bob x
			  alice < refused relay no_user
		`},
		{name: "people are found under any dialect", script: `
			quietly op add carl
			enter alice
			enter bob
			old dora
			quietly bob: udp laptop
			alice: find bob | find BOB | find carl | find dora | find eve
			  alice < found bob guest online at laptop
			  alice < found bob guest online at laptop
			  alice < found carl account
			  alice < found dora old online
			  alice < refused find no_user
		`},
		{name: "the secret is told where secrets may travel", script: `
			open alice native from 10.0.0.1
			quietly alice: guest alice
			alice: udp phone
			  alice < refused udp insecure
			open bob safe from 10.0.0.1
			quietly bob: guest bob
			bob: udp phone
			  bob < endpoint
		`},
		{name: "older programs have none of it", script: `
			old dora
			dora: udp phone | punch alice c1 | devices
			  dora < refused udp unsupported
			  dora < refused punch unsupported
			  dora < refused devices unsupported
		`},
		{name: "a datagram passes lines by that wait for the disk", script: `
			enter alice
			enter bob
			quietly alice: udp phone
			quietly bob: udp laptop
			quietly alice: punch bob c1
			quietly bob: punch alice c1
			log off
			alice: say lobby slow | topic lobby slower | relay bob fast
			  bob < relayed alice: fast
			quietly log on
		`},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) { run(t, Config{Rate: 10}, test.script) })
	}
}
