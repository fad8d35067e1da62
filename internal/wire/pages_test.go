package wire

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"reflect"
	"strconv"
	"strings"
	"testing"
)

// TestPagesHoldTheTranscripts keeps docs/protocol true: each page shows the
// transcript that TestConformance runs, and says where we differ.
func TestPagesHoldTheTranscripts(t *testing.T) {
	for _, d := range everyDialect() {
		transcript, err := os.ReadFile(transcriptFile(d))
		if err != nil {
			t.Fatal(err)
		}
		page := readPage(t, d)
		if !strings.Contains(page, "```text\n"+string(transcript)+"```\n") {
			t.Errorf("the page of %s does not show %s as it is", d.Name(), transcriptFile(d))
		}
		if !strings.Contains(page, "\n## Where we differ, and why\n") {
			t.Errorf("the page of %s does not say where we differ", d.Name())
		}
	}
}

func everyDialect() []named {
	var all []named
	for _, d := range Dialects() {
		all = append(all, d)
	}
	for _, d := range AllDatagrams() {
		all = append(all, d)
	}
	return all
}

func readPage(t *testing.T, d named) string {
	t.Helper()
	page, err := os.ReadFile(filepath.Join("..", "..", "docs", "protocol", d.Name()+".md"))
	if err != nil {
		t.Fatal(err)
	}
	return string(page)
}

// TestThePageHasEveryMessage compares the tables of chat1.md with the messages:
// a row for each, which names each of its members.
func TestThePageHasEveryMessage(t *testing.T) {
	page := readPage(t, chat1{})
	requests := rows(t, page, "| request |")
	if len(requests) != len(requestTypes) {
		t.Errorf("the page has %d requests, want %d", len(requests), len(requestTypes))
	}
	for act, decode := range requestTypes {
		r, err := decode([]byte("{}"))
		if err != nil {
			t.Fatal(err)
		}
		compareRow(t, requests, string(act), reflect.TypeOf(r))
	}
	events := rows(t, page, "| event |")
	if len(events) != len(eventTypes) {
		t.Errorf("the page has %d events, want %d", len(events), len(eventTypes))
	}
	for name, empty := range eventTypes {
		compareRow(t, events, name, reflect.TypeOf(empty()).Elem())
	}
}

// rows returns the rows of the table with that head, by their first column.
func rows(t *testing.T, page, head string) map[string]string {
	t.Helper()
	_, table, ok := strings.Cut(page, "\n"+head)
	if !ok {
		t.Fatalf("the page has no table %s", head)
	}
	table, _, _ = strings.Cut(table, "\n\n")
	byName := make(map[string]string)
	for row := range strings.Lines(table) {
		if name, ok := strings.CutPrefix(row, "| `"); ok {
			name, _, _ = strings.Cut(name, "`")
			byName[name] = row
		}
	}
	return byName
}

// compareRow checks that the row names the members that the type has itself.
// "id" is described once for all requests.
func compareRow(t *testing.T, rows map[string]string, name string, typ reflect.Type) {
	t.Helper()
	row, ok := rows[name]
	if !ok {
		t.Errorf("the page lacks %s", name)
		return
	}
	for _, f := range reflect.VisibleFields(typ) {
		tag, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		if tag == "" || tag == "-" || tag == "id" {
			continue
		}
		if !strings.Contains(row, "`"+tag+"`") {
			t.Errorf("the row of %s lacks the member %s", name, tag)
		}
	}
}

// TestThePageHasEveryCode compares the page's table of codes with the comments
// in the source, word by word.
func TestThePageHasEveryCode(t *testing.T) {
	var want strings.Builder
	for _, c := range documentedCodes(t) {
		fmt.Fprintf(&want, "| `%s` | %s |\n", c.code, c.meaning)
	}
	if !strings.Contains(readPage(t, chat1{}), "| code | meaning |\n|---|---|\n"+want.String()+"\n") {
		t.Errorf("the page's table of codes should be:\n%s", want.String())
	}
}

type documentedCode struct {
	code    Code
	meaning string
}

// documentedCodes reads the lists of code.go; the codes that never travel stand
// alone there.
func documentedCodes(t *testing.T) []documentedCode {
	t.Helper()
	file, err := parser.ParseFile(token.NewFileSet(), "code.go", nil, parser.ParseComments)
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
		all = append(all, documentedCode{Code(value), strings.ToUpper(meaning[:1]) + meaning[1:]})
		return true
	})
	return all
}
