package wiretest

import (
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
)

// ReadPage returns a page of docs/protocol.
func ReadPage(t *testing.T, dialect string) string {
	t.Helper()
	page, err := os.ReadFile(filepath.Join(root(t), "docs", "protocol", dialect+".md"))
	if err != nil {
		t.Fatal(err)
	}
	return string(page)
}

// Rows returns the rows of the table with that head, by their first column.
func Rows(t *testing.T, page, head string) map[string]string {
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

// CompareRow checks that the row names the members that the type has itself.
// "id" is described once for all requests.
func CompareRow(t *testing.T, rows map[string]string, name string, typ reflect.Type) {
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
