import type * as aws from "@pulumi/aws";
import type * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { createAccess } from "../access";
import { createClusterProviders, createClusters, createNodes } from "../cluster";
import { createTasks } from "../ecs/create";
import type { TaskInputs } from "../ecs/create";
import { createIstio, createNamespaces } from "../istio";
import { createFirewall, createNetwork } from "../network";
import { createFederation } from "../federation/create";
import type { FederationInputs } from "../federation/create";
import type { AwsOptions, ClusterOptions, RoomOptions } from "../options";
import type { ExistingValues } from "../existing";
import { formatProblem, formatProblems } from "../topology";
import type { Problem, PublishedMesh, TopologyDescription } from "../topology";
import { createTenancy } from "../tenancy/create";
import { createTrust } from "../trust";
import { createEntryPolicies, createMachines } from "../vm/create";
import type { MachineInputs } from "../vm/create";
import { checkTopology } from "./check";
import type { Planned } from "./check";
import type { Facts } from "./facts";
import { createClusterValues } from "./clusterValues";
import { givenOf } from "./given";
import { createOutputs } from "./outputs";
import type { ClusterOutputs, VpcOutputs } from "./outputs";
import { awsOptions, configuredRegion, configuredTags, kubeconfigCredentials } from "./providers";

/** Values of what exists, in this program or in other stacks. */
export interface GivenValues extends ExistingValues {
  /** Meshes of other stacks, by peer: what `readPeers` returns of the description. */
  peers?: Record<string, PublishedMesh>;
}

/** What a whole deployment is made from. */
export interface MeshTopologyArgs {
  /** The description; every problem in it is reported at once, with its path, before anything is made. */
  topology: TopologyDescription;
  /**
   * AWS region of VPCs that name none.
   *
   * @default `aws:region` of the stack's config
   */
  region?: string;
  /**
   * Values of the config keys that the description names (provided roots, kubeconfigs), by key.
   *
   * @default none
   */
  secrets?: Record<string, pulumi.Input<string>>;
  /**
   * Ids, kubeconfigs and addresses of VPCs and clusters that exist, where they are outputs of other resources. Each stands
   * here or in the description, and what is missing in both or stands in both is reported with the other problems.
   *
   * @default none: the description says them all
   */
  existing?: GivenValues;
}

/** Options of a whole deployment. */
export interface MeshTopologyOptions extends pulumi.ComponentResourceOptions {
  /**
   * AWS providers, instead of those that would be made here (`provider` and `providers` are for Kubernetes and others), by
   * region for the program's own account (`eu-west-1`) and by account id and region where the description names a role
   * (`123456789012/eu-west-1`). All that are needed must be there, that of IAM's region too where istiods read each other's
   * clusters (`us-east-1`, `cn-north-1`, `us-gov-west-1`): where some are missing the message lists them. Tags of the
   * description are then yours to set, as `defaultTags`, and kubeconfigs ask for tokens with what the AWS CLI finds in its
   * environment.
   *
   * @default one per account and region, with everything that the stack's config says under `aws:`, the description's tags
   * beside the default tags there, and the account's role taken after the roles there
   */
  awsProviders?: Record<string, aws.Provider>;
  /**
   * The same description, checked and planned already: it is not looked at again.
   *
   * @internal
   */
  planned?: Planned;
}

/**
 * Networks, clusters, trust, control planes and gateways of one description.
 *
 * Its name is the prefix of all others where the description has no `name`. It composes the package's other components and
 * decides nothing itself; each of them can be used alone. Its outputs are the contract for stack references: see docs/package.md.
 */
export class MeshTopology extends pulumi.ComponentResource {
  /** Kubeconfig of every cluster, by name. A secret. */
  public readonly kubeconfigs: pulumi.Output<Record<string, string>>;
  /** Every VPC, by its id in the plan: the network's name, or `<network>-<vpc>` where the network has several. */
  public readonly vpcs: pulumi.Output<Record<string, VpcOutputs>>;
  /** Every cluster, by name. */
  public readonly clusters: pulumi.Output<Record<string, ClusterOutputs>>;
  /** Address of every gateway's load balancer, by `<mesh>/<cluster>/<gateway>`; an east-west gateway is `east-west`. */
  public readonly gatewayAddresses: pulumi.Output<Record<string, string>>;
  /**
   * Id of the security group of every load balancer, by the same keys; that of an istiod that serves others by
   * `<mesh>/<cluster>/istiod`, or `istiod-<revision>`, that of a group of machines by `machines/<group>`, and
   * that of the tasks of an ECS service by `tasks/<service>`.
   */
  public readonly securityGroups: pulumi.Output<Record<string, string>>;
  /** PEM of every mesh's root certificates, by mesh id. */
  public readonly rootCertificates: pulumi.Output<Record<string, string>>;
  /** Trust domain of every mesh, by mesh id. */
  public readonly trustDomains: pulumi.Output<Record<string, string>>;
  /** What a mesh of another stack must know to exchange services with one here, by mesh id: of those with a trust domain of their own. */
  public readonly federation: pulumi.Output<Record<string, PublishedMesh>>;

