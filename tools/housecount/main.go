// Command housecount counts what makes a Go module hard to live in: methods of
// its largest types, fields of its largest structs, small functions with one
// caller, lines and files by package, and stretches of lines that stand twice.
// It prints Markdown tables. Run it from the root of the repository, or name a
// checkout:
//
//	go run ./tools/housecount/main.go [DIR]
//
// What is counted is the code as it is built for this system. Tests count in
// the table of packages and as repeated lines, and nowhere else.
package main

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"go/ast"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"io"
	"log"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"unicode"
)

const (
	largestTypes   = 5
	largestStructs = 10
	// small is how many lines a function has at most that is counted where it
	// has one caller.
	small = 10
	// stretch is how many equal lines are a repeated stretch. Blank lines,
	// comments, imports and lone punctuation are passed over.
	stretch = 6
)

func main() {
	log.SetFlags(0)
	dir := "."
	if len(os.Args) > 1 {
		dir = os.Args[1]
	}
	h := house{
		fset: token.NewFileSet(), methods: map[string]int{}, methodFiles: map[string]map[string]bool{},
		uses: map[string]int{}, rooms: map[string]*room{},
	}
	if err := h.read(dir); err != nil {
		log.Fatalf("housecount: %v", err)
	}
	h.print(os.Stdout)
}

// house is what is counted of a module.
type house struct {
	fset        *token.FileSet
	module      string                     // its path and a slash, which names are printed without
	methods     map[string]int             // by type
	methodFiles map[string]map[string]bool // by type: the files that its methods are in
	structs     []record
	functions   []function
	uses        map[string]int   // by function: how often the module's code names it
	rooms       map[string]*room // by package
	code, tests []string         // lines that may be repeated, with the end of each file between
}

// record is a struct type.
type record struct {
	name          string
	fields, bools int
}

// function is one with a body.
type function struct {
	name, room string
	lines      int
}

// room is a package's files and lines.
type room struct{ files, lines, testFiles, testLines, functions, pieces int }

// listed is what go list says of a package.
type listed struct {
	ImportPath, Dir, Export string
	GoFiles                 []string
	Module                  *struct {
		Path string
		Main bool
	}
}

// read lists the module's packages and counts each.
func (h *house) read(dir string) error {
	list := exec.Command("go", "list", "-deps", "-export", "-json=ImportPath,Dir,Export,GoFiles,Module", "./...")
	var stderr bytes.Buffer
	list.Dir, list.Stderr = dir, &stderr
	out, err := list.Output()
	if err != nil {
		return fmt.Errorf("list packages: %w: %s", err, stderr.Bytes())
	}
	var ours []listed
	exports := map[string]string{}
	for d := json.NewDecoder(bytes.NewReader(out)); ; {
		var p listed
		if err := d.Decode(&p); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			return fmt.Errorf("read the list of packages: %w", err)
		}
		exports[p.ImportPath] = p.Export
		if p.Module != nil && p.Module.Main {
			h.module = p.Module.Path + "/"
			ours = append(ours, p)
		}
	}
	imports := importer.ForCompiler(h.fset, "gc", func(path string) (io.ReadCloser, error) { return os.Open(exports[path]) })
	for _, p := range ours {
		if err := h.readFiles(p); err != nil {
			return err
		}
		if err := h.check(p, imports); err != nil {
			return fmt.Errorf("check %s: %w", p.ImportPath, err)
		}
	}
	for _, f := range h.functions {
		h.rooms[f.room].functions++
		if h.isPiece(f) {
			h.rooms[f.room].pieces++
		}
	}
	return nil
}

// readFiles counts the lines of a package, those for other systems and those
// of tests too, and keeps those that may be repeated.
func (h *house) readFiles(p listed) error {
	files, err := filepath.Glob(filepath.Join(p.Dir, "*.go"))
	if err != nil {
		return err
	}
	r := &room{}
	h.rooms[p.ImportPath] = r
	for _, file := range files {
		src, err := os.ReadFile(file)
		if err != nil {
			return err
		}
		n := bytes.Count(src, []byte("\n"))
		begin, err := bodyOf(file, src)
		if err != nil {
			return err
		}
		if strings.HasSuffix(file, "_test.go") {
			r.testFiles++
			r.testLines += n
			h.tests = append(append(h.tests, substance(src[begin:])...), file)
		} else {
			r.files++
			r.lines += n
			h.code = append(append(h.code, substance(src[begin:])...), file)
		}
	}
	return nil
}

// bodyOf returns where a file's imports end.
func bodyOf(file string, src []byte) (int, error) {
	fset := token.NewFileSet()
	f, err := parser.ParseFile(fset, file, src, parser.ImportsOnly)
	if err != nil {
		return 0, err
	}
	end := f.Name.End()
	if n := len(f.Decls); n > 0 {
		end = f.Decls[n-1].End()
	}
	return fset.Position(end).Offset, nil
}

// substance returns the lines of code that have a letter or a digit, without
// blanks around.
func substance(src []byte) []string {
	var lines []string
	for line := range strings.Lines(string(src)) {
		line = strings.TrimSpace(line)
		isWord := func(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }
		if strings.ContainsFunc(line, isWord) && !strings.HasPrefix(line, "//") {
			lines = append(lines, line)
		}
	}
	return lines
}

