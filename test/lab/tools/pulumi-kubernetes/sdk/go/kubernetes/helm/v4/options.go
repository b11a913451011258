// Package v4 has the options of a chart that the provider reads. That a program sets them is not known here: charts of repositories
// and post-renderers are for no lab.
package v4

import "github.com/pulumi/pulumi/sdk/v3/go/pulumi"

type PostRenderer struct {
	Args    []string `pulumi:"args"`
	Command string   `pulumi:"command"`
}

type PostRendererInput interface {
	pulumi.Input
	isPostRenderer()
}

type RepositoryOpts struct {
	CaFile   pulumi.AssetOrArchive `pulumi:"caFile"`
	CertFile pulumi.AssetOrArchive `pulumi:"certFile"`
	KeyFile  pulumi.AssetOrArchive `pulumi:"keyFile"`
	Password *string               `pulumi:"password"`
	Repo     *string               `pulumi:"repo"`
	Username *string               `pulumi:"username"`
}

type RepositoryOptsInput interface {
	pulumi.Input
	isRepositoryOpts()
}
