// Package wire is the messages of chat, and what a dialect is that writes them as
// bytes. It does nothing else: no socket, no clock, no lock. The dialects are in
// the folders beneath it, one a family, and package dialects lists them.
//
// A Request is what a client asks, an Event is what happened. Codecs turn
// frames into the one and the other into frames, in both directions, so that
// M programs on N dialects cost M + N and not M x N:
//
//	bytes --Split--> frame --ServerCodec.ParseRequest--> Request --> hub
//	hub --> Event --ServerCodec.AppendEvent--> bytes
//
//	person --> Request --ClientCodec.AppendRequest--> bytes
//	bytes --Split--> frame --ClientCodec.ParseEvent--> Event --> screen
//
// The dialects, each with a page of its name in docs/protocol; a style is a
// dialect of its own that shares its sister's folder:
//
//	chat1                                   ours: JSON lines
//	a3                                      lines of words
//	sum                                     lines: integers are added
//	arith, arith-hello, arith-welcome       a name, then expressions
//	prompt, prompt-m1, prompt-accounts      a dialogue, then lines and lists
//	names, names-clock, names-echo          a name, then lines
//	tobi, ias, clock                        datagrams of the registry's port
//
// Those of arith, prompt and names have no terminators (Manners.Unframed): what
// one write brings is one message, and Delivery says what keeps two apart.
// Datagrams have no framing at all: DatagramServer and DatagramClient take the
// place of the codecs above.
//
// What the two of the chat port have words for:
//
//	message              chat/1                          A3
//	Hello, Welcome       {"type":"hello"} welcome        -
//	CheckName            name                            -
//	Guest                guest, logged_in                login NAME, loginok
//	Login                login, logged_in                login NAME PASSWORD, loginok
//	Register             register, logged_in             register NAME PASSWORD, loginok
//	Logout, Passwd,      by their names, done            -
//	Account, Sessions
//	Create, Join, Leave, by their names                  - (the one room is lobby)
//	Rooms, Topic, Whois,
//	Away, Resume
//	People               people                          users, users NAME ...
//	Say, Accepted, Said  say, accepted, said             msg TEXT, msgok N, msg NAME TEXT
//	Private, Whispered   private, accepted, whispered    privmsg TO TEXT, msgok N, privmsg NAME TEXT
//	Inbox                inbox, then whispered lines     inbox, inbox N, then lines
//	Hold                 -                               sync, async, modeok
//	History, Read,       by their names                  -
//	Typing, Taken
//	Help, Joke           by their names                  help, supported ...; joke, joke TEXT
//	Joined, Left,        by their names                  nothing: a client that waits for an
//	Presence, Notice                                     answer takes the next line for it
//	Refused              refused                         loginerr, msgerr, cmderr
//	Quit, Goodbye        quit, goodbye                   closing
//
// A dialect that can't say something answers ErrUnsupported, and its session
// hears nothing of it. To add one, write its folder with its transcript in
// testdata, its line in package dialects, and its page in docs/protocol; the
// tests of package dialects take it from there.
//
// The rules for names, texts and passwords are here too (CheckUser, CheckRoom,
// CleanText, CheckPassword), because all dialects and both programs share them.
package wire
