// Pulumi's Kubernetes provider. Its schema is generated where it is released and is in no module: this one says its name alone.
package main

import (
	"fmt"

	"github.com/pulumi/pulumi-kubernetes/provider/v4/pkg/provider"
)

// Version of the SDK whose provider it stands for; the linker sets it.
var version string

func main() {
	schema := fmt.Appendf(nil, `{"name":"kubernetes","version":%q}`, version)
	provider.Serve("kubernetes", version, schema, []byte("{}"))
}
