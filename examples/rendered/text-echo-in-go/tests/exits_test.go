package main

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// What ends the process, and with it every other execution: the package's path and the functions.
var exits = map[string][]string{
	"os":      {"Exit"},
	"syscall": {"Exit"},
	"log":     {"Fatal", "Fatalf", "Fatalln"},
}

// notTheAuthors are the folders of the template, and of other people's code.
var notTheAuthors = []string{"plugin_runtime", "tests", "testdata", "vendor"}

func TestNothingEndsTheProcess(t *testing.T) {
	files := token.NewFileSet()
	err := filepath.WalkDir(inPlugin("."), func(path string, entry fs.DirEntry, err error) error {
		name := entry.Name()
		if err == nil && entry.IsDir() && (slices.Contains(notTheAuthors, name) || len(name) > 2 && name[0] == '.') {
			return fs.SkipDir
		}
		if err != nil || !strings.HasSuffix(name, ".go") || strings.HasSuffix(name, "_test.go") || name == "server.go" {
			return err
		}
		file, err := parser.ParseFile(files, path, nil, 0)
		if err == nil {
			for _, place := range exitsOf(file) {
				t.Errorf("%s ends the process and every other execution with it: return an error", files.Position(place))
			}
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
}

func TestExitsAreFound(t *testing.T) {
	for code, wanted := range map[string]int{
		`import "os"; func f() { os.Exit(1) }`:                       1,
		`import other "os"; func f() { defer other.Exit(1) }`:        1,
		`import . "log"; func f() { Fatalf("x") }`:                   1,
		`import "log"; var f = log.Fatal`:                            1,
		`import "log"; func f() { log.Default().Fatalln(1) }`:        1,
		`import "log"; func f(l *log.Logger) { l.Fatal(1) }`:         1,
		`import "log"; func f() { log.Println("Fatal") }`:            0,
		`import "errors"; type os struct{}; func (os) Exit(int) {}`:  0,
		`import "testing"; func f(t *testing.T) { t.Fatal("test") }`: 0,
	} {
		file, err := parser.ParseFile(token.NewFileSet(), "", "package p; "+code, 0)
		if err != nil {
			t.Fatal(err)
		}
		if found := exitsOf(file); len(found) != wanted {
			t.Errorf("%s: found %d, wanted %d", code, len(found), wanted)
		}
	}
}

// exitsOf returns where a file names a function that ends the process. Of a method it knows only the
// name, so that it looks for those of log.Logger where the package log is imported.
func exitsOf(file *ast.File) (found []token.Pos) {
	names := map[string]string{}
	for _, one := range file.Imports {
		path := strings.Trim(one.Path.Value, `"`)
		if _, is := exits[path]; is && one.Name != nil {
			names[one.Name.Name] = path
		} else if is {
			names[path] = path
		}
	}
	_, logs := names["log"]
	for _, path := range names {
		logs = logs || path == "log"
	}
	ast.Inspect(file, func(node ast.Node) bool {
		switch is := node.(type) {
		case *ast.SelectorExpr:
			owner, plain := is.X.(*ast.Ident)
			path, imported := "", false
			if plain {
				path, imported = names[owner.Name]
			}
			if imported && slices.Contains(exits[path], is.Sel.Name) || !imported && logs && slices.Contains(exits["log"], is.Sel.Name) {
				found = append(found, is.Pos())
			}
			return !plain
		case *ast.Ident:
			if path, dotted := names["."]; dotted && slices.Contains(exits[path], is.Name) {
				found = append(found, is.Pos())
			}
		}
		return true
	})
	return found
}
