import * as assert from "node:assert/strict";
import type { Json } from "../machine/kube";
import type { Cluster, Machine } from "../machine/machine";
import { listed, oneApi, type Check } from "../run/check";
import type { Cli } from "../run/cli";
import type { Session } from "../run/session";

/** What must never stand in a state file as text. */
const secrets = {
  "a private key":
    /-----BEGIN [A-Z ]*PRIVATE KEY-----|LS0tLS1CRUdJTi[A-Za-z0-9+/]*UFJJVkFURSBLRVkt/,
  "an EKS token": /k8s-aws-v1\./,
  "a service account's token": /eyJhbGciOi[\w-]+\.[\w-]+\.[\w-]+/,
  "a kubeconfig": /current-context/,
} as const satisfies Record<string, RegExp>;

/** Looks through the exported state of a project's stack. */
export async function demandSealed(cli: Cli, machine: Machine): Promise<void> {
  const resources = await cli.resources();
  assert.ok(resources.length > 20, `expected a whole stack, found ${resources.length} resources`);
  const tokens = [...machine.clusters.values()].map(({ server }) => server.token);
  for (const resource of resources) {
    const text = JSON.stringify(resource);
    for (const [what, pattern] of Object.entries(secrets)) {
      assert.ok(!pattern.test(text), `${resource.urn} holds ${what} in plain text`);
    }
    const token = tokens.find((one) => text.includes(one));
    assert.equal(token, undefined, `${resource.urn} holds an admin token in plain text`);
  }
}

const sealed: Check = {
  key: "sealed",
  whole: true,
  point: 8,
  title: "the exported state holds no private key, token or kubeconfig in plain text",
  run: ({ cli, machine }) => demandSealed(cli, machine),
};

const logTypes = ["api", "audit", "authenticator", "controllerManager", "scheduler"];

/** VPCs of the machines of a cluster, which ask for tokens at its API server. */
function vpcsOfMachines({ machine: { store }, topology }: Session, cluster: string): string[] {
  const groups = Object.values(topology.virtualMachines)
    .filter(({ controlledBy }) => cluster === `${topology.name}-${controlledBy}`)
    .map(({ name }) => `${topology.name}-machines-${name}-`);
  const subnets = store
    .outputs("autoscaling.Group")
    .filter(({ name }) => groups.some((group) => name.startsWith(group)))
    .flatMap(({ vpcZoneIdentifiers }) => vpcZoneIdentifiers);
  return store
    .list("ec2.Subnet")
    .filter(({ id }) => subnets.includes(id))
    .map(({ outputs }) => outputs.vpcId);
}

/** Who reaches an API server from outside its VPC: people, and istiods and machines of other VPCs through their NAT gateways. */
function allowedTo(session: Session, { name, vpcConfig }: Json) {
  const { machine, file, istiods, topology } = session;
  const { store } = machine;
  const watchers = istiods.map((istiod) => `${topology.name}-${istiod.name}`);
  const clusters = store.outputs("eks.Cluster").filter((one) => watchers.includes(one.name));
  const elsewhere = new Set(clusters.map((one) => one.vpcConfig.vpcId));
  for (const vpcId of vpcsOfMachines(session, name)) elsewhere.add(vpcId);
  elsewhere.delete(vpcConfig.vpcId);
  const subnets = store.list("ec2.Subnet").filter(({ outputs }) => elsewhere.has(outputs.vpcId));
  const ids = subnets.map(({ id }) => id);
  const nats = store.outputs("ec2.NatGateway").filter(({ subnetId }) => ids.includes(subnetId));
  const { private: inside, allowFrom: people = [] } = file.original.api ?? {};
  assert.equal(vpcConfig.endpointPublicAccess, !inside, `${name}: public endpoint`);
  if (inside) return [];
  assert.ok(people.length > 0, `${name}: expected the stack to say who reaches its API server`);
  return [...people, ...nats.map(({ publicIp }) => `${publicIp}/32`)].sort();
}

/** What EKS has; all that the stack describes, and nothing else. */
function clustersOf({ machine, topology }: Session): Json[] {
  const clusters = machine.store.outputs("eks.Cluster");
  const described = Object.keys(topology.clusters).map((name) => `${topology.name}-${name}`);
  const names = clusters.map(({ name }) => name);
  assert.deepEqual(names.sort(), described.sort(), "expected an EKS cluster per described one");
  return clusters;
}

