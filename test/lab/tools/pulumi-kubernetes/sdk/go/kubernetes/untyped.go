// Package kubernetes has what the provider uses of Pulumi's SDK for Go, whose types of all kinds take 750 s to compile
// (https://github.com/pulumi/pulumi-kubernetes/tree/master/sdk/go/kubernetes).
package kubernetes

import "reflect"

// UntypedArgs is an object as a chart or a file has it.
type UntypedArgs map[string]any

func (UntypedArgs) ElementType() reflect.Type { return reflect.TypeFor[map[string]any]() }
