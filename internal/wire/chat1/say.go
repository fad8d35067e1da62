package chat1

import (
	"labchat/internal/wire"
	"labchat/internal/wire/jsonframe"
)

// readSay reads the request that a busy room is made of from the members that the
// scanner has found, without encoding/json; false where something is unusual,
// so that the slow way must judge it.
func readSay(f *jsonframe.Frame) (wire.Say, bool) {
	n, ok := f.MemberCount()
	r := wire.Say{Head: wire.Head{Tag: f.Tag}}
	for i := 0; ok && i < n; i++ {
		key, value := f.Member(i)
		switch string(key) {
		case "room":
			r.Room, ok = jsonframe.StringOf(value)
		case "text":
			r.Text, ok = jsonframe.StringOf(value)
		case "cid":
			var cid string
			cid, ok = jsonframe.StringOf(value)
			r.Client = wire.ClientID(cid)
			ok = ok && wire.IsTag(cid)
		case "action":
			r.Action = string(value) == "true"
			ok = r.Action || string(value) == "false"
		}
	}
	return r, ok
}
