package hub

import (
	"time"

	"labchat/internal/wire"
)

// Limits bound what people can make the hub keep. Zero is the default.
type Limits struct {
	Accounts           int // registered names
	Registrations      int // registrations of one Network at once; registrationsBack an hour come back; loopback is exempt
	SessionsPerAccount int
	TokensPerAccount   int
	Rooms              int // all of them
	RoomsPerAddress    int // rooms that one Network's people have made; accounts on loopback are exempt
	RoomsPerAccount    int
	Inbox              int // private lines that wait for one account
	InboxPair          int // of them, from one sender
	InboxStrangers     int // of them, from people whom the account has not spoken to
	InboxAddress       int // of these, from one Network
	NamesPerHost       int // of datagram programs, of one Network; loopback is exempt
	NamesPerAddress    int // of them, of one IP address and port
}

// The defaults: far above what a lab needs, low enough that one person filling
// all of them costs some ten megabytes.
var defaultLimits = Limits{
	Accounts:           100_000,
	Registrations:      100, // a class of students behind one address
	SessionsPerAccount: 20,  // one a machine, and what half-open ones remain of it
	TokensPerAccount:   20,  // as many as sessions
	Rooms:              10_000,
	RoomsPerAddress:    100, // a class of students behind one address, with some each
	RoomsPerAccount:    100,
	Inbox:              1_000, // as promised in the protocol
	InboxPair:          100,
	InboxStrangers:     500, // half of it is for those whom it knows, come what may
	InboxAddress:       100, // as much as one may leave; a class leaves some each
	NamesPerHost:       256, // a class of students behind one address
	NamesPerAddress:    8,   // the original programs use one
}

