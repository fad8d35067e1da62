package jsonframe

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"

	"labchat/internal/wire/wiretest"
)

// FuzzScanner checks the scanner against encoding/json: it takes nothing that
// is not JSON, and what it refuses of JSON it refuses for a reason of its own.
func FuzzScanner(f *testing.F) {
	wiretest.Seed(f, "chat1", "C")
	f.Add([]byte(`{"a":[1,-0.5e+3,{"b":null}],"a":0}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		s := scanner{data: data, tagKey: "id"}
		err := s.frame()
		isObject := json.Valid(data) && bytes.HasPrefix(bytes.TrimLeft(data, " \t\r\n"), []byte("{"))
		if err == nil && !isObject {
			t.Fatalf("%q was taken", data)
		}
		if err != nil && isObject {
			own := []string{"twice", "members", "deeper", "a string"}
			for _, reason := range own {
				if strings.Contains(err.Error(), reason) {
					return
				}
			}
			t.Fatalf("%q was refused: %v", data, err)
		}
		if err == nil && !json.Valid(s.body()) {
			t.Fatalf("%q was hidden as %q, which is no JSON", data, s.body())
		}
	})
}
