package gate

// Reason is why nothing leaves.
type Reason uint8

// The reasons.
const (
	None        Reason = iota
	DiskUnread         // the disk can't be read
	Offline            // no server is there
	NotAsked           // the server has not said yet whether there is a key
	HasKey             // there is a key, or was one
	NoHelp             // there is one, and the server knows nothing of keys
	OwnName            // the server says that we are who is known with another key
	OwnDevice          // the server gives our own key
	BadKey             // it is no key
	Rejected           // a person has said that it is the wrong one
	Removed            // it is not in the account's list
	CameBack           // it was removed, and is used again
	Changed            // it is not one that was seen before, and none of those vouches for it
	Unvouched          // another one was compared, and does not vouch for it
	Shared             // it is known under another name, too
	NoInbox            // nothing can be left for the person
	NotAccepted        // no person has agreed to the conversation
)

// sentences are the reasons for people; %[1]s is the person's name.
var sentences = map[Reason]string{
	DiskUnread:  "this machine's disk can't be read, and with it what is known of %[1]s's keys",
	Offline:     "there is no connection to the server",
	NotAsked:    "%[1]s is looked for",
	HasKey:      "%[1]s has had a key, and is not written to in plain text",
	NoHelp:      "this server can't help encrypted conversations, and %[1]s is not written to in plain text",
	OwnName:     "the server says that you are %[1]s, who is known here with another key: nothing is sent",
	OwnDevice:   "the server gives your own key for %[1]s: nothing is sent",
	BadKey:      "the server gives no proper key of %[1]s",
	Rejected:    "you have said that this key is not %[1]s's",
	Removed:     "%[1]s has removed this device: its key is withdrawn",
	CameBack:    "%[1]s had removed this device, and it is used again: /verify %[1]s",
	Changed:     "the key has changed: /verify %[1]s",
	Unvouched:   "the key is not the one that you have compared: /verify %[1]s",
	Shared:      "the key is known under another name, too: /verify %[1]s",
	NoInbox:     "nothing can be left for %[1]s at this server",
	NotAccepted: "you have not accepted %[1]s yet: /accept %[1]s",
}
