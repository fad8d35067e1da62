package hub

import (
	"encoding/hex"
	"io"
	"strings"

	"labchat/internal/wire"
)

// version is the one version of chat/1 that there is.
const version = 1

// features are what this server can do beyond hello, for native clients.
var features = []string{
	"accounts", "age", "away", "create", "history", "inbox", "private", "read", "resume", "sealed", "sessions", "topic", "typing", "udp",
	"whois",
}

// oldCommands are A3's words, best known first.
var oldCommands = []string{
	"msg", "privmsg", "login", "users", "help", "joke", "inbox", "sync", "async", "register",
}

// nativeCommands are the requests of chat/1 that people ask for.
var nativeCommands = []string{
	"say", "private", "join", "leave", "create", "rooms", "people", "whois", "topic", "away", "history", "inbox",
	"register", "login", "guest", "logout", "passwd", "account", "sessions", "help", "joke", "ping", "quit",
}

// awaitHello gives a native session, or one inside TLS, some time for its
// beginning.
func (h *Hub) awaitHello(c call) {
	h.due.at(c.now.Add(helloWithin), deadline{what: dueHello, session: c.s.id})
}

// awaitName gives a dialogue that asks for a name as much.
func (h *Hub) awaitName(c call) {
	h.due.at(c.now.Add(helloWithin), deadline{what: dueName, session: c.s.id})
}

func (h *Hub) hello(c call, r wire.Hello) {
	s := c.s
	switch {
	case s.greeted:
		c.refuse(wire.CodeUnsupported, "Hello was said already. Go on with login or guest.")
		return
	case r.Version != version:
		text := "This server speaks chat/1 version 1. Use a program that does."
		c.refuse(wire.CodeVersion, text)
		h.presence.end(c, &wire.Goodbye{Code: wire.CodeVersion, Text: text}, "")
		return
	case r.Profile != "" && !isID(r.Profile):
		c.refuse(wire.CodeMalformed, "The profile of hello must be 32 hexadecimal digits, or left out.")
		return
	}
	s.greeted, s.profile, s.program, s.nonce = true, r.Profile, cutProgram(r.Program), h.newNonce()
	c.reply(&wire.Welcome{
		Re: wire.Re{Re: c.tag}, Version: version, Program: h.cfg.Program,
		Server: h.cfg.Server, Node: h.cfg.Node, Nonce: s.nonce, Features: features,
		Limits:   wire.Limits{Line: wire.MaxText, Name: wire.MaxName, Room: wire.MaxRoom, Rate: h.cfg.Rate},
		Services: h.cfg.Services, Motd: h.cfg.Motd, Now: wire.MillisOf(c.now), Register: h.cfg.Register,
	})
}

// nonceBytes is the length of a session's nonce.
const nonceBytes = 16

// newNonce makes what a session's devices sign to prove their keys, "" without
// randomness: then nothing can be proved.
func (h *Hub) newNonce() string {
	var b [nonceBytes]byte
	if _, err := io.ReadFull(h.cfg.Random, b[:]); err != nil {
		return ""
	}
	return hex.EncodeToString(b[:])
}

// isID reports whether s is 32 lower-case hexadecimal digits: a profile, or a
// call.
func isID(s string) bool {
	return len(s) == 32 && strings.Trim(s, "0123456789abcdef") == ""
}

// cutProgram makes a program's name of itself fit for other people's screens.
func cutProgram(s string) string {
	s, err := wire.CleanText(strings.ToValidUTF8(s, "�"), wire.MaxFrame)
	if err != nil {
		return ""
	}
	return wire.Cut(s, maxProgram)
}

func (h *Hub) ping(c call, _ wire.Ping) { c.reply(&wire.Pong{Re: wire.Re{Re: c.tag}}) }

func (h *Hub) quit(c call, _ wire.Quit) {
	h.presence.end(c, &wire.Goodbye{Re: wire.Re{Re: c.tag}, Code: wire.CodeQuit, Text: "Goodbye."}, "")
}

func (h *Hub) help(c call, _ wire.Help) {
	words := oldCommands
	if !c.s.isOld() {
		words = nativeCommands
	}
	c.reply(&wire.HelpText{Re: wire.Re{Re: c.tag}, Commands: words})
}

func (h *Hub) joke(c call, _ wire.Joke) {
	c.reply(&wire.JokeTold{Re: wire.Re{Re: c.tag}, Text: jokes[h.jokes%len(jokes)]})
	h.jokes++
}
