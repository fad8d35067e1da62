package hostile

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
)

// declared names the types of the package wire that embed what makes an event.
func declared(t *testing.T) (names []string) {
	t.Helper()
	files, err := filepath.Glob("../wire/*.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		if strings.HasSuffix(file, "_test.go") {
			continue
		}
		f, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(f, func(n ast.Node) bool {
			spec, ok := n.(*ast.TypeSpec)
			if !ok {
				return true
			}
			s, ok := spec.Type.(*ast.StructType)
			if !ok {
				return true
			}
			for _, field := range s.Fields.List {
				kind, ok := field.Type.(*ast.Ident)
				if ok && len(field.Names) == 0 && (kind.Name == "Re" || kind.Name == "news") {
					names = append(names, spec.Name.Name)
				}
			}
			return true
		})
	}
	slices.Sort(names)
	return names
}

func TestEveryEventIsThere(t *testing.T) {
	var have []string
	for _, e := range types() {
		have = append(have, reflect.TypeOf(e).Elem().Name())
	}
	slices.Sort(have)
	if want := declared(t); !slices.Equal(have, want) {
		t.Errorf("got  %v\nwant %v", have, want)
	}
}

func TestEveryStringIsFilled(t *testing.T) {
	const word = "\x1b[2J"
	for _, e := range types() {
		f := filler{words: func() string { return word }}
		f.fill(reflect.ValueOf(e).Elem())
		holds(t, reflect.TypeOf(e).String(), reflect.ValueOf(e).Elem(), word)
	}
}

// holds fails where a string within v is not the word.
func holds(t *testing.T, at string, v reflect.Value, word string) {
	t.Helper()
	switch v.Kind() {
	case reflect.String:
		if v.String() != word {
			t.Errorf("%s is %q", at, v.String())
		}
	case reflect.Slice:
		if v.Len() == 0 {
			t.Errorf("%s is empty", at)
		}
		for i := range v.Len() {
			holds(t, at, v.Index(i), word)
		}
	case reflect.Pointer:
		holds(t, at, v.Elem(), word)
	case reflect.Struct:
		for i := range v.NumField() {
			if v.Type().Field(i).IsExported() {
				holds(t, at+"."+v.Type().Field(i).Name, v.Field(i), word)
			}
		}
	default:
	}
}

func TestWhatATerminalObeysIsFound(t *testing.T) {
	for _, word := range Words() {
		if Obeyed("hello "+word+" there") == "" {
			t.Errorf("%q passes", word)
		}
	}
	for _, own := range []string{"", "größer 你好\r\n", "\x1b[1;38;5;7mbold\x1b[0m\x1b[12G\x1b[2K", "\x1b[?1049h\x1b]11;?\x07\x1b[?2004h\x1b[1;24r"} {
		if got := Obeyed(own); got != "" {
			t.Errorf("%q: got %q", own, got)
		}
	}
}
