import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { childOptions } from "../../options";
import { DataPlane, istiodName, SYSTEM_NAMESPACE, TRUST_DOMAIN } from "../../topology";
import type {
  ChartsDescription,
  ChartValues,
  Injection,
  Locality,
  MutualTls,
  ObservabilityDescription,
} from "../../topology";
import { caBundle, rootsDigest } from "../../trust/pem";
import { controlPlaneReleases } from "./controlPlaneReleases";
import type { ReleasePlan } from "../releasePlan";
import { MESH_POLICY, ownObjects } from "./meshObjects";
import type { IstiodPlan } from "../facts";
import { ISTIOD_SERVICE } from "../ports";
import { installRelease } from "../release";

/** What a control plane is made from. What decides which objects there are, and their values, is plain. */
export interface IstioControlPlaneArgs {
  /** Istio version: of the CRDs, and of istiod and node agents where nothing else is said of them. */
  version: string;
  /**
   * Mesh id.
   *
   * @default the trust domain
   */
  mesh?: pulumi.Input<string>;
  /**
   * Istio's cluster id: the cluster that it reads its configuration from.
   *
   * @default Kubernetes, as Istio has it
   */
  clusterId?: pulumi.Input<string>;
  /**
   * Istio network of that cluster's pods.
   *
   * @default none: pods reach each other directly
   */
  network?: pulumi.Input<string>;
  /**
   * Trust domain of all identities that it signs.
   *
   * @default cluster.local
   */
  trustDomain?: pulumi.Input<string>;
  /**
   * Namespace of istiod, and the mesh's root namespace.
   *
   * @default istio-system
   */
  namespace?: pulumi.Input<string>;
  /**
   * PEM of the mesh's root certificates, the `root-cert.pem` of `cacerts`. istiod rolls when they change.
   *
   * @default none: istiod writes its own root into the webhooks, which every `pulumi refresh` then reports as a change
   */
  rootCertificate?: pulumi.Input<string>;
  /**
   * How pods join the mesh.
   *
   * @default sidecar
   */
  dataPlane?: DataPlane;
  /**
   * What workloads take from others.
   *
   * @default strict
   */
  mtls?: MutualTls;
  /**
   * Which endpoints of a service its clients prefer.
   *
   * @default none
   */
  locality?: Locality;
  /**
   * What the mesh tells of its traffic.
   *
   * @default nothing but metrics
   */
  observability?: ObservabilityDescription;
  /**
   * What redirects the traffic of pods with a sidecar. `cni` needs a privileged namespace (`nodeAgents` of a `SystemNamespace`).
   *
   * @default init-container
   */
  injection?: Injection;
  /**
   * Whether the mesh has other clusters, which are read from here.
   *
   * @default false
   */
  multiCluster?: boolean;
  /**
   * Whether the mesh spans networks, which are reached through gateways.
   *
   * @default false
   */
  multiNetwork?: boolean;
  /**
   * PEM of the roots of other meshes, by trust domain, each another one than this mesh's: workloads are accepted as who their
   * certificates say. What they may call your policies say, such as those of a `FederationConfiguration`.
   *
   * @default none
   */
  peers?: Record<string, pulumi.Input<string>>;
  /**
   * Whether ingress gateways stand in the cluster. In an ambient mesh of several clusters they then send to other networks too.
   *
   * @default false
   */
  hasIngress?: boolean;
  /**
   * Whether it serves clusters that run no istiod.
   *
   * @default false
   */
  servesRemotes?: boolean;
  /**
   * Whether it runs in none of the clusters that it serves. It then reads its configuration by the kubeconfig in the Secret
   * `istio-kubeconfig` of its namespace, which must exist before it: without that it silently takes its own cluster's.
   *
   * @default false
   */
  external?: boolean;
  /**
   * Control planes side by side, each with a revision, or one without. With revisions, what bears the label of none is that of
   * a `RevisionTag` called `default`.
   *
   * @default one without a revision, of `version`
   */
  istiods?: IstiodPlan[];
  /**
   * Revision that serves node agents.
   *
   * @default the one without a revision
   */
  revision?: string;
  /**
   * Version of the node agents: never newer than the control plane that serves them.
   *
   * @default `version`
   */
  agentVersion?: string;
  /**
   * Extra chart values.
   *
   * @default none
   */
  values?: ChartValues;
  /**
   * Where the charts come from.
   *
   * @default Istio's repository
   */
  charts?: ChartsDescription;
  /**
   * Registry of Istio's images.
   *
   * @default the version's own (docker.io/istio)
   */
  hub?: pulumi.Input<string>;
}

/**
 * One mesh's control plane in one cluster: CRDs, istiod and its revisions, and the node agents of ambient and of `injection: cni`.
 *
 * Its namespace with `cacerts` must exist (`SystemNamespace`). Depend on it to come after a control plane that serves.
 * Mutual TLS is strict throughout the mesh unless `mtls` says otherwise. An external one is istiod alone: what it works on is in the clusters that it
 * serves (`IstioRemote`, `MeshConfiguration`).
 */
export class IstioControlPlane extends pulumi.ComponentResource {
  /** Address that proxies and node agents of this cluster get their configuration from. */
  public readonly discoveryAddress: pulumi.Output<string>;

  constructor(name: string, args: IstioControlPlaneArgs, opts?: pulumi.ComponentResourceOptions) {
    super("istio-patterns:index:IstioControlPlane", name, {}, opts);
    const facts = factsOf(args);
    const { namespace, charts, revision } = facts;
    const plan = controlPlaneReleases(facts);
    const after = (dependsOn: pulumi.Resource[]) =>
      pulumi.mergeOptions(childOptions(this, opts), { dependsOn });
    // The component already says that it is Istio's.
    const install = (release: ReleasePlan, before: pulumi.Resource[]) =>
      installRelease(
        `${name}-${release.release.replace(/^istio-/, "")}`,
        { ...release, namespace, charts },
        after(before),
      );

    const base = plan.base.map((release) => install(release, []));
    const istiods = plan.istiods.map((istiod) => install(istiod, base));
    plan.agents.reduce<pulumi.Resource[]>((before, agent) => [install(agent, before)], istiods);
    for (const [suffix, object] of Object.entries(ownObjects(facts))) {
      new k8s.apiextensions.CustomResource(`${name}-${suffix}`, object, after(istiods));
    }

    this.discoveryAddress = pulumi.interpolate`${istiodName(revision)}.${namespace}.svc:${ISTIOD_SERVICE.xds}`;
    this.registerOutputs({ discoveryAddress: this.discoveryAddress });
  }
}

/** What stands where an argument is left out. */
function factsOf({ rootCertificate, ...args }: IstioControlPlaneArgs) {
  const {
    version,
    trustDomain = TRUST_DOMAIN,
    mesh = trustDomain,
    clusterId = "Kubernetes",
  } = args;
  const { namespace = SYSTEM_NAMESPACE, dataPlane = DataPlane.Sidecar } = args;
  const { multiCluster = false, multiNetwork = false, servesRemotes = false } = args;
  const { external = false, hasIngress = false, peers = {} } = args;
  const { istiods = [{ version }], agentVersion = version } = args;
  return {
    ...MESH_POLICY,
    ...args,
    ...{ trustDomain, mesh, clusterId, namespace, dataPlane, multiCluster, multiNetwork },
    ...{ servesRemotes, external, hasIngress, istiods, agentVersion, peers },
    caBundle: rootCertificate && pulumi.output(rootCertificate).apply(caBundle),
    rootsDigest: rootCertificate && pulumi.output(rootCertificate).apply(rootsDigest),
  };
}
