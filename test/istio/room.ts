/** Everything of Istio's room for a description, without the other rooms. */
import * as aws from "@pulumi/aws";
import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import type { VpcHandle } from "../../components/handles";
import { createIstio, createNamespaces } from "../../components/istio";
import { existingVpc } from "../../components/network";
import type { AwsOptions } from "../../components/options";
import { mapValues } from "../../components/records";
import { logicalName } from "../../components/topology";
import { rooms } from "../../components/mesh/rooms";
import { planIstio } from "../../components/istio/plan";
import type {
  AwsProviderPlan,
  Relations,
  TopologyDescription,
  Vpc,
} from "../../components/topology";
import type { Graph } from "../support/graph";
import { mockRun } from "../support/graph";
import { factsOf, relationsOf, topologyOf } from "../support/topologies";

export const ROOT = "-----BEGIN CERTIFICATE-----\ncm9vdA==\n-----END CERTIFICATE-----\n";
export const SECRET = "kubernetes:core/v1:Secret";
export const NAMESPACE = "kubernetes:core/v1:Namespace";
export const CHART = "kubernetes:helm.sh/v4:Chart";
export const RELEASE = "kubernetes:helm.sh/v3:Release";
export const SERVICE = "kubernetes:core/v1:Service";
export const PEER_AUTHENTICATION = "kubernetes:security.istio.io/v1:PeerAuthentication";
export const ISTIO_GATEWAY = "kubernetes:networking.istio.io/v1:Gateway";
export const GATEWAY = "kubernetes:gateway.networking.k8s.io/v1:Gateway";
export const CONFIG_MAP = "kubernetes:core/v1:ConfigMap";
export const DEPLOYMENT = "kubernetes:apps/v1:Deployment";
export const BINDING = "kubernetes:eks.amazonaws.com/v1:TargetGroupBinding";

/** Everything of this room for a description, with one provider and one marker of readiness per cluster. */
function build(description: TopologyDescription, change: (relations: Relations) => void): void {
  const relations = relationsOf(description);
  change(relations);
  const { providers } = factsOf(description);
  const settings = rooms.flatMap((room) => room.settings);
  const plan = planIstio(relations, settings);
  const clusters = Object.fromEntries(
    Object.keys(description.clusters).map((cluster) => {
      const provider = new k8s.Provider(`${cluster}-k8s`, { kubeconfig: cluster });
      const ready = new k8s.core.v1.ConfigMap(`${cluster}-ready`, {}, { provider });
      return [cluster, { providers: [provider], dependsOn: [ready] }];
    }),
  );
  const options = (cluster: string) => clusters[cluster];
  const keys = Object.keys(plan.controlPlanes);
  const of = <T>(names: string[], value: T) => Object.fromEntries(names.map((key) => [key, value]));
  const roots = of(Object.keys(description.meshes), ROOT);
  const certificate = { certificate: ROOT, privateKey: "key", chain: ROOT, root: ROOT };
  const namespaces = createNamespaces(
    "demo",
    plan,
    { certificates: of(keys, certificate) },
    options,
  );
  const balanced = [plan.eastWest, plan.ingress, plan.addresses].flatMap((part) =>
    Object.keys(part),
  );
  const given = {
    ...{ roots, namespaces },
    access: { before: {}, secrets: {} },
    vpcs: mapValues(topologyOf(description).vpcs, vpcOf),
    securityGroups: Object.fromEntries(balanced.map((key) => [key, pulumi.output(`sg-${key}`)])),
  };
  createIstio("demo", plan, given, { aws: awsOptions(providers), cluster: options });
}

/** One AWS provider per account and region. */
function awsOptions(plans: Record<string, AwsProviderPlan>): AwsOptions {
  const made = mapValues(plans, ({ key, region, account }) => {
    const assumeRoles = account === undefined ? undefined : [{ roleArn: account }];
    return new aws.Provider(logicalName("demo", key), {
      region: region as aws.Region,
      assumeRoles,
    });
  });
  return (key) => ({ providers: [made[key]] });
}

/** A VPC, made by hand where it is not yours. */
function vpcOf({ id, existing, settings: { zones } }: Vpc): VpcHandle {
  if (existing) return existingVpc(existing);
  const tiers = {
    ...{ publicSubnetIds: [], privateSubnetIds: [], controlPlaneSubnetIds: [] },
    ...{ privateZones: [], routeTableIds: [], natAddresses: [] },
  };
  const loadBalancerSubnetIds = ["a", "b", "c", "d"]
    .slice(0, zones)
    .map((zone) => `subnet-${id}-${zone}`);
  return { ...tiers, vpcId: `vpc-${id}`, loadBalancerSubnetIds };
}

/** The graph of everything of this room for a description. */
export const buildIstio = (
  description: TopologyDescription,
  unknownOutputs = false,
  change: (relations: Relations) => void = () => {},
): Promise<Graph> => mockRun(() => build(description, change), { unknownOutputs });
