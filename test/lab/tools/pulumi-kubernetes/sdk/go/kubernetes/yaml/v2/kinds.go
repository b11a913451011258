// Package v2 registers the objects that the provider finds in charts.
package v2

import (
	"fmt"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// RegisterResource has the SDK's tokens; its types, which decide what a program in Go reads of an object, are one here.
func RegisterResource(
	ctx *pulumi.Context, apiVersion, kind, name string, props pulumi.Input, opts ...pulumi.ResourceOption,
) (pulumi.CustomResource, error) {
	if apiVersion == "v1" {
		apiVersion = "core/v1"
	}
	var object pulumi.CustomResourceState
	err := ctx.RegisterResource(fmt.Sprintf("kubernetes:%s:%s", apiVersion, kind), name, props, &object, opts...)
	if err != nil {
		return nil, err
	}
	return &object, nil
}
