import assert from "node:assert/strict";
import type { ClusterDescription, TopologyDescription } from "../../components/topology";
import {
  assertDependsOn,
  assertIndependent,
  assertSecret,
  floorOf,
  resourceSet,
  UNKNOWN,
} from "../support/graph";
import { brought, managedNodes, transitGateways } from "../support/variants";
import { AFTER, CLUSTER, expand, routed, run, single } from "./support";

const KEY = "aws:kms/key:Key";
const PROVIDER = "pulumi:providers:kubernetes";
const LOGS = "aws:cloudwatch/logGroup:LogGroup";

const mainWith = (said: Partial<ClusterDescription>): TopologyDescription => ({
  ...single,
  clusters: { main: { ...single.clusters.main, ...said } },
});

describe("an EKS cluster", () => {
  it("runs on Auto Mode, admits by access entries, logs everything and encrypts its secrets", async () => {
    const graph = await run(single);
    floorOf(graph, CLUSTER, 1);
    const { encryptionConfigKeyArn, ...inputs } = graph.one(CLUSTER, "demo-main").inputs;
    assert.match(encryptionConfigKeyArn, /^arn:aws:kms:/);
    assert.deepEqual(inputs, {
      name: "demo-main",
      version: "1.35",
      vpcId: "vpc-main",
      privateSubnetIds: ["subnet-main-a", "subnet-main-b"],
      authenticationMode: "API",
      skipDefaultSecurityGroups: true,
      skipDefaultNodeGroup: true,
      enabledClusterLogTypes: ["api", "audit", "authenticator", "controllerManager", "scheduler"],
      deletionProtection: true,
      upgradePolicy: { supportType: "EXTENDED" },
      endpointPrivateAccess: true,
      endpointPublicAccess: true,
      publicAccessCidrs: ["203.0.113.7/32"],
      autoMode: { enabled: true, createNodeRole: false, computeConfig: { nodePools: [] } },
      corednsAddonOptions: {
        ...{ enabled: false, resolveConflictsOnCreate: "OVERWRITE" },
        resolveConflictsOnUpdate: "OVERWRITE",
      },
    });
    const key = graph.one(KEY).inputs;
    assert.equal(key.enableKeyRotation, true);
    assert.equal(graph.one("aws:kms/alias:Alias").inputs.name, "alias/eks/demo-main");
  });

  it("has its control plane in two zones for good, and its nodes in all", async () => {
    const graph = await run(single);
    const { privateSubnetIds } = graph.one(CLUSTER).inputs;
    assert.deepEqual(privateSubnetIds, ["subnet-main-a", "subnet-main-b"]);
    const { spec } = graph.one("kubernetes:eks.amazonaws.com/v1:NodeClass").inputs;
    assert.deepEqual(
      spec.subnetSelectorTerms.map(({ id }: { id: string }) => id),
      [...privateSubnetIds, "subnet-main-c"],
    );
  });

  it("has its log group before it, whose lines end", async () => {
    const graph = await run(single);
    const group = graph.one(LOGS, "demo-main-logs");
    assert.deepEqual(group.inputs, { name: "/aws/eks/demo-main/cluster", retentionInDays: 90 });
    assertDependsOn(graph, graph.one(CLUSTER), group);
  });

  it("logs what it is told to, for as long, and has no group for nothing", async () => {
    const logs = { types: ["audit" as const], retentionDays: 365 };
    const audited = await run(mainWith({ logs }));
    assert.deepEqual(audited.one(CLUSTER).inputs.enabledClusterLogTypes, ["audit"]);
    assert.equal(audited.one(LOGS).inputs.retentionInDays, 365);
    const silent = await run(mainWith({ logs: { types: [] } }));
    assert.deepEqual(silent.one(CLUSTER).inputs.enabledClusterLogTypes, []);
    assert.deepEqual(silent.ofType(LOGS), []);
  });

  it("encrypts with the key of its region, where there is one, secrets, logs and disks", async () => {
    const key = "arn:aws:kms:eu-west-1:111122223333:key/0a1b";
    const keys = { encryption: { keys: { "eu-west-1": key } } };
    const graph = await run({ ...single, ...keys });
    assert.equal(graph.one(CLUSTER).inputs.encryptionConfigKeyArn, key);
    assert.equal(graph.one(LOGS).inputs.kmsKeyId, key);
    assert.deepEqual([...graph.ofType(KEY), ...graph.ofType("aws:kms/alias:Alias")], []);
    const { spec } = graph.one("kubernetes:eks.amazonaws.com/v1:NodeClass").inputs;
    assert.deepEqual(spec.ephemeralStorage, { kmsKeyID: key });
    const managed = await run({ ...mainWith({ nodes: { kind: "managed" } }), ...keys });
    const [{ ebs }] = managed.one("aws:ec2/launchTemplate:LaunchTemplate").inputs
      .blockDeviceMappings;
    assert.equal(ebs.kmsKeyId, key);
  });

  it("can be deleted, is upgraded by EKS and lets zones be left, where the description says so", async () => {
    const said = { upgradePolicy: "standard" as const, zonalShift: true };
    const { inputs } = (await run({ ...mainWith(said), protect: false })).one(CLUSTER);
    assert.equal(inputs.deletionProtection, false);
    assert.deepEqual(inputs.upgradePolicy, { supportType: "STANDARD" });
    const made = "aws:eks/cluster:Cluster";
    const { zonalShiftConfig } = (await expand(mainWith(said))).one(made).inputs;
    assert.deepEqual(zonalShiftConfig, { enabled: true });
    assert.equal("zonalShiftConfig" in (await expand(single)).one(made).inputs, false);
  });

  it("is given the boundary and path of roles, and keeps the path of its own", async () => {
    const iam = { permissionsBoundary: "arn:aws:iam::111122223333:policy/edge", path: "/mesh/" };
    const role = (await expand({ ...single, iam })).one(
      "aws:iam/role:Role",
      "demo-main-eksRole-role",
    );
    const { permissionsBoundary, path } = role.inputs;
    assert.deepEqual({ permissionsBoundary, path }, iam);
    const plain = (await expand(single)).one("aws:iam/role:Role", "demo-main-eksRole-role");
    assert.deepEqual(
      [role, plain].map(({ ignoreChanges }) => ignoreChanges),
      [["path"], ["path"]],
    );
    assert.equal("path" in plain.inputs, false);
  });

  it("costs six resources", async () => {
    const graph = await run(single);
    const cluster = graph.one("istio-patterns:index:EksCluster");
    assert.deepEqual(
      graph
        .subtree(cluster)
        .map(({ type }) => type)
        .sort(),
      [
        "aws:kms/alias:Alias",
        KEY,
        LOGS,
        CLUSTER,
        "istio-patterns:index:EksCluster",
        PROVIDER,
      ].sort(),
    );
  });

  it("lets in the NAT addresses of peers, each as one address", async () => {
    const graph = await run(routed);
    floorOf(graph, CLUSTER, 2);
    const { publicAccessCidrs } = graph.one(CLUSTER, "demo-east").inputs;
    const nat = graph.ofType("aws:ec2/eip:Eip").map(({ name }) => name);
    assert.equal(nat.length, 2);
    assert.equal(publicAccessCidrs.length, 2);
    assert.ok(publicAccessCidrs.includes("203.0.113.7/32"));
    for (const cidr of publicAccessCidrs) assert.match(cidr, /^[\d.]+\/32$/);
  });

  it("has no public endpoint where it is private", async () => {
    const graph = await run({ ...single, api: { private: { cidrs: ["172.16.0.0/12"] } } });
    const { inputs } = graph.one(CLUSTER);
    assert.equal(inputs.endpointPublicAccess, false);
    assert.equal(inputs.endpointPrivateAccess, true);
    assert.equal("publicAccessCidrs" in inputs, false);
  });

  it("refuses a public endpoint for nobody, which AWS would open to the world", async () => {
    await assert.rejects(
      run({ ...single, api: { allowFrom: [] } }),
      /publicAccessCidrs: got an empty list, with which AWS lets everyone in; allowed: 1 to 40 CIDRs, or nothing for a private endpoint; fix: list who calls the API server$/,
    );
  });

  it("has one Kubernetes provider, known by the API server's URL, whose kubeconfig is a secret", async () => {
    const graph = await run(single);
    const provider = graph.one(PROVIDER, "demo-main");
    assertSecret(provider, "kubeconfig");
    assert.match(provider.inputs.clusterIdentifier, /^https:/);
    assert.equal(provider.inputs.enableServerSideApply, "true");
    // Replaced instead, the Secret of remote clusters would be away while istiods watch it.
    assert.equal(provider.inputs.enableConfigMapMutable, "true");
    assert.equal(provider.inputs.enableSecretMutable, "true");
  });

  it("is seen by the others as strings: the name at once, the rest when it is there", async () => {
    const known = (await run(single)).one("kubernetes:core/v1:ConfigMap").inputs.data;
    assert.match(known.securityGroupId, /^sg-/);
    assert.match(known.endpoint, /^https:/);
    assert.equal(Buffer.from(known.certificateAuthority, "base64").length > 0, true);
    const { data } = (await run(single, true)).one("kubernetes:core/v1:ConfigMap").inputs;
    assert.deepEqual(data, {
      eksName: "demo-main",
      vpcId: "vpc-main",
      endpoint: UNKNOWN,
      certificateAuthority: UNKNOWN,
      securityGroupId: UNKNOWN,
    });
  });

  it("takes the role of its account in its kubeconfig", async () => {
    const graph = await run({ ...transitGateways, name: "demo" });
    floorOf(graph, CLUSTER, 3);
    const roleArn = "arn:aws:iam::210987654321:role/deploy";
    assert.deepEqual(graph.one(CLUSTER, "demo-c").inputs.providerCredentialOpts, { roleArn });
    assert.equal("providerCredentialOpts" in graph.one(CLUSTER, "demo-a").inputs, false);
    assert.equal(
      graph.one(CLUSTER, "demo-c").providers.aws,
      graph.one("pulumi:providers:aws", "210987654321/eu-west-1").urn,
    );
  });

  it("waits for no other cluster", async () => {
    const graph = await run({ ...transitGateways, name: "demo" });
    floorOf(graph, CLUSTER, 3);
    for (const one of graph.ofType(CLUSTER)) {
      for (const other of graph.ofType(CLUSTER)) {
        if (one !== other) assertIndependent(graph, one, other);
      }
      const name = one.name.replace("demo-", "after ");
      assertDependsOn(graph, graph.one(AFTER, name), one);
    }
  });
});

describe("a cluster you bring", () => {
  it("makes nothing but its provider, and is what the description says", async () => {
    const graph = await run({ ...brought, name: "demo" });
    floorOf(graph, PROVIDER, 2);
    assert.equal(graph.ofType(CLUSTER).length, 1);
    const provider = graph.one(PROVIDER, "demo-lab");
    assertSecret(provider, "kubeconfig");
    assert.equal(provider.inputs.clusterIdentifier, "https://lab.example");
    assert.deepEqual(graph.one("kubernetes:core/v1:ConfigMap", "handle lab").inputs.data, {
      endpoint: "https://lab.example",
      certificateAuthority: "Y2VydGlmaWNhdGU=",
      vpcId: "vpc-old",
      securityGroupId: "sg-0123456789abcdef0",
    });
  });
});

describe("every kind of cluster", () => {
  it("makes the same resources whether outputs are known or not", async () => {
    for (const description of [single, routed, managedNodes, brought]) {
      const [known, unknown] = [await run(description), await run(description, true)];
      assert.deepEqual(resourceSet(unknown), resourceSet(known));
    }
  });
});