  constructor(name: string, args: MeshTopologyArgs, opts: MeshTopologyOptions = {}) {
    const { planned, awsProviders, ...options } = opts;
    super("istio-patterns:index:MeshTopology", name, {}, options);
    const { topology, facts } = planned ?? demandPlan(name, args, awsProviders !== undefined);
    const { name: prefix, protect } = topology;
    const { secrets = {}, existing = {} } = args;
    const parent = { parent: this };
    const aws = awsOptions(this, topology, facts.providers, awsProviders);

    const yours = { protect, existing: existing.vpcs ?? {} };
    const network = createNetwork(prefix, facts.network, yours, aws);
    const values = createClusterValues(topology, { given: existing.clusters, secrets }, parent);
    const credentials = awsProviders ? {} : kubeconfigCredentials();
    const { vpcs } = network;
    const inputs = { vpcs, existing: values, credentials };
    const made = createClusters(prefix, facts.clusters, inputs, aws);
    const clusters = made.handles;
    const walled = { ...network, clusters };
    const { securityGroups, ways } = createFirewall(prefix, facts.network, walled, aws);
    const reached = { clusters: made, ways };
    const providers = createClusterProviders(prefix, facts.clusters, reached, aws);
    const ready = createNodes(prefix, facts.clusters, { ...reached, vpcs, providers }, aws);
    const rooms = { aws, cluster: clusterOptions(facts, providers, ready, aws) };

    const trust = createTrust(prefix, facts.trust, { secrets, protect }, parent);
    const namespaces = createNamespaces(prefix, facts.istio, trust, rooms.cluster);
    const access = createAccess(prefix, facts.access, { clusters, namespaces }, rooms);
    const given = { roots: trust.bundles, namespaces, access, vpcs, securityGroups };
    const { gateways, ingress, ready: after } = createIstio(prefix, facts.istio, given, rooms);
    createOthers(prefix, facts, { ...given, clusters, after }, rooms);
    createTenancy(prefix, facts.tenancy, { clusters, after, ingress }, rooms.cluster);

    const outputs = createOutputs(topology, facts.federation, { ...given, clusters, gateways });
    this.kubeconfigs = outputs.kubeconfigs;
    this.vpcs = outputs.vpcs;
    this.clusters = outputs.clusters;
    this.gatewayAddresses = outputs.gatewayAddresses;
    this.securityGroups = outputs.securityGroups;
    this.rootCertificates = outputs.rootCertificates;
    this.trustDomains = outputs.trustDomains;
    this.federation = outputs.federation;
    this.registerOutputs(outputs);
  }
}

/** What runs in no cluster, and what meshes offer each other. */
function createOthers(
  name: string,
  { machines, tasks, federation }: Facts,
  inputs: Omit<MachineInputs & TaskInputs, "entryPolicies"> & FederationInputs,
  rooms: RoomOptions,
): void {
  const guarded = { ...machines.guarded, ...tasks.guarded };
  const entryPolicies = createEntryPolicies(name, guarded, inputs.after, rooms);
  createMachines(name, machines, { ...inputs, entryPolicies }, rooms);
  createTasks(name, tasks, { ...inputs, entryPolicies }, rooms);
  createFederation(name, federation, inputs, rooms.cluster);
}

/** What is to be built, or every problem at its path under `topology`. */
function demandPlan(name: string, args: MeshTopologyArgs, givesProviders: boolean): Planned {
  const { topology, region = configuredRegion(), existing } = args;
  const stackTags = givesProviders ? {} : configuredTags();
  const context = { name, region, stackTags, peers: existing?.peers, given: givenOf(existing) };
  const { planned, problems, isPartial } = checkTopology(topology, context);
  if (planned) return planned;
  throw refusal(problems, isPartial);
}

/**
 * What a plugin's caller reads path by path is, in a program, also an error that ends it without a stack trace. The SDK knows
 * both kinds by a field, whatever copy of it they are from (pulumi/pulumi, sdk/nodejs/errors.ts).
 */
function refusal(problems: Problem[], isPartial?: boolean): Error {
  const error = new pulumi.InputPropertiesError({
    message: formatProblems(problems, isPartial),
    errors: problems.map((problem) => ({
      propertyPath: `topology.${problem.path}`,
      reason: formatProblem(problem),
    })),
  });
  return Object.assign(error, { __pulumiRunError: true });
}

/** What stands in a cluster uses its Kubernetes provider, its account's AWS provider, and waits for its nodes. */
function clusterOptions(
  facts: Facts,
  kubernetes: Record<string, k8s.Provider>,
  ready: Record<string, pulumi.Resource[]>,
  awsOf: AwsOptions,
): ClusterOptions {
  return (cluster) => {
    const { parent, providers } = awsOf(facts.clusters[cluster]!.provider);
    return {
      parent,
      providers: [...(providers as pulumi.ProviderResource[]), kubernetes[cluster]!],
      dependsOn: ready[cluster],
    };
  };
}
