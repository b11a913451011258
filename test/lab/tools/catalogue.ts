import { version as kubernetesSdk } from "@pulumi/kubernetes/package.json";

/** One folder here that holds a go.mod, and what is built from it. */
export interface GoTool {
  readonly folder: string;
  /** Binary name to main package. */
  readonly binaries: Readonly<Record<string, string>>;
  readonly define?: Readonly<Record<string, string>>;
  readonly tags?: string;
}

const kubernetes = "k8s.io/component-base/version";
const istio = "istio.io/istio/pkg/version";

/** In the order in which they are built: what has packages in common with others comes well before them, and is compiled once. */
export const goTools = [
  { folder: "helm", binaries: { helm: "helm.sh/helm/v3/cmd/helm" } },
  { folder: "charts", binaries: { "write-charts": "." } },
  {
    folder: "pulumi",
    binaries: { pulumi: "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi" },
    define: { "github.com/pulumi/pulumi/sdk/v3/go/common/version.Version": "v3.259.0" },
    tags: "osusergo,grpcnotrace",
  },
  // Go's proxy has one commit of it and no release.
  {
    folder: "pulumi-kubernetes",
    binaries: { "pulumi-resource-kubernetes": "." },
    define: { "main.version": kubernetesSdk },
  },
  { folder: "etcd", binaries: { etcd: "go.etcd.io/etcd/server/v3" } },
  {
    folder: "kubernetes",
    binaries: {
      "kube-apiserver": "k8s.io/kubernetes/cmd/kube-apiserver",
      "kube-controller-manager": "k8s.io/kubernetes/cmd/kube-controller-manager",
      "kube-scheduler": "k8s.io/kubernetes/cmd/kube-scheduler",
      kubectl: "k8s.io/kubernetes/cmd/kubectl",
    },
    // Without them the servers call themselves v0.0.0 and charts refuse the cluster.
    define: {
      [`${kubernetes}.gitVersion`]: "v1.36.2",
      [`${kubernetes}.gitMajor`]: "1",
      [`${kubernetes}.gitMinor`]: "36",
    },
  },
  {
    folder: "istio",
    binaries: {
      "pilot-discovery": "istio.io/istio/pilot/cmd/pilot-discovery",
      istioctl: "istio.io/istio/istioctl/cmd/istioctl",
      "pilot-agent": "istio.io/istio/pilot/cmd/pilot-agent",
    },
    define: { [`${istio}.buildVersion`]: "1.31.1", [`${istio}.buildStatus`]: "Clean" },
  },
  // The flags of `pulumi`, most of whose packages it compiles from.
  { folder: "sdks", binaries: { "write-sdks": "." }, tags: "osusergo,grpcnotrace" },
  { folder: "kubelet-door", binaries: { "kubelet-door": "." } },
  { folder: "agnhost", binaries: { agnhost: "k8s.io/kubernetes/test/images/agnhost" } },
] as const satisfies readonly GoTool[];

/**
 * What the image of Istio's proxy holds beside its programs: the template of Envoy's bootstrap. The extension behind one condition is
 * built into Istio's proxy alone, and every waypoint meets the condition (pkg/bootstrap/config.go): it is never met here.
 */
export const bootstrap = {
  module: "istio.io/istio",
  file: "tools/packaging/common/envoy_bootstrap.json",
  replace: ["{{- if .metadata_discovery }}", "{{- if false }}"],
} as const;

/** Definitions of custom resources that EKS brings: files of the project whose they are. */
export const definitions = {
  folder: "karpenter",
  module: "sigs.k8s.io/karpenter",
  files: ["pkg/apis/crds/karpenter.sh_nodepools.yaml"],
} as const;

/** The chart directories that the program refers to as `<location>/<chart>`. */
export const charts = {
  istio: ["base", "istiod", "cni", "ztunnel", "gateway"],
  gatewayCrds: { name: "gateway-crds-helm", module: "github.com/envoyproxy/gateway" },
} as const;