// check reads a package's types and notes its functions, its structs, and
// which functions it names.
func (h *house) check(p listed, imports types.Importer) error {
	var files []*ast.File
	for _, name := range p.GoFiles {
		f, err := parser.ParseFile(h.fset, filepath.Join(p.Dir, name), nil, parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		files = append(files, f)
	}
	info := types.Info{Defs: map[*ast.Ident]types.Object{}, Uses: map[*ast.Ident]types.Object{}}
	pkg, err := (&types.Config{Importer: imports}).Check(p.ImportPath, h.fset, files, &info)
	if err != nil {
		return err
	}
	for _, o := range info.Uses {
		if f, ok := o.(*types.Func); ok {
			h.uses[f.Origin().FullName()]++
		}
	}
	for _, f := range files {
		for _, d := range f.Decls {
			if d, ok := d.(*ast.FuncDecl); ok && d.Body != nil {
				h.add(p.ImportPath, d, info.Defs[d.Name].(*types.Func))
			}
		}
	}
	for _, name := range pkg.Scope().Names() {
		t, ok := pkg.Scope().Lookup(name).(*types.TypeName)
		if !ok || t.IsAlias() {
			continue
		}
		if s, ok := t.Type().Underlying().(*types.Struct); ok {
			h.structs = append(h.structs, record{h.short(p.ImportPath) + "." + name, s.NumFields(), bools(s)})
		}
	}
	return nil
}

// add notes a function.
func (h *house) add(path string, d *ast.FuncDecl, f *types.Func) {
	begin, end := h.fset.Position(d.Pos()), h.fset.Position(d.End())
	h.functions = append(h.functions, function{f.FullName(), path, end.Line - begin.Line + 1})
	recv := f.Signature().Recv()
	if recv == nil {
		return
	}
	t := recv.Type()
	if p, ok := t.(*types.Pointer); ok {
		t = p.Elem()
	}
	name := h.short(path) + "." + t.(*types.Named).Obj().Name()
	h.methods[name]++
	if h.methodFiles[name] == nil {
		h.methodFiles[name] = map[string]bool{}
	}
	h.methodFiles[name][begin.Filename] = true
}

func bools(s *types.Struct) (n int) {
	for f := range s.Fields() {
		if b, ok := f.Type().Underlying().(*types.Basic); ok && b.Kind() == types.Bool {
			n++
		}
	}
	return n
}

// isPiece reports whether a function is small and named in one place.
func (h *house) isPiece(f function) bool { return f.lines <= small && h.uses[f.name] == 1 }

func (h *house) short(path string) string {
	return strings.TrimPrefix(strings.TrimPrefix(path, h.module), "internal/")
}

// print writes the tables.
func (h *house) print(w io.Writer) {
	fmt.Fprintf(w, "| the %d types with most methods | methods | in files |\n|---|---|---|\n", largestTypes)
	byMethods := slices.SortedFunc(maps.Keys(h.methods), func(a, b string) int {
		return cmp.Or(h.methods[b]-h.methods[a], strings.Compare(a, b))
	})
	for _, name := range byMethods[:min(largestTypes, len(byMethods))] {
		fmt.Fprintf(w, "| %s | %d | %d |\n", name, h.methods[name], len(h.methodFiles[name]))
	}

	fmt.Fprintf(w, "\n| the %d largest structs | fields | of them bool |\n|---|---|---|\n", largestStructs)
	slices.SortFunc(h.structs, func(a, b record) int { return cmp.Or(b.fields-a.fields, strings.Compare(a.name, b.name)) })
	for _, r := range h.structs[:min(largestStructs, len(h.structs))] {
		fmt.Fprintf(w, "| %s | %d | %d |\n", r.name, r.fields, r.bools)
	}

	var all room
	sum := 0
	for _, f := range h.functions {
		sum += f.lines
	}
	fmt.Fprintf(w, "\n| package | files | lines | test files | test lines | functions | of at most %d lines, named once |\n|---|---|---|---|---|---|---|\n", small)
	for _, path := range slices.Sorted(maps.Keys(h.rooms)) {
		r := h.rooms[path]
		r.print(w, h.short(path))
		all.files += r.files
		all.lines += r.lines
		all.testFiles += r.testFiles
		all.testLines += r.testLines
		all.functions += r.functions
		all.pieces += r.pieces
	}
	all.print(w, "all")

	code, lines := repeated(h.code)
	tests, testLines := repeated(h.tests)
	fmt.Fprintf(w, "\n| in all | |\n|---|---|\n")
	fmt.Fprintf(w, "| functions of at most %d lines, named once | %.1f %% of %d |\n", small, 100*float64(all.pieces)/float64(all.functions), all.functions)
	fmt.Fprintf(w, "| mean length of a function | %.1f lines |\n", float64(sum)/float64(all.functions))
	fmt.Fprintf(w, "| stretches of %d equal lines and more | %d, with %d lines |\n", stretch, code, lines)
	fmt.Fprintf(w, "| the same in tests | %d, with %d lines |\n", tests, testLines)
}

func (r *room) print(w io.Writer, name string) {
	share := 100 * float64(r.pieces) / float64(max(r.functions, 1))
	fmt.Fprintf(w, "| %s | %d | %d | %d | %d | %d | %d (%.0f %%) |\n", name, r.files, r.lines, r.testFiles, r.testLines, r.functions, r.pieces, share)
}

// repeated counts the stretches that have stood before, and their lines.
func repeated(all []string) (stretches, lines int) {
	seen := map[[stretch]string]int{} // where each stretch stood last
	from, end := -1, 0                // the line before, in what it repeats; where the stretch under way ends
	for i := range max(0, len(all)-stretch+1) {
		key := [stretch]string(all[i : i+stretch])
		before, ok := seen[key]
		seen[key] = i
		switch {
		case !ok:
			from = -1
			continue
		case from < 0 || before != from+1:
			stretches++
		}
		from = before
		lines += i + stretch - max(i, end)
		end = i + stretch
	}
	return stretches, lines
}
