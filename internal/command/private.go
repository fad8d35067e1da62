package command

import (
	"slices"

	"labchat/internal/wire"
)

// notPrivate is the problem of a command that means the person of the private
// conversation it is typed in.
const notPrivate problem = "This is no private conversation: /msg USER opens one"

// whom is the person that was typed, or else the one of the conversation.
func (c Context) whom(v values) string {
	if v["user"] != "" {
		return v["user"]
	}
	return c.To
}

func makeAccept(c Context, v values) (Action, problem) {
	return Ask{Request: wire.Accept{Name: c.whom(v)}}, ""
}

func makeRefuse(c Context, v values) (Action, problem) {
	return Ask{Request: wire.Reject{Name: c.whom(v)}}, ""
}

// makeVerify takes an answer only with the name it is for: "/verify same" in the
// wrong conversation would trust the wrong key.
func makeVerify(c Context, v values) (Action, problem) {
	who, answer := c.whom(v), wire.Answer(v["answer"])
	typed := wire.Answer(v["user"])
	switch {
	case answer == wire.AnswerNone && (typed == wire.AnswerSame || typed == wire.AnswerDiffer):
		return nil, problem("Say whose number it is: /verify USER " + v["user"])
	case wire.Fold(who) == wire.Fold(c.Me):
		who = "" // our own devices
	}
	return Ask{Request: wire.Verify{Name: who, Answer: answer}}, ""
}

func makeSend(c Context, v values) (Action, problem) {
	return Ask{Request: wire.SendFile{To: c.To, File: v["file"]}}, ""
}

func makeCancel(c Context, v values) (Action, problem) {
	switch {
	case v["id"] != "":
		return Ask{Request: wire.StopFile{ID: v["id"]}}, ""
	case c.To == "":
		return nil, notPrivate
	}
	return Ask{Request: wire.StopFile{Name: c.To}}, ""
}

// routeModes are the ways that a person can ask for.
var routeModes = []wire.RouteMode{wire.RouteAuto, wire.RouteRelay}

func makePath(c Context, v values) (Action, problem) {
	who, mode := c.whom(v), wire.RouteMode(v["mode"])
	if typed := wire.RouteMode(v["user"]); c.To != "" && mode == wire.RouteKeep && slices.Contains(routeModes, typed) {
		who, mode = c.To, typed // "/path relay" means the person here
	}
	return Ask{Request: wire.Route{Name: who, Mode: mode}}, ""
}

func makeKick(c Context, v values) (Action, problem) {
	who := c.whom(v)
	if who == "" {
		return nil, "A room can't be emptied here: name the person whose private conversation is to end"
	}
	return Ask{Request: wire.HangUp{Name: who}, Confirm: "end the private conversation with " + who + "?"}, ""
}

func makeOutbox(_ Context, v values) (Action, problem) {
	if v["drop"] != "" && v["number"] == "" {
		return nil, "Say which line: /outbox numbers them"
	}
	return Local{Verb: Outbox, Arg: v["number"]}, ""
}

func makeShare(_ Context, v values) (Action, problem) {
	if v["value"] == "" {
		return Ask{Request: wire.Share{}}, ""
	}
	on := v["value"] == "on"
	if v["sign"] == "typing" {
		return Ask{Request: wire.Share{Typing: &on}}, ""
	}
	return Ask{Request: wire.Share{Reading: &on}}, ""
}

// makeDevices takes a device by the beginning of its print, as the list shows it.
func makeDevices(_ Context, v values) (Action, problem) {
	remove, device := v["remove"] == "remove", v["device"]
	switch {
	case remove && device == "":
		return nil, "Say which device: /devices lists them"
	case remove:
		return Ask{Request: wire.Devices{Remove: device}, Confirm: "remove the device " + device + " from your account?"}, ""
	case device != "":
		return nil, "A device can only be removed"
	}
	return Ask{Request: wire.Devices{}}, ""
}
