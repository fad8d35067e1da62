package main

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"slices"
	"strings"
	"testing"
)

// Somebody who makes a session elsewhere forgets what it should have:
// --local had no private conversations so.
func TestSessionsAreMadeInOnePlace(t *testing.T) {
	makers := []string{"client.New", "private.New", "registry.New", "oldpeer.NewBeside"}
	entries, err := os.ReadDir(".")
	if err != nil {
		t.Fatal(err)
	}
	made := map[string]string{}
	for _, e := range entries {
		if !strings.HasSuffix(e.Name(), ".go") || strings.HasSuffix(e.Name(), "_test.go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), e.Name(), nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range file.Decls {
			f, ok := d.(*ast.FuncDecl)
			if !ok {
				continue
			}
			for _, called := range calls(f) {
				if !slices.Contains(makers, called) {
					continue
				}
				made[called] = f.Name.Name
				if f.Name.Name != "session" {
					t.Errorf("%s: %s calls %s: only cli.session makes sessions", e.Name(), f.Name.Name, called)
				}
			}
		}
	}
	for _, m := range makers {
		if made[m] == "" {
			t.Errorf("nobody calls %s: the list of this test is out of date", m)
		}
	}
}

// calls names the functions of packages that f calls.
func calls(f *ast.FuncDecl) []string {
	var names []string
	ast.Inspect(f, func(n ast.Node) bool {
		call, ok := n.(*ast.CallExpr)
		if !ok {
			return true
		}
		if sel, ok := call.Fun.(*ast.SelectorExpr); ok {
			if pkg, ok := sel.X.(*ast.Ident); ok {
				names = append(names, pkg.Name+"."+sel.Sel.Name)
			}
		}
		return true
	})
	return names
}