const (
	// holdUndecidedFor is how long lines wait for a connection that has said
	// nothing yet, before it is taken for an A3 program: native clients and
	// "sync" arrive within a round trip.
	holdUndecidedFor = time.Second
	// helloWithin is how long a native session may be silent at its beginning.
	helloWithin = 30 * time.Second
	// heldLines is how many lines a session's own inbox keeps, oldest dropped
	// first. The original's was 10; more are lost by nobody.
	heldLines = 1_000
	// heldOldBytes is how much text an old program's own inbox keeps: half of
	// a connection's outbox, through which it goes at once.
	heldOldBytes = 512 << 10
	// heldBytes is how much is kept for a session whose resume reads the log;
	// above it the lines are read from the log too.
	heldBytes = 64 << 10
	// replyBytes bounds the lines of one answer, so that it fits the outbox of
	// a connection (1 MiB) with its JSON around it.
	replyBytes = 384 << 10
	// maxReply bounds an answer that has a line of each room at least: it fits the
	// outbox with what stands around the lines of as many rooms as can be resumed.
	maxReply = 896 << 10
	// lineOverhead is what a line costs in an answer beside its text.
	lineOverhead = 200
	// sealedOverhead is what a sealed line costs there beside its box: keys and
	// a signature.
	sealedOverhead = 500
	// emptyRoomFor is how long a room without an owner outlives its last
	// member, newRoomFor how long it waits for its first one.
	emptyRoomFor = 10 * time.Minute
	newRoomFor   = time.Hour
	// unspokenRoomFor is how long a room of an account stays that nobody is in and
	// nobody has spoken in: a name that nobody uses.
	unspokenRoomFor = 24 * time.Hour
	// blockedFor is the length of the spam rule's block.
	blockedFor = 10 * time.Second
	// accountTokenFor and guestTokenFor are how long a resume token is good
	// for: after it was issued, and after its session's end.
	accountTokenFor = 30 * 24 * time.Hour
	guestTokenFor   = 10 * time.Minute
	// defaultRelay is how many bytes a second are relayed in all: a few per cent of
	// a core, and 16 pairs at full speed. One network may have a fourth of it, one
	// pair, both ways together, a fourth of that.
	defaultRelay  = 4 << 20
	networksRelay = 4
	pairsRelay    = 4
	// leastRelayed is what may be relayed at once, however low the rates are: two
	// handshakes and the lines that waited for them.
	leastRelayed = 64 << 10
	// mostRelayDebt is how much of what will be allowed those may use up who relay
	// little.
	mostRelayDebt = time.Second / 2
	// toldRelayEvery is how often a session is told that not all is relayed.
	toldRelayEvery = time.Minute
	// burstSeconds is how many seconds' worth of requests a session may send at
	// once: a client that comes back enters its rooms and hands over its keys.
	burstSeconds = 4
	// askedAtOnce and askedFactor are how many times as many requests of any kind
	// a session may send as may cost something. At once: somebody who comes back
	// enters a hundred rooms and asks for the lines of each, and a search of
	// 500,000 lines is a thousand pages. A second: answers are 0.05 ms of a
	// processor, and seventy that flood may take a sixth of one.
	askedAtOnce = 25
	askedFactor = 5
	// shortestRest is how long a session rests that asks too much: some of its
	// requests are handled together then, instead of waking the loop for each.
	shortestRest = 200 * time.Millisecond
	// shareFactor is how many sessions' worth all of one network may do: in a
	// class of thirty a few people at a time write or come.
	shareFactor = 5
	// maxShares bounds the networks whose budgets are kept, 15 MB: the sources of
	// datagrams can be forged, and there are as many as somebody likes. Where it is
	// full another one goes, the best of sharesLookedAt.
	maxShares      = 50_000
	sharesLookedAt = 16
	// roomsForOne is how many rooms may hear of one request for the cost of one
	// more: somebody in all of maxResume rooms still comes back at once.
	roomsForOne = 8
	// newsEvery is how often is told what changes back and forth: somebody's name
	// and absence, comings and goings by one session in one room, a topic.
	newsEvery = time.Second
	// announceLater is when an AnonymousN is announced whose network has come too
	// often: nobody hears the room for longer without being told of.
	announceLater = time.Second
	// toldEvery is how often a session is told that it has to wait, longTurn from
	// when on that is worth a word where others are the cause.
	toldEvery = 10 * time.Second
	longTurn  = 2 * time.Second
	// fairEvery is what one request counts where a network's share is fought for:
	// 256 connections that share 50 requests a second get one in five seconds each,
	// and who asks less often than that comes before all of them. oldStanding is
	// how much of this can be saved up, newStanding what a new connection begins
	// with, so that somebody who comes gets in before those who flood and after
	// those who are here. With longStanding somebody has waited for longer than
	// those who come begin with, and they do not go before them; with
	// settledStanding the network may borrow all that it may. worstStanding bounds
	// how long a flood is remembered.
	fairEvery       = 6 * time.Second
	oldStanding     = 50 * fairEvery
	newStanding     = 5 * fairEvery
	longStanding    = newStanding + fairEvery
	settledStanding = 2 * newStanding
	worstStanding   = 5 * time.Minute
	// keptOverhead is what a line takes of the disk beside its text: its row, and
	// the one that recognises it when it is sent again.
	keptOverhead = 200
	// fullRetry is when a line that a full disk had no room for is worth another
	// try: somebody has to make room.
	fullRetry = time.Minute
	// storageRetry is when a line that the disk refused is worth another try.
	storageRetry = time.Second
	// busyRetry is when work that there was no room for is worth another try.
	busyRetry = 2 * time.Second
	// typingEvery is how often one session's typing is passed on.
	typingEvery = 2 * time.Second
	// maxNames is how many names one session may ask about in namesWithin, so
	// that the directory of accounts is not read out by trying.
	maxNames    = 20
	namesWithin = 10 * time.Second
	// endpointIdle is how long an address is taken for an endpoint's after its
	// last signal: four of its keepalives.
	endpointIdle = time.Minute
	// maxPairs bounds the pairs of endpoints that have asked each other, of all;
	// some twenty megabytes. maxAsked are those of one that were not answered
	// yet, maxOpen those that were: the one that was silent the longest gives
	// way.
	maxPairs = 100_000
	maxAsked = 256
	maxOpen  = 512
	// maxOldPeople is how many bytes the names in A3's users line have: the
	// original's has no bound, and our own client reads lines of so many.
	maxOldPeople = wire.MaxFrame - 64
	// maxNearAmong is how many rooms are searched for names that are near.
	maxNearAmong = 1_000
	// maxResume is how many rooms one resume may name.
	maxResume = 200
	// maxTaken is how many ids one Taken may name: an inbox's worth.
	maxTaken = 1_000
	// maxProgram cuts the client's name of itself, which others can read.
	maxProgram = 64
	// abandonedAfter is how long nothing was heard from a datagram program whose
	// names another one of its host may have.
	abandonedAfter = time.Minute
	// maxMembers is how many members of a room send each other their lines:
	// each list of them goes to each of them.
	maxMembers = 64
	// membersEvery is how often one of them is told who they are, but for its
	// own coming and going.
	membersEvery = 500 * time.Millisecond
	// maxReached is how many private lines to people without an inbox are known
	// to have been delivered, in case they are sent again: some two megabytes.
	maxReached = 10_000
	// maxPokes is how many users a datagram program talks to through us.
	maxPokes = 16
	// maxListed is how many people or rooms a datagram program is told.
	maxListed = 64
	// maxSpeaker bounds what a group's speakers are called, in bytes.
	maxSpeaker = 100
	// sweepEvery is how often expired tokens and attempts are forgotten.
	sweepEvery = 10 * time.Minute
)

