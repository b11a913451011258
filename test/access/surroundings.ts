/** Access alone, in surroundings made by hand. */
import * as aws from "@pulumi/aws";
import * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import { type AccessPlan, createAccess, planAccess } from "../../components/access";
import type { ClusterHandle } from "../../components/handles";
import { plan as planRooms } from "../../components/mesh/plan";
import type { ClusterOptions } from "../../components/options";
import { mapValues } from "../../components/records";
import type { Relations, TopologyDescription } from "../../components/topology";
import { mockRun } from "../support/graph";
import type { Graph, Registration } from "../support/graph";
import { relationsOf } from "../support/topologies";

export const ENTRY = "aws:eks/accessEntry:AccessEntry";
export const ASSOCIATION = "aws:eks/podIdentityAssociation:PodIdentityAssociation";
export const ROLE = "aws:iam/role:Role";
export const ROLE_POLICY = "aws:iam/rolePolicy:RolePolicy";
export const CLUSTER_ROLE = "kubernetes:rbac.authorization.k8s.io/v1:ClusterRole";
export const BINDING = "kubernetes:rbac.authorization.k8s.io/v1:ClusterRoleBinding";
export const ROLE_BINDING = "kubernetes:rbac.authorization.k8s.io/v1:RoleBinding";
export const CONFIG_MAP = "kubernetes:core/v1:ConfigMap";
export const SECRET = "kubernetes:core/v1:Secret";
export const NODES = "kubernetes:core/v1:Node";
export const ENDPOINT = "aws:eks/cluster:Cluster";
export const NAMESPACE = "kubernetes:core/v1:Namespace";
export const STAND_IN = "kubernetes:core/v1:ServiceAccount";

/** Everything that access needs, made by hand: an endpoint, a node and a namespace per cluster. */
function surroundings(relations: Relations, plan: AccessPlan) {
  const { network } = planRooms(relations);
  const accounts = mapValues(
    { ...network.providers, ...plan.providers },
    ({ key, region }) => new aws.Provider(key, { region: region as aws.Region }),
  );
  const awsOf = (key: string) => ({ providers: [accounts[key]] });
  const { clusters } = relations.topology;
  const made = mapValues(clusters, ({ name }) => {
    const endpoint = new aws.eks.Cluster(name, {
      name: `demo-${name}`,
      roleArn: "arn:aws:iam::123456789012:role/cluster",
      vpcConfig: { subnetIds: ["subnet-1"] },
    });
    const provider = new k8s.Provider(name, { kubeconfig: "{}" });
    const node = new k8s.core.v1.Node(name, {}, { provider });
    return { endpoint, provider, node, namespace: namespaceOf(name, node, provider) };
  });
  const cluster: ClusterOptions = (name) => ({
    providers: [accounts[network.vpcs[clusters[name].vpc].provider], made[name].provider],
    dependsOn: [made[name].node],
  });
  return { made, options: { aws: awsOf, cluster } };
}

/** Istio's namespace, which waits for nodes as everything in a cluster does. */
function namespaceOf(name: string, node: pulumi.Resource, provider: k8s.Provider): pulumi.Resource {
  return new k8s.core.v1.Namespace(`${name}-system`, {}, { provider, dependsOn: node });
}

function handleOf({ endpoint }: { endpoint: aws.eks.Cluster }): ClusterHandle {
  return {
    // An output of the cluster, as that of one made here.
    eksName: endpoint.name,
    kubeconfig: "{}",
    endpoint: endpoint.endpoint,
    certificateAuthority: endpoint.certificateAuthority.data,
    vpcId: "vpc-1",
    securityGroupId: "sg-1",
  };
}

/** The graph of access alone; `istiod <key>` stands for an istiod, `gateway <key>` for what waits for its remote clusters. */
export function run(description: TopologyDescription, unknownOutputs = false): Promise<Graph> {
  return mockRun(
    () => {
      const relations = relationsOf(description);
      const plan = planAccess(relations);
      const { made, options } = surroundings(relations, plan);
      const namespaces = Object.fromEntries(
        [...Object.values(plan.readers), ...Object.values(plan.watchers)].map(
          ({ mesh, cluster }) => [`${mesh}/${cluster}`, made[cluster].namespace],
        ),
      );
      const clusters = mapValues(made, handleOf);
      const { before, secrets } = createAccess("demo", plan, { clusters, namespaces }, options);
      for (const [key, dependsOn] of Object.entries(before)) {
        new k8s.core.v1.ServiceAccount(`istiod ${key}`, {}, { dependsOn });
      }
      for (const [key, dependsOn] of Object.entries(secrets)) {
        new k8s.core.v1.ServiceAccount(`gateway ${key}`, {}, { dependsOn });
      }
    },
    { unknownOutputs },
  );
}

/** The kubeconfigs that a Secret holds, by cluster. */
export function kubeconfigs({ inputs }: Registration) {
  return mapValues(inputs.data as Record<string, string>, (value) =>
    JSON.parse(Buffer.from(value, "base64").toString("utf8")),
  );
}

/** What access makes, by the last part of its type: all but its components and surroundings. */
export function made(graph: Graph): string[] {
  return graph.resources
    .filter(({ type, name }) => name.startsWith("demo-") && !type.startsWith("istio-patterns:"))
    .map(({ type, name }) => `${type.split(":").pop()} ${name}`)
    .sort();
}
