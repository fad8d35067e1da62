package plain

import (
	"os"
	"reflect"
	"strings"
	"testing"
)

// TestTheDocsNameEveryMember compares docs/plain.md with the objects that are
// written.
func TestTheDocsNameEveryMember(t *testing.T) {
	page, err := os.ReadFile("../../docs/plain.md")
	if err != nil {
		t.Fatal(err)
	}
	rows := map[string]string{}
	for row := range strings.Lines(string(page)) {
		if name, rest, ok := strings.Cut(strings.TrimPrefix(row, "| `"), "` |"); ok {
			rows[name] += rest
		}
	}
	for name, o := range map[string]any{
		"path": pathObject{}, "key": keyObject{}, "safety": safetyObject{}, "request": requestObject{}, "talk_renamed": talkRenamedObject{},
		"transfer": transferObject{}, "shared": sharedObject{}, "outbox": outboxObject{},
	} {
		for _, member := range members(reflect.TypeOf(o)) {
			if !strings.Contains(rows[name], "`"+member+"`") {
				t.Errorf("the row of %s lacks %s", name, member)
			}
		}
	}
	for _, member := range members(reflect.TypeFor[object]()) {
		if !strings.Contains(string(page), "`"+member+"`") {
			t.Errorf("%s is named nowhere", member)
		}
	}
}

// members are the names in JSON of an object's members, and of those within a
// list in it.
func members(t reflect.Type) []string {
	var all []string
	for f := range t.Fields() {
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		if name != "type" {
			all = append(all, name)
		}
		if f.Type == reflect.TypeFor[[]outboxLine]() {
			all = append(all, members(f.Type.Elem())...)
		}
	}
	return all
}
