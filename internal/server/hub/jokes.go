package hub

// jokes are one line each, in plain ASCII: some old clients die of anything
// else.
var jokes = [...]string{
	"A SYN walks into a bar. The bartender says: ACK. It stays for hours and nobody knows why.",
	"I would tell you a UDP joke, but I would never learn whether you laughed.",
	"Why did the packet cross the network? It had fifteen hops and nothing to lose.",
	"The lab printer is down. It said it needed some space, so we gave it 0x20.",
	"There are two hard things in chat servers: order, and exactly once delivery. And order.",
	"My mutex and I have an understanding: nobody else gets in.",
	"How many engineers change a light bulb? None, it is dark only on their side.",
	"A deadlock is two polite people at one door.",
	"I asked the daemon for a sign. It gave me a signal. I had not installed a handler.",
	"The cloud is just somebody else's computer. Ours is in the cellar and has a name.",
	"Old protocols never die. They are wrapped in a frame and put on a wall.",
	"A byte looks pale. What is wrong? asks the word. Parity, says the byte. Ah, I thought you were a bit off.",
	"Timeouts are how computers sigh.",
	"Why was the buffer so calm? It had learned its bounds.",
	"The test passed on my machine, so we shipped my machine.",
	"What do you call a server that never crashes? Unplugged.",
	"Two threads walk into a bar. The second one orders first.",
	"I told the cache a secret. It forgot exactly what I needed.",
	"A client pings: are you there? The server pongs: define there.",
	"The longest distance in computing is from the last line of the diff to the end of the review.",
}
