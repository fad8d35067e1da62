package chat1

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"reflect"
	"strconv"
	"strings"
	"testing"

	"labchat/internal/wire"
	"labchat/internal/wire/wiretest"
)

// TestThePageHasEveryMessage compares the tables of chat1.md with the messages:
// a row for each, which names each of its members.
func TestThePageHasEveryMessage(t *testing.T) {
	page := wiretest.ReadPage(t, "chat1")
	requests := wiretest.Rows(t, page, "| request |")
	if len(requests) != len(requestTypes) {
		t.Errorf("the page has %d requests, want %d", len(requests), len(requestTypes))
	}
	for act, decode := range requestTypes {
		r, err := decode([]byte("{}"))
		if err != nil {
			t.Fatal(err)
		}
		wiretest.CompareRow(t, requests, string(act), reflect.TypeOf(r))
	}
	events := wiretest.Rows(t, page, "| event |")
	if len(events) != len(eventTypes) {
		t.Errorf("the page has %d events, want %d", len(events), len(eventTypes))
	}
	for name, empty := range eventTypes {
		wiretest.CompareRow(t, events, name, reflect.TypeOf(empty()).Elem())
	}
}

// TestThePageHasEveryCode compares the page's table of codes with the comments
// in the source, word by word.
func TestThePageHasEveryCode(t *testing.T) {
	var want strings.Builder
	for _, c := range documentedCodes(t) {
		fmt.Fprintf(&want, "| `%s` | %s |\n", c.code, c.meaning)
	}
	if !strings.Contains(wiretest.ReadPage(t, "chat1"), "| code | meaning |\n|---|---|\n"+want.String()+"\n") {
		t.Errorf("the page's table of codes should be:\n%s", want.String())
	}
}

type documentedCode struct {
	code    wire.Code
	meaning string
}

// documentedCodes reads the lists of code.go; the codes that never travel stand
// alone there.
func documentedCodes(t *testing.T) []documentedCode {
	t.Helper()
	file, err := parser.ParseFile(token.NewFileSet(), "../code.go", nil, parser.ParseComments)
	if err != nil {
		t.Fatal(err)
	}
	var all []documentedCode
	ast.Inspect(file, func(n ast.Node) bool {
		spec, ok := n.(*ast.ValueSpec)
		if !ok || len(spec.Values) != 1 || spec.Doc == nil {
			return true
		}
		value, err := strconv.Unquote(spec.Values[0].(*ast.BasicLit).Value)
		if err != nil {
			t.Fatal(err)
		}
		_, meaning, ok := strings.Cut(strings.Join(strings.Fields(spec.Doc.Text()), " "), ": ")
		if !ok {
			t.Errorf("the comment of %s says nothing behind a colon", spec.Names[0])
			return true
		}
		all = append(all, documentedCode{wire.Code(value), strings.ToUpper(meaning[:1]) + meaning[1:]})
		return true
	})
	return all
}
