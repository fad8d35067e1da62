package conf

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"reflect"
	"slices"
	"strings"
	"syscall"

	"github.com/BurntSushi/toml"
	"github.com/alecthomas/kong"
)

// DefaultFile is where a program looks for its configuration unless told.
func DefaultFile(program string) string {
	return ConfigDir("labchat", program+".toml")
}

// File names the configuration file. The default one may be missing.
type File string

// BeforeResolve is called by kong when the flag's value is known: it reads the
// file and makes it a source of values for the other flags.
func (File) BeforeResolve(ctx *kong.Context, trace *kong.Path) error {
	name, ok := ctx.FlagValue(trace.Flag).(File)
	if !ok {
		return nil
	}
	if name == "" && trace.Flag.Default == "" {
		return nil // there is no place for a default one
	}
	path := kong.ExpandPath(string(name))
	text, err := os.ReadFile(path)
	missing := errors.Is(err, fs.ErrNotExist) || errors.Is(err, syscall.ENOTDIR) // HOME may be no directory
	if missing && string(name) == trace.Flag.Default {
		return nil
	}
	if err != nil {
		return fmt.Errorf("read configuration: %w", err)
	}
	source := &file{path: path}
	if err := toml.Unmarshal(text, &source.root); err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	ctx.AddResolver(source)
	return nil
}

// file is a configuration file as a source of values.
type file struct {
	path string
	root map[string]any
}

// Validate refuses a key that is no flag of the scope it stands in.
func (f *file) Validate(app *kong.Application) error {
	return f.validate(app.Node, f.root, "")
}

func (f *file) validate(node *kong.Node, table map[string]any, scope string) error {
	for _, key := range slices.Sorted(maps.Keys(table)) {
		if sub, ok := table[key].(map[string]any); ok {
			child := childOf(node, key)
			if child == nil {
				return fmt.Errorf("%s: unknown key %q: no such command", f.path, scope+key)
			}
			if err := f.validate(child, sub, scope+key+"."); err != nil {
				return err
			}
			continue
		}
		if !slices.ContainsFunc(node.Flags, func(flag *kong.Flag) bool { return flag.Name == key && settable(flag) }) {
			return fmt.Errorf("%s: unknown key %q%s", f.path, scope+key, elsewhere(node, key))
		}
	}
	return nil
}

// elsewhere says which table a misplaced key belongs to.
func elsewhere(node *kong.Node, key string) string {
	for _, child := range node.Children {
		for _, flag := range child.Flags {
			if flag.Name == key {
				return fmt.Sprintf(": it belongs under [%s]", child.Name)
			}
		}
	}
	for above := node.Parent; above != nil; above = above.Parent {
		for _, flag := range above.Flags {
			if flag.Name == key && settable(flag) {
				return ": " + placeOf(above)
			}
		}
	}
	return ""
}

// placeOf says where the keys of a command stand, those of all commands at the
// top of the file.
func placeOf(node *kong.Node) string {
	if scope := scopeOf(node); len(scope) > 0 {
		return fmt.Sprintf("it belongs under [%s]", strings.Join(scope, "."))
	}
	return "it stands above the first table"
}

// settable reports whether a file may hold the flag: not --help, --version or
// --config itself.
func settable(flag *kong.Flag) bool {
	switch flag.Target.Interface().(type) {
	case File, versionFlag:
		return false
	}
	return flag.Name != "help"
}

func childOf(node *kong.Node, name string) *kong.Node {
	for _, child := range node.Children {
		if child.Name == name {
			return child
		}
	}
	return nil
}

// Resolve returns the file's value of a flag, nil where it has none or the
// environment has one: kong would let the file win over that.
func (f *file) Resolve(_ *kong.Context, parent *kong.Path, flag *kong.Flag) (any, error) {
	for _, name := range flag.Envs {
		if _, set := os.LookupEnv(name); set {
			return nil, nil
		}
	}
	scope := scopeOf(parent.Node())
	table := f.root
	for _, name := range scope {
		table, _ = table[name].(map[string]any)
	}
	value, ok := table[flag.Name]
	if !ok {
		return nil, nil
	}
	text := plainText(value)
	if err := try(flag, text); err != nil {
		return nil, fmt.Errorf("%s: key %q: %w", f.path, strings.Join(append(scope, flag.Name), "."), err)
	}
	return text, nil
}

// try reads a value as kong will, so that its error can name the file.
func try(flag *kong.Flag, text string) error {
	if flag.Enum != "" && !slices.Contains(flag.EnumSlice(), text) {
		return fmt.Errorf("want one of %s, not %q", flag.Enum, cut(text))
	}
	into := reflect.New(flag.Target.Type()).Elem()
	scan := kong.Scan().PushTyped(text, kong.FlagValueToken)
	return flag.Mapper.Decode(&kong.DecodeContext{Value: flag.Value, Scan: scan}, into)
}

// scopeOf lists the commands that lead to node, without the program itself.
func scopeOf(node *kong.Node) []string {
	var names []string
	for ; node != nil && node.Parent != nil; node = node.Parent {
		names = append([]string{node.Name}, names...)
	}
	return names
}

// plainText writes a value as it would stand on the command line.
func plainText(value any) string {
	list, ok := value.([]any)
	if !ok {
		return fmt.Sprint(value)
	}
	parts := make([]string, len(list))
	for i, v := range list {
		parts[i] = fmt.Sprint(v)
	}
	return strings.Join(parts, ",")
}
