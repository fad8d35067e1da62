package arch

import (
	"go/ast"
	"go/parser"
	"go/token"
	"slices"
	"strings"
	"testing"
)

const textPath = module + "internal/text"

// owners may call text.Own: they make styles and borders of our themes.
var owners = []string{"internal/tui/ink.go", "internal/tui/box.go", "internal/tui/bubble/view.go"} // bubble: what bubbles drew of a Safe

// writers may write strings of their own making, where the others have
// text.Fprintln: what they write is Safe, or escaped, or no terminal's.
var writers = []string{
	"internal/plain/output.go",   // Safe
	"internal/tui/bubble/app.go", // the question for the background's colour
	"cmd/chat-tui/profile.go",    // the name of a file
}

// prints are the functions that write strings as they are.
var prints = map[string][]string{"fmt": {"Print", "Printf", "Println", "Fprint", "Fprintf", "Fprintln"}, "io": {"WriteString"}}

// screens are the rooms that write to a person's terminal.
func screens(dir string) bool {
	return dir == "internal/app" || dir == "internal/tui" || dir == "internal/tui/bubble" || dir == "internal/plain" || dir == "cmd/chat-tui"
}

func TestOnlyCleanedWordsAreSafe(t *testing.T) {
	for _, s := range parse(t) {
		if s.test || s.dir == "internal/text" {
			continue
		}
		f, err := parser.ParseFile(token.NewFileSet(), root+"/"+s.file, nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(f, func(n ast.Node) bool {
			call, ok := n.(*ast.CallExpr)
			if !ok {
				return true
			}
			pkg, name := called(call.Fun)
			switch {
			case pkg == "text" && name == "Safe" && slices.Contains(imports(s), textPath):
				t.Errorf("%s makes a text.Safe of what nobody has cleaned", s.file)
			case pkg == "text" && name == "Own" && !slices.Contains(owners, s.file):
				t.Errorf("%s calls text.Own: its words have to be cleaned, or be constants", s.file)
			case screens(s.dir) && slices.Contains(prints[pkg], name) && !slices.Contains(writers, s.file):
				t.Errorf("%s calls %s.%s: what goes to a terminal is a text.Safe, which text.Fprintln writes", s.file, pkg, name)
			}
			return true
		})
	}
}

// called names what a call or a conversion is of: a package and its name, also
// behind brackets, a slice or a type parameter.
func called(e ast.Expr) (pkg, name string) {
	switch e := e.(type) {
	case *ast.SelectorExpr:
		if x, ok := e.X.(*ast.Ident); ok {
			return x.Name, e.Sel.Name
		}
	case *ast.ParenExpr:
		return called(e.X)
	case *ast.ArrayType:
		return called(e.Elt)
	}
	return "", ""
}

func TestASafeIsFoundWhereverItIsMade(t *testing.T) {
	for words, want := range map[string]string{"text.Safe(s)": "text.Safe", "(text.Safe)(s)": "text.Safe", "[]text.Safe(s)": "text.Safe", "text.Own(s)": "text.Own", "string(s)": "."} {
		e, err := parser.ParseExpr(words)
		if err != nil {
			t.Fatal(err)
		}
		pkg, name := called(e.(*ast.CallExpr).Fun)
		if got := strings.Join([]string{pkg, name}, "."); got != want {
			t.Errorf("%s: got %s, want %s", words, got, want)
		}
	}
}
