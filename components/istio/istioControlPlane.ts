import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { childOptions } from "../options";
import { DataPlane } from "../topology";
import type { ChartsArgs, ChartValuesArgs } from "../topology";
import { caBundle } from "../trust/pem";
import { ChartName } from "./charts";
import { baseValues, cniValues, istiodValues, ztunnelValues } from "./controlPlaneValues";
import type { ControlPlaneFacts } from "./controlPlaneValues";
import type { IstiodPlan } from "./plan";
import { installRelease, timeouts } from "./release";
import type { ReleaseDescription } from "./release";

/** What a control plane is made from. What decides which objects there are, and their values, is plain. */
export interface IstioControlPlaneArgs {
  /** Mesh id. */
  mesh: pulumi.Input<string>;
  /** Istio's id of the cluster. */
  cluster: pulumi.Input<string>;
  /** Istio network of the cluster's pods. */
  network: pulumi.Input<string>;
  /** Trust domain of all identities that it signs. */
  trustDomain: pulumi.Input<string>;
  /** Namespace of istiod, and the mesh's root namespace. */
  namespace: pulumi.Input<string>;
  /** PEM of the mesh's root certificates, the `root-cert.pem` of `cacerts`. */
  rootCertificate: pulumi.Input<string>;
  /** How pods join the mesh. */
  dataPlane: DataPlane;
  /** Whether the mesh has other clusters, which are read from here. */
  multiCluster: boolean;
  /** Whether the mesh spans networks, which are reached through gateways. */
  multiNetwork: boolean;
  /** Whether some of them are read with EKS tokens, which are then kept fresh beside istiod. */
  refreshesTokens: boolean;
  /** Control planes side by side; the first is the default one, revision "". */
  istiods: IstiodPlan[];
  /** Version of the CRDs: the newest that runs here. */
  baseVersion: string;
  /** Revision that serves gateways and node agents. */
  revision: string;
  /** Version of the node agents: never newer than the control plane that serves them. */
  agentVersion: string;
  /**
   * Extra chart values.
   *
   * @default none
   */
  values?: ChartValuesArgs;
  /**
   * Where the charts come from.
   *
   * @default Istio's repository
   */
  charts?: ChartsArgs;
  /**
   * Registry of Istio's images.
   *
   * @default the version's own (docker.io/istio)
   */
  hub?: pulumi.Input<string>;
  /**
   * Image that holds the AWS CLI for the token refresher.
   *
   * @default the version's own
   */
  refresherImage?: string;
}

/**
 * One mesh's control plane in one cluster: CRDs, istiod and its revisions, and for ambient the node agents.
 *
 * Its namespace with `cacerts` must exist (`SystemNamespace`). Depend on it to come after a control plane that serves.
 * Mutual TLS is strict throughout the mesh.
 */
export class IstioControlPlane extends pulumi.ComponentResource {
  /** Address that proxies and node agents of this cluster get their configuration from. */
  public readonly discoveryAddress: pulumi.Output<string>;

  constructor(name: string, args: IstioControlPlaneArgs, opts?: pulumi.ComponentResourceOptions) {
    super("istio-patterns:index:IstioControlPlane", name, {}, opts);
    const facts = { ...args, caBundle: pulumi.output(args.rootCertificate).apply(caBundle) };
    const after = (...dependsOn: pulumi.Resource[]) =>
      pulumi.mergeOptions(childOptions(this, opts), { dependsOn });

    const base = installRelease(`${name}-base`, baseRelease(facts), after());
    const istiods = facts.istiods.map((istiod) =>
      installRelease(
        `${name}-${istiodName(istiod.revision)}`,
        istiodRelease(facts, istiod),
        after(base),
      ),
    );
    installInOrder(name, agentReleases[args.dataPlane](facts), istiods, after);
    demandMutualTls(`${name}-peer-authentication`, args.namespace, after(...istiods));

    const { revision, namespace } = args;
    this.discoveryAddress = pulumi.interpolate`${istiodName(revision)}.${namespace}.svc:15012`;
    this.registerOutputs({ discoveryAddress: this.discoveryAddress });
  }
}

/** Name of the release, the Deployment and the Service of a control plane. */
export function istiodName(revision: string): string {
  return revision === "" ? "istiod" : `istiod-${revision}`;
}

function baseRelease(facts: ControlPlaneFacts & IstioControlPlaneArgs): ReleaseDescription {
  return {
    chart: ChartName.Base,
    release: "istio-base",
    namespace: facts.namespace,
    charts: facts.charts,
    istioVersion: facts.baseVersion,
    values: baseValues(facts),
    timeout: timeouts.base,
  };
}

function istiodRelease(
  facts: ControlPlaneFacts & IstioControlPlaneArgs,
  istiod: IstiodPlan,
): ReleaseDescription {
  return {
    chart: ChartName.Istiod,
    release: istiodName(istiod.revision),
    namespace: facts.namespace,
    charts: facts.charts,
    istioVersion: istiod.version,
    values: istiodValues(facts, istiod),
    timeout: timeouts.istiod,
  };
}

/** Node agents by data plane, in the order in which nodes need them: pods are redirected before ztunnel takes them. */
const agentReleases: Record<
  DataPlane,
  (facts: ControlPlaneFacts & IstioControlPlaneArgs) => ReleaseDescription[]
> = {
  [DataPlane.Sidecar]: () => [],
  [DataPlane.Ambient]: (facts) => {
    const { namespace, charts, agentVersion: istioVersion } = facts;
    const common = { namespace, charts, istioVersion };
    return [
      {
        ...common,
        chart: ChartName.Cni,
        release: "istio-cni",
        values: cniValues(facts),
        timeout: timeouts.cni,
      },
      {
        ...common,
        chart: ChartName.Ztunnel,
        release: "ztunnel",
        values: ztunnelValues(facts),
        timeout: timeouts.ztunnel,
      },
    ];
  },
};

function installInOrder(
  name: string,
  releases: ReleaseDescription[],
  first: pulumi.Resource[],
  after: (...dependsOn: pulumi.Resource[]) => pulumi.CustomResourceOptions,
): void {
  releases.reduce(
    (before, description) => [
      installRelease(`${name}-${description.release}`, description, after(...before)),
    ],
    first,
  );
}

/** In the root namespace and by this name it holds for the whole mesh (https://istio.io/latest/docs/reference/config/security/peer_authentication/). */
function demandMutualTls(
  name: string,
  namespace: pulumi.Input<string>,
  opts: pulumi.CustomResourceOptions,
): k8s.apiextensions.CustomResource {
  return new k8s.apiextensions.CustomResource(
    name,
    {
      apiVersion: "security.istio.io/v1",
      kind: "PeerAuthentication",
      metadata: { name: "default", namespace },
      spec: { mtls: { mode: "STRICT" } },
    },
    opts,
  );
}
