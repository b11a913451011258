import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { createAccess } from "../access";
import { createClusters } from "../cluster";
import type { Clusters } from "../cluster";
import { createIstio, createNamespaces } from "../istio";
import { createFirewall, createNetwork } from "../network";
import type { AwsOptions, ClusterOptions } from "../options";
import { mapValues } from "../records";
import { formatProblem, formatProblems, logicalName, TOPOLOGY_TAG } from "../topology";
import type { Topology, TopologyDescription } from "../topology";
import { createTrust } from "../trust";
import { checkTopology } from "./check";
import type { Planned } from "./check";
import type { Facts } from "./facts";

/** What a whole deployment is made from. */
export interface MeshTopologyArgs {
  /** The description; every problem in it is reported at once, with its path, before anything is made. */
  topology: TopologyDescription;
  /**
   * AWS region of VPCs that name none.
   *
   * @default none: each VPC then says its own
   */
  region?: string;
  /** Values of the config keys that the description names (provided roots), by key. */
  secrets?: Record<string, pulumi.Input<string>>;
  /** Kubeconfigs of the clusters you bring, by the cluster's name in the description. */
  kubeconfigs?: Record<string, pulumi.Input<string>>;
}

/** Options of a whole deployment. */
export interface MeshTopologyOptions extends pulumi.ComponentResourceOptions {
  /** The same description, checked and planned already: it is not looked at again. */
  planned?: Planned;
}

/**
 * Networks, clusters, trust, control planes and gateways of one description.
 *
 * It composes the package's other components and decides nothing itself; each of them can be used alone.
 * Its outputs are the contract for stack references: see the README.
 */
export class MeshTopology extends pulumi.ComponentResource {
  /** Kubeconfig of every cluster, by name. A secret. */
  public readonly kubeconfigs: pulumi.Output<Record<string, string>>;
  /** Address of every gateway's load balancer, by `<mesh>/<cluster>/<gateway>`. */
  public readonly gatewayAddresses: pulumi.Output<Record<string, string>>;
  /** PEM of every mesh's root certificates, by mesh id. */
  public readonly rootCertificates: pulumi.Output<Record<string, string>>;
  /** Trust domain of every mesh, by mesh id. */
  public readonly trustDomains: pulumi.Output<Record<string, string>>;

  constructor(name: string, args: MeshTopologyArgs, opts: MeshTopologyOptions = {}) {
    const { planned, ...options } = opts;
    super("istio-patterns:index:MeshTopology", name, {}, options);
    const { topology, facts } = planned ?? demandPlan(args);
    const { name: prefix, protect } = topology;
    const { kubeconfigs = {}, secrets = {} } = args;
    const aws = awsOptions(this, topology, facts);

    const { vpcs, prefixLists } = createNetwork(prefix, facts.network, { protect }, aws);
    const made = createClusters(prefix, facts.clusters, { vpcs, kubeconfigs }, aws);
    const clusters = made.handles;
    const inCluster = clusterOptions(facts, made, aws);
    const { firewall } = facts.network;
    const securityGroups = createFirewall(prefix, firewall, { clusters, vpcs, prefixLists }, aws);

    const trust = createTrust(prefix, facts.trust, { secrets, protect }, { parent: this });
    const roots = mapValues(facts.trust.rootOf, (key) => trust.roots[key]!);
    const namespaces = createNamespaces(prefix, facts.istio, trust, inCluster);
    const rooms = { aws, cluster: inCluster };
    const access = createAccess(prefix, facts.access, { clusters, namespaces }, rooms);
    const given = { roots, namespaces, access, vpcs, securityGroups };
    const gateways = createIstio(prefix, facts.istio, given, rooms);

    this.kubeconfigs = pulumi.secret(mapValues(clusters, ({ kubeconfig }) => kubeconfig));
    this.gatewayAddresses = pulumi.output(gateways);
    this.rootCertificates = pulumi.output(roots);
    this.trustDomains = pulumi.output(mapValues(topology.meshes, (mesh) => mesh.trustDomain));
    this.registerOutputs({
      kubeconfigs: this.kubeconfigs,
      gatewayAddresses: this.gatewayAddresses,
      rootCertificates: this.rootCertificates,
      trustDomains: this.trustDomains,
    });
  }
}

/** What is to be built, or every problem at its path under `topology`. */
function demandPlan({ topology, region }: MeshTopologyArgs): Planned {
  const { planned, problems } = checkTopology(topology, { stack: pulumi.getStack(), region });
  if (planned) return planned;
  throw new pulumi.InputPropertiesError({
    message: formatProblems(problems),
    errors: problems.map((problem) => ({
      propertyPath: `topology.${problem.path}`,
      reason: formatProblem(problem),
    })),
  });
}

/** One AWS provider per account and region: tags and region then need no mention anywhere else. */
function awsOptions(parent: pulumi.Resource, topology: Topology, facts: Facts): AwsOptions {
  const tags = { ...topology.tags, [TOPOLOGY_TAG]: topology.name };
  const providers = mapValues(
    facts.providers,
    ({ key, region, account }) =>
      new aws.Provider(
        logicalName(topology.name, key),
        {
          region: region as aws.Region,
          defaultTags: { tags },
          assumeRoles: account ? [{ roleArn: account }] : undefined,
        },
        { parent },
      ),
  );
  return (key) => ({ parent, providers: [providers[key]!] });
}

/** What stands in a cluster uses its Kubernetes provider, its account's AWS provider, and waits for its nodes. */
function clusterOptions(facts: Facts, clusters: Clusters, awsOf: AwsOptions): ClusterOptions {
  return (cluster) => {
    const { parent, providers } = awsOf(facts.clusters[cluster]!.provider);
    return {
      parent,
      providers: [...(providers as pulumi.ProviderResource[]), clusters.providers[cluster]!],
      dependsOn: clusters.ready[cluster],
    };
  };
}