// The allowances. A client that comes back looks up and asks everybody whom it
// talks to at once; the directory of accounts is not read out by trying.
var (
	findsAllowed   = allowance{atOnce: 300, perSecond: 5}
	punchesAllowed = allowance{atOnce: 300, perSecond: 5}
	// askedAllowed is how often one endpoint may ask one other.
	askedAllowed = allowance{atOnce: 10, perSecond: 1}
	// wasteAllowed is how many bytes of a session are dropped that were to be
	// relayed, before it is read more slowly: QUIC finds out how fast it may be by
	// losing some, and then stays below.
	wasteAllowed = allowance{atOnce: 256 << 10, perSecond: 64 << 10}
	// lightAllowed is how many relayed bytes of a session are lines, answers and
	// what keeps a link open, and no file.
	lightAllowed = allowance{atOnce: 64 << 10, perSecond: 4 << 10}
	// ownKept is what an account, or a guest's session, may have the disk keep at
	// once and then in an hour: a book of a thousand pages is a fourth of that, and one who does it all
	// day fills 200 MB. networkKept is what all of one network may: a class of
	// thirty with a fourth of that each, and a disk of 10 GiB lasts a week.
	ownKept     = allowance{atOnce: 8 << 20, perSecond: 8 << 20 / 3600}
	networkKept = allowance{atOnce: 64 << 20, perSecond: 64 << 20 / 3600}
	// quietKept is what each may whose network may no more, if they came before: a
	// thousand lines, and one every three seconds.
	quietKept = allowance{atOnce: 256 << 10, perSecond: 256 << 10 / 3600}
)

func (l Limits) orDefaults() Limits {
	d := defaultLimits
	for _, p := range [][2]*int{
		{&l.Accounts, &d.Accounts},
		{&l.Registrations, &d.Registrations},
		{&l.SessionsPerAccount, &d.SessionsPerAccount},
		{&l.TokensPerAccount, &d.TokensPerAccount},
		{&l.Rooms, &d.Rooms},
		{&l.RoomsPerAddress, &d.RoomsPerAddress},
		{&l.RoomsPerAccount, &d.RoomsPerAccount},
		{&l.Inbox, &d.Inbox},
		{&l.InboxPair, &d.InboxPair},
		{&l.InboxStrangers, &d.InboxStrangers},
		{&l.InboxAddress, &d.InboxAddress},
		{&l.NamesPerHost, &d.NamesPerHost},
		{&l.NamesPerAddress, &d.NamesPerAddress},
	} {
		if *p[0] == 0 {
			*p[0] = *p[1]
		}
	}
	return l
}
