package command

// commands is the table. It is never changed.
var commands = []Command{
	{
		Verb: Join, Group: GroupRooms, Help: "join a room", Example: "/join lab3", make: makeJoin,
		Words: []Word{{Slash, "join", nil}, {Dollar, "roomjoin", nil}, {Cmd, "enter", nil}},
		Args:  []Arg{{Name: "room", Kind: KindRoom}},
	},
	{
		Verb: Create, Group: GroupRooms, Help: "create a room or multicast group", Example: "/create lab4", make: makeCreate,
		Words: []Word{{Slash, "create", nil}, {Dollar, "roomcreate", nil}, {Cmd, "create", nil}},
		Args:  []Arg{{Name: "room", Kind: KindWord}, {Name: "ip port", Kind: KindText, Optional: true}},
	},
	{
		Verb: Leave, Group: GroupRooms, Help: "leave a room, or close a private one", Example: "/leave lab3", make: makeLeave,
		Words:   []Word{{Slash, "leave", nil}, {Dollar, "roomleave", nil}},
		Args:    []Arg{{Name: "room", Kind: KindRoom, Optional: true}},
		Confirm: true,
	},
	{
		Verb: Rooms, Group: GroupRooms, Help: "list the rooms", Example: "/rooms", make: makeRooms,
		Words: []Word{{Slash, "rooms", nil}, {Dollar, "roomlist", nil}, {Cmd, "groups", nil}},
	},
	{
		Verb: Topic, Group: GroupRooms, Help: "show this room's topic, or set it", Example: "/topic sheet 3 is online", make: makeTopic,
		Words:     []Word{{Slash, "topic", nil}},
		Args:      []Arg{{Name: "text", Kind: KindText, Optional: true}},
		NeedsRoom: true,
	},
	{
		Verb: Users, Group: GroupPeople, Help: "list who is online, or who is in a room", Example: "/users lab3", make: makeUsers,
		Words: []Word{{Slash, "users", nil}, {Slash, "who", nil}, {Dollar, "userlist", nil}, {Colon, "l", nil}},
		Args:  []Arg{{Name: "room", Kind: KindRoom, Optional: true}},
	},
	{
		Verb: Whois, Group: GroupPeople, Help: "tell about somebody", Example: "/whois alice", make: makeWhois,
		Words: []Word{{Slash, "whois", nil}},
		Args:  []Arg{{Name: "user", Kind: KindUser}},
	},
	{
		Verb: Me, Group: GroupPeople, Help: "say what you do", Example: "/me is looking at the capture", make: makeMe,
		Words: []Word{{Slash, "me", nil}},
		Args:  []Arg{{Name: "text", Kind: KindText}},
	},
	{
		Verb: Ignore, Group: GroupPeople, Help: "hide somebody's lines, or list who is hidden", Example: "/ignore mallory", make: makeIgnore,
		Words: []Word{{Slash, "ignore", nil}},
		Args:  []Arg{{Name: "user", Kind: KindUser, Optional: true}},
	},
	{
		Verb: Unignore, Group: GroupPeople, Help: "show somebody's lines again", Example: "/unignore mallory", make: makeUnignore,
		Words: []Word{{Slash, "unignore", nil}},
		Args:  []Arg{{Name: "user", Kind: KindUser}},
	},
	{
		Verb: Msg, Group: GroupPrivate, Help: "send a private line, or open a conversation", Example: "/msg alice see you at two", make: makeMsg,
		Words: []Word{{Slash, "msg", nil}},
		Args:  []Arg{{Name: "user", Kind: KindUser}, {Name: "text", Kind: KindText, Optional: true}},
	},
	{
		Verb: Open, Group: GroupPrivate, Help: "open a private conversation", Example: "$poke alice", make: makeOpen,
		Words: []Word{{Dollar, "poke", nil}, {Cmd, "request", nil}},
		Args:  []Arg{{Name: "user", Kind: KindUser}},
	},
	{
		Verb: Accept, Group: GroupPrivate, Help: "accept a conversation, or the file offered", Example: "/accept alice", make: makeAccept,
		Words:       []Word{{Slash, "accept", nil}},
		Args:        []Arg{{Name: "user", Kind: KindUser, Optional: true}},
		NeedsPerson: true,
	},
	{
		Verb: Refuse, Group: GroupPrivate, Help: "refuse a conversation, or the file offered", Example: "/refuse mallory", make: makeRefuse,
		Words:       []Word{{Slash, "refuse", nil}},
		Args:        []Arg{{Name: "user", Kind: KindUser, Optional: true}},
		NeedsPerson: true,
	},
	{
		Verb: Verify, Group: GroupPrivate, Help: "show the safety number, or say if it's the same", Example: "/verify alice", make: makeVerify,
		Words: []Word{{Slash, "verify", nil}},
		Args: []Arg{
			{Name: "user", Kind: KindUser, Optional: true},
			{Name: "answer", Kind: KindChoice, Choices: []string{"same", "differ"}, Optional: true},
		},
	},
	{
		Verb: Send, Group: GroupPrivate, Help: "offer a file to the person you talk to", Example: "/send 'my notes.txt'", make: makeSend,
		Words:       []Word{{Slash, "send", nil}},
		Args:        []Arg{{Name: "file", Kind: KindFile}},
		NeedsPerson: true,
	},
	{
		Verb: Cancel, Group: GroupPrivate, Help: "end a file's transfer: the newest, or this", Example: "/cancel 3f9c", make: makeCancel,
		Words: []Word{{Slash, "cancel", nil}},
		Args:  []Arg{{Name: "id", Kind: KindWord, Optional: true}},
	},
	{
		Verb: Path, Group: GroupPrivate, Help: "show or set how lines travel", Example: "/path alice relay", make: makePath,
		Words: []Word{{Slash, "path", nil}},
		Args: []Arg{
			{Name: "user", Kind: KindUser, Optional: true},
			{Name: "mode", Kind: KindChoice, Choices: []string{"auto", "relay"}, Optional: true},
		},
		NeedsPerson: true,
	},
	{
		Verb: Kick, Group: GroupPrivate, Help: "end a private conversation", Example: "/kick alice", make: makeKick,
		Words:   []Word{{Slash, "kick", nil}, {Dollar, "kick", nil}},
		Args:    []Arg{{Name: "user", Kind: KindUser, Optional: true}},
		Confirm: true,
	},
	{
		Verb: Outbox, Group: GroupPrivate, Help: "show the lines that wait, or drop one", Example: "/outbox drop 2", make: makeOutbox,
		Words: []Word{{Slash, "outbox", nil}},
		Args: []Arg{
			{Name: "drop", Kind: KindChoice, Choices: []string{"drop"}, Optional: true},
			{Name: "number", Kind: KindNumber, Optional: true},
		},
	},
	{
		Verb: Inspect, Group: GroupPrivate, Help: "show or hide how this person is connected", Example: "/inspect", make: makeKeyed(Inspect),
		Words: []Word{{Slash, "inspect", nil}},
	},
	{
		Verb: Share, Group: GroupPrivate, Help: "show or set what others see of you", Example: "/share reading off", make: makeShare,
		Words: []Word{{Slash, "share", nil}},
		Args: []Arg{
			{Name: "sign", Kind: KindChoice, Choices: []string{"typing", "reading"}, Optional: true},
			{Name: "value", Kind: KindChoice, Choices: []string{"on", "off"}, Optional: true},
		},
	},
	{
		Verb: Next, Group: GroupReading, Help: "go to the next unread lines", Example: "/next", make: makeNext,
		Words: []Word{{Slash, "next", nil}},
	},
	{
		Verb: Go, Group: GroupReading, Help: "go where you were, or to a place by number", Example: "/go 2", make: makeGo,
		Words: []Word{{Slash, "go", nil}},
		Args:  []Arg{{Name: "number", Kind: KindNumber, Optional: true}},
	},
	{
		Verb: Unread, Group: GroupReading, Help: "scroll to the first unread line", Example: "/unread", make: makeKeyed(Unread),
		Words: []Word{{Slash, "unread", nil}},
	},
	{
		Verb: Read, Group: GroupReading, Help: "show earlier lines: a page, so many, or all", Example: "/read 10", make: makeRead,
		Words: []Word{{Slash, "read", nil}},
		Args:  []Arg{{Name: "lines", Kind: KindNumber, Choices: []string{All}, Optional: true}},
	},
	{
		Verb: Inbox, Group: GroupReading, Help: "show what came while you were away", Example: "/inbox", make: makeInbox,
		Words: []Word{{Slash, "inbox", nil}},
	},
	{
		Verb: Joke, Group: GroupReading, Help: "have the server tell a joke", Example: "/joke", make: makeJoke,
		Words: []Word{{Slash, "joke", nil}},
	},
	{
		Verb: Away, Group: GroupAccount, Help: "be away, with a reason; without one be back", Example: "/away lunch", make: makeAway,
		Words: []Word{{Slash, "away", nil}},
		Args:  []Arg{{Name: "text", Kind: KindText, Optional: true}},
	},
	{
		Verb: Nick, Group: GroupAccount, Help: "take another name, as a guest", Example: "/nick sara2", make: makeNick,
		Words:   []Word{{Slash, "nick", nil}},
		Args:    []Arg{{Name: "name", Kind: KindWord}},
		Confirm: true,
	},
	{
		Verb: Register, Group: GroupAccount, Help: "make an account; the password is asked for", Example: "/register sara", make: makeRegister,
		Words: []Word{{Slash, "register", []Arg{{Name: "name", Kind: KindWord, Optional: true}, password}}, {Cmd, "register", nil}},
		Args:  []Arg{{Name: "name", Kind: KindWord}, password},
	},
	{
		Verb: Login, Group: GroupAccount, Help: "log in; the password is asked for", Example: "/login sara", make: makeLogin,
		Words: []Word{{Slash, "login", nil}},
		Args:  []Arg{{Name: "name", Kind: KindWord, Optional: true}, password},
	},
	{
		Verb: Logout, Group: GroupAccount, Help: "give up your name", Example: "/logout", make: makeLogout,
		Words:   []Word{{Slash, "logout", nil}},
		Confirm: true,
	},
	{
		Verb: Account, Group: GroupAccount, Help: "legacy logins, password, or remove the account", Example: "/account legacy on", make: makeAccount,
		Words: []Word{{Slash, "account", nil}},
		Args: []Arg{
			{Name: "what", Kind: KindChoice, Choices: []string{"legacy", "password", "remove"}},
			{Name: "value", Kind: KindChoice, Choices: []string{"on", "off", "everywhere"}, Optional: true},
			password,
		},
		Confirm: true,
	},
	{
		Verb: Sessions, Group: GroupAccount, Help: "list where you are logged in, or end one", Example: "/sessions end 3", make: makeSessions,
		Words: []Word{{Slash, "sessions", nil}},
		Args: []Arg{
			{Name: "end", Kind: KindChoice, Choices: []string{"list", "end"}, Optional: true},
			{Name: "session", Kind: KindWord, Optional: true},
		},
	},
	{
		Verb: Devices, Group: GroupAccount, Help: "list your devices, or remove a lost one", Example: "/devices remove 5ncbxYM8", make: makeDevices,
		Words: []Word{{Slash, "devices", nil}},
		Args: []Arg{
			{Name: "remove", Kind: KindChoice, Choices: []string{"list", "remove"}, Optional: true},
			{Name: "device", Kind: KindWord, Optional: true},
		},
		Confirm: true,
	},
	{
		Verb: Sum, Group: GroupService, Help: "have the host add two integers", Example: "/sum 3+4", make: makeSum,
		Words: []Word{{Slash, "sum", nil}},
		Args:  []Arg{{Name: "expression", Kind: KindText}},
	},
	{
		Verb: Calc, Group: GroupService, Help: "have the host compute", Example: "/calc 12 + 42", make: makeCalc,
		Words: []Word{{Slash, "calc", nil}},
		Args:  []Arg{{Name: "expression", Kind: KindText}},
	},
	{
		Verb: Time, Group: GroupService, Help: "ask the host for its time", Example: "/time", make: makeTime,
		Words: []Word{{Slash, "time", nil}},
	},
	{
		Verb: Date, Group: GroupService, Help: "ask the host for its date", Example: "/date", make: makeDate,
		Words: []Word{{Slash, "date", nil}},
	},
	{
		Verb: Server, Group: GroupProgram, Help: "show the server's key, or trust what changed", Example: "/server trust", make: makeServer,
		Words: []Word{{Slash, "server", nil}},
		Args:  []Arg{{Name: "trust", Kind: KindChoice, Choices: []string{"trust"}, Optional: true}},
	},
	{
		Verb: Retry, Group: GroupProgram, Help: "while offline: connect now", Example: "/retry", make: makeKeyed(Retry),
		Words: []Word{{Slash, "retry", nil}},
	},
	{
		Verb: Connect, Group: GroupProgram, Help: "while offline: choose another server", Example: "/connect", make: makeKeyed(Connect),
		Words: []Word{{Slash, "connect", nil}},
	},
	{
		Verb: Help, Group: GroupProgram, Help: "show all commands, or one in detail", Example: "/help join", make: makeHelp,
		Words: []Word{{Slash, "help", nil}},
		Args:  []Arg{{Name: "command", Kind: KindWord, Optional: true}},
	},
	{
		Verb: Quit, Group: GroupProgram, Help: "end the program", Example: ":q", make: makeQuit,
		Words: []Word{{Slash, "quit", nil}, {Colon, "q", nil}},
	},
}

// password is asked for in a masked field.
var password = Arg{Name: "password", Kind: KindSecret}
