// Sdks writes the Python and the Go SDK of a package's schema, as Pulumi's language hosts do for `pulumi package add`.
package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"

	golang "github.com/pulumi/pulumi/pkg/v3/codegen/go"
	"github.com/pulumi/pulumi/pkg/v3/codegen/python"
	"github.com/pulumi/pulumi/pkg/v3/codegen/schema"

	// What Go SDKs import: compiled beforehand, and there without a network.
	_ "github.com/pulumi/pulumi/sdk/v3/go/pulumi/internals"
)

const tool = "the lab"

func read(file string) (*schema.Package, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	var spec schema.PackageSpec
	if err := json.Unmarshal(text, &spec); err != nil {
		return nil, err
	}
	// The loader fails where the schema names types of another package.
	pkg, problems, err := schema.BindSpec(spec, schema.NewNullLoader(), schema.ValidationOptions{})
	if err != nil {
		return nil, err
	}
	if problems.HasErrors() {
		return nil, problems
	}
	// As `pulumi package add` has it: the SDK is a module of its own.
	pkg.SupportPack = true
	return pkg, nil
}

func write(files map[string][]byte, folder string) error {
	for name, content := range files {
		file := filepath.Join(folder, name)
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(file, content, 0o644); err != nil {
			return err
		}
	}
	return nil
}

func run(file, folder string) error {
	pkg, err := read(file)
	if err != nil {
		return err
	}
	files, err := python.GeneratePackage(tool, pkg, nil, nil)
	if err != nil {
		return err
	}
	if err := write(files, filepath.Join(folder, "python")); err != nil {
		return err
	}
	if files, err = golang.GeneratePackage(tool, pkg, nil); err != nil {
		return err
	}
	return write(files, filepath.Join(folder, "go"))
}

func main() {
	if len(os.Args) != 3 {
		fmt.Fprintln(os.Stderr, "usage: write-sdks <schema> <directory>")
		os.Exit(2)
	}
	if err := run(os.Args[1], os.Args[2]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