const hardened: Check = {
  key: "hardened",
  point: 8,
  title: "Secrets are encrypted, all is logged, access entries alone count, few reach API servers",
  skip: oneApi,
  async run(session) {
    const { store } = session.machine;
    for (const cluster of clustersOf(session)) {
      const { name, encryptionConfig, vpcConfig } = cluster;
      assert.deepEqual(encryptionConfig?.resources, ["secrets"], `${name}: what is encrypted`);
      const keys = store.outputs("kms.Key");
      const key = keys.find(({ arn }) => arn === encryptionConfig.provider.keyArn);
      assert.equal(key?.enableKeyRotation, true, `${name}: rotation of its key`);
      assert.deepEqual([...cluster.enabledClusterLogTypes].sort(), logTypes, `${name}: logs`);
      assert.equal(cluster.accessConfig.authenticationMode, "API", `${name}: authentication mode`);
      assert.equal(vpcConfig.endpointPrivateAccess, true, `${name}: private endpoint`);
      const open = [...(vpcConfig.publicAccessCidrs ?? [])].sort();
      assert.deepEqual(open, allowedTo(session, cluster), `${name}: who reaches its API server`);
    }
  },
};

/**
 * Nodes of a NodeClass join only with an access entry for their role
 * (https://docs.aws.amazon.com/eks/latest/userguide/create-node-class.html#auto-node-access-entry), and a pool names its class.
 */
async function admitted({ machine }: Session, { name, kube }: Cluster): Promise<void> {
  const { store } = machine;
  const pools = await kube.list("/apis/karpenter.sh/v1/nodepools");
  const classes = await kube.list("/apis/eks.amazonaws.com/v1/nodeclasses");
  assert.equal(pools.length, 1, `${name}: its pools`);
  const { nodeClassRef } = pools[0].spec.template.spec;
  assert.equal(nodeClassRef.name, classes[0]?.metadata.name, `${name}: the class of its pool`);
  const roles = store.outputs("iam.Role").filter(({ name: role }) => role === classes[0].spec.role);
  assert.equal(roles.length, 1, `${name}: the role of its nodes`);
  const principalArn = roles[0].arn;
  const mine = (one: Json) => one.principalArn === principalArn;
  const entries = store.outputs("eks.AccessEntry").filter(mine);
  assert.deepEqual(
    entries.map(({ type }) => type),
    ["EC2"],
    `${name}: what admits its nodes`,
  );
  const policies = store.outputs("eks.AccessPolicyAssociation").filter(mine);
  const arns = policies.map(({ policyArn }) => policyArn.split("/").pop());
  assert.deepEqual(arns, ["AmazonEKSAutoNodePolicy"], `${name}: what its nodes may`);
}

/**
 * Nodes that EKS makes answer IMDSv2 only (https://docs.aws.amazon.com/eks/latest/userguide/auto-security.html): without
 * nodes of our own there is nothing else to look at. They bring DNS, network and Pod Identity with them, so that an add-on
 * would be pods for nothing, which keep nodes from going away.
 */
const autoNodes: Check = {
  key: "auto-nodes",
  whole: true,
  point: 8,
  title: "EKS alone makes nodes, in Auto Mode, and the metrics server is the only add-on",
  async run(session) {
    const { store } = session.machine;
    for (const { name, computeConfig } of clustersOf(session)) {
      assert.equal(computeConfig?.enabled, true, `${name}: Auto Mode`);
      assert.deepEqual(computeConfig.nodePools ?? [], [], `${name}: built-in pools`);
    }
    const names = clustersOf(session).map(({ name }) => name);
    const servers = [...session.machine.clusters.values()].filter((it) => names.includes(it.name));
    assert.equal(servers.length, names.length, "expected an API server for every cluster");
    await Promise.all(servers.map((server) => admitted(session, server)));
    for (const type of ["eks.NodeGroup", "ec2.Instance"]) {
      assert.deepEqual(store.list(type), [], `expected no ${type}`);
    }
    const { virtualMachines, ecsClusters } = session.topology;
    const instances = [virtualMachines, ecsClusters].flatMap((all) => Object.keys(all));
    const templates = store.list("ec2.LaunchTemplate");
    assert.equal(templates.length, instances.length, "expected a template for instances alone");
    const addons = store.list("eks.Addon").map(({ inputs }) => inputs.addonName);
    assert.deepEqual([...new Set(addons)], ["metrics-server"]);
    assert.equal(addons.length, names.length, "expected one for every cluster");
  },
};

const closed: Check = {
  key: "closed",
  whole: true,
  point: 8,
  title: "no security group is open to the world",
  skip: listed,
  async run({ machine }) {
    const rules = machine.store.outputs("vpc.SecurityGroupIngressRule");
    const open = rules.filter(({ cidrIpv4, cidrIpv6 }) =>
      ["0.0.0.0/0", "::/0"].includes(cidrIpv4 ?? cidrIpv6),
    );
    const told = open.map(({ securityGroupId, fromPort }) => `${securityGroupId} port ${fromPort}`);
    assert.deepEqual(told, [], "expected no rule that lets the world in");
  },
};

export const stateChecks = [
  sealed,
  hardened,
  autoNodes,
  closed,
] as const satisfies readonly Check[];
