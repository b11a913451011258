import assert from "node:assert";
import * as fs from "node:fs";
import * as path from "node:path";
import type { Props } from "../base/values";
import { addVpc, Cloud, trustPolicy } from "../testing/cloud";

describe("aws stand-in: EKS", () => {
  let cloud: Cloud;
  beforeEach(() => (cloud = new Cloud()));
  afterEach(() => cloud.remove());

  const role = (name = "role") =>
    cloud.create("iam.Role", { name, assumeRolePolicy: trustPolicy }, name);

  function startServer(name: string): void {
    const file = path.join(cloud.root, "clusters", `${name}.json`);
    fs.mkdirSync(path.dirname(file), { recursive: true });
    fs.writeFileSync(
      file,
      JSON.stringify({ endpoint: "https://api", certificateAuthority: "Q0E=" }),
    );
  }

  const cluster = (subnetIds: string[], more: Props = {}) =>
    cloud.create("eks.Cluster", {
      ...{ name: "demo-east", roleArn: role().outputs.arn, vpcConfig: { subnetIds } },
      accessConfig: { authenticationMode: "API" },
      ...more,
    });

  const autoMode = (subnets: string[], computeConfig: Props) => {
    if (cloud.store.get("iam.Role", "role")) cloud.delete("iam.Role", "role");
    const on = { enabled: true };
    return cluster(subnets, {
      computeConfig: { ...on, ...computeConfig },
      storageConfig: { blockStorage: on },
      kubernetesNetworkConfig: { elasticLoadBalancing: on },
    });
  };

  it("makes a cluster only where an API server was started, in two zones", () => {
    const { subnets } = addVpc(cloud, 0);
    assert.throws(() => cluster(subnets), /no API server was started .*'demo-east'/);
    startServer("demo-east");
    cloud.delete("iam.Role", "role");
    assert.throws(() => cluster(subnets.slice(0, 1)), /two different AZs/);
    cloud.delete("iam.Role", "role");
    const { outputs } = cluster(subnets);
    assert.strictEqual(outputs.endpoint, "https://api");
    assert.throws(() => cloud.delete("iam.Role", "role"), /in use by eks.Cluster/);
  });

  it("is reached from listed public addresses, or from inside", () => {
    const { subnets: subnetIds } = addVpc(cloud, 0);
    startServer("demo-east");
    const roleArn = role().outputs.arn;
    const reached = (vpcConfig: Props) => {
      const inputs = { name: "demo-east", roleArn, vpcConfig: { subnetIds, ...vpcConfig } };
      cloud.create("eks.Cluster", inputs);
      cloud.delete("eks.Cluster", "demo-east");
    };
    const listed = (...publicAccessCidrs: string[]) => reached({ publicAccessCidrs });
    assert.throws(
      () => listed("203.0.113.7/32", "10.1.0.0/16", "172.31.0.0/16"),
      /not allowed in publicAccessCidrs: \[10.1.0.0\/16, 172.31.0.0\/16\]/,
    );
    const many = (count: number) => [...Array(count).keys()].map((n) => `198.51.100.${n}/32`);
    assert.throws(() => listed(...many(41)), /41 CIDRs in publicAccessCidrs, at most 40/);
    listed(...many(40));
    listed("0.0.0.0/0");
    const closed = { endpointPublicAccess: false };
    assert.throws(() => reached(closed), /Private and public endpoint access cannot be false/);
    reached({ ...closed, endpointPrivateAccess: true });
  });

  it("takes built-in pools and their role only together", () => {
    const { subnets } = addVpc(cloud, 0);
    startServer("demo-east");
    const nodeRoleArn = role("nodes").outputs.arn;
    assert.throws(
      () => autoMode(subnets, { nodePools: [], nodeRoleArn }),
      /nodePool value\(s\) must be provided/,
    );
    assert.throws(
      () => autoMode(subnets, { nodePools: ["system"] }),
      /nodePool list cannot be populated/,
    );
    autoMode(subnets, { nodePools: [] });
    cloud.delete("eks.Cluster", "demo-east");
    autoMode(subnets, { nodePools: ["system"], nodeRoleArn });
  });

  it("leaves the group of a cluster whose built-in nodes outlive it, and with it the VPC", () => {
    const { vpc, subnets } = addVpc(cloud, 0);
    startServer("demo-east");
    const leftBy = (computeConfig: Props) => {
      autoMode(subnets, computeConfig);
      cloud.delete("eks.Cluster", "demo-east");
      const groups = cloud.store.list("ec2.SecurityGroup").map(({ outputs }) => outputs.name);
      return groups.filter((name) => name !== "default");
    };
    assert.deepStrictEqual(leftBy({ nodePools: [] }), []);
    const nodeRoleArn = role("nodes").outputs.arn;
    const left = leftBy({ nodePools: ["general-purpose"], nodeRoleArn });
    assert.deepStrictEqual(left, ["eks-cluster-sg-demo-east"]);
    subnets.forEach((id) => cloud.delete("ec2.Subnet", id));
    assert.throws(() => cloud.delete("ec2.Vpc", vpc), /DependencyViolation.*ec2.SecurityGroup/);
  });

  it("takes access entries and pod identities of a cluster once each", () => {
    const { subnets } = addVpc(cloud, 0);
    startServer("demo-east");
    cluster(subnets);
    const clusterName = "demo-east";
    const principalArn = role("reader").outputs.arn;
    const entry = (more: Props) =>
      cloud.create("eks.AccessEntry", { clusterName, principalArn, ...more });
    assert.throws(() => entry({ kubernetesGroups: ["system:masters"] }), /reserved prefix/);
    entry({ kubernetesGroups: ["readers"] });
    const nodes = { clusterName, principalArn: role("nodes").outputs.arn };
    cloud.create("eks.AccessEntry", { ...nodes, type: "EC2_LINUX" });
    const policyArn = "arn:aws:eks::aws:cluster-access-policy/AmazonEKSAutoNodePolicy";
    const policy = { ...nodes, policyArn, accessScope: { type: "cluster" } };
    const associate = () => cloud.create("eks.AccessPolicyAssociation", policy);
    assert.throws(associate, /of type EC2_LINUX takes no access policies/);
    assert.throws(() => entry({}), /ResourceInUseException: The specified access entry/);
    const identity = () =>
      cloud.create("eks.PodIdentityAssociation", {
        ...{ clusterName, namespace: "istio-system", serviceAccount: "istiod" },
        roleArn: principalArn,
      });
    identity();
    assert.throws(identity, /ResourceInUse/);
    assert.throws(() => cloud.delete("eks.Cluster", clusterName), /in use by eks\./);
  });

  it("takes no access entries of a cluster that has them in a ConfigMap alone", () => {
    const { subnets } = addVpc(cloud, 0);
    startServer("demo-east");
    const principalArn = role("reader").outputs.arn;
    for (const accessConfig of [undefined, { authenticationMode: "CONFIG_MAP" }]) {
      cluster(subnets, { accessConfig });
      assert.throws(
        () => cloud.create("eks.AccessEntry", { clusterName: "demo-east", principalArn }),
        /InvalidRequestException: demo-east has authentication mode CONFIG_MAP/,
      );
      cloud.delete("eks.Cluster", "demo-east");
      cloud.delete("iam.Role", "role");
    }
  });

  it("admits lasting principals, once each, and whoever made the cluster by itself", () => {
    const { subnets } = addVpc(cloud, 0);
    startServer("demo-east");
    cluster(subnets);
    const clusterName = "demo-east";
    const admit = (who: string, more: Props = {}) =>
      cloud.create(
        "eks.AccessEntry",
        { clusterName, principalArn: `arn:aws:${who}`, ...more },
        who,
      );
    assert.throws(() => admit("iam::123456789012:user/lab"), /ResourceInUseException/);
    const session = "sts::123456789012:assumed-role/people/me";
    for (const who of [session, "iam::123456789012:group/people"])
      assert.throws(() => admit(who), /invalid principal/);
    admit("iam::210987654321:role/people/admin");
    admit("iam::123456789012:user/me");
    assert.throws(() => admit("iam::123456789012:user/Me"), /ResourceInUseException/);
    const nodes = { type: "EC2" };
    assert.throws(() => admit("iam::210987654321:role/nodes", nodes), /the cluster's account/);
    const policy = (name: string) =>
      cloud.create("eks.AccessPolicyAssociation", {
        ...{ clusterName, principalArn: "arn:aws:iam::123456789012:user/me" },
        ...{ policyArn: `arn:aws:eks::aws:cluster-access-policy/${name}` },
        accessScope: { type: "cluster" },
      });
    assert.throws(() => policy("AmazonEKSViewerPolicy"), /policyArn parameter is invalid/);
    policy("AmazonEKSViewPolicy");
  });

  it("serves an add-on by Kubernetes version, and the newest where none is asked for", () => {
    const { subnets } = addVpc(cloud, 0);
    startServer("demo-east");
    cluster(subnets, { version: "1.34" });
    const addon = (addonName: string, addonVersion?: string) =>
      cloud.create("eks.Addon", { clusterName: "demo-east", addonName, addonVersion });
    assert.throws(() => addon("core-dns"), /Addon core-dns specified is not supported/);
    assert.throws(() => addon("kube-proxy", "v1.35.3-eksbuild.13"), /version .* not supported/);
    assert.strictEqual(addon("coredns", "v1.13.2-eksbuild.4").id, "demo-east:coredns");
    assert.strictEqual(addon("kube-proxy").outputs.addonVersion, "v1.34.6-eksbuild.13");
  });

  it("makes a group of nodes whose number is in its bounds, and whose types start its image", () => {
    const { subnets } = addVpc(cloud, 0);
    startServer("demo-east");
    cluster(subnets);
    const nodeRoleArn = role("nodes").outputs.arn;
    const group = (minSize: number, desiredSize: number, amiType: string, type: string) => ({
      ...{ clusterName: "demo-east", nodeGroupName: "it", nodeRoleArn, subnetIds: subnets },
      ...{ scalingConfig: { minSize, desiredSize, maxSize: 6 }, amiType, instanceTypes: [type] },
    });
    const create = (...args: Parameters<typeof group>) =>
      cloud.create("eks.NodeGroup", group(...args));
    const [x86, arm] = ["AL2023_x86_64_STANDARD", "AL2023_ARM_64_STANDARD"];
    assert.throws(() => create(3, 2, x86, "m6i.large"), /Minimum capacity 3 can't be greater/);
    assert.throws(() => create(2, 7, x86, "m6i.large"), /desired capacity 7 can't be greater/);
    assert.throws(
      () => create(2, 2, x86, "m7g.large"),
      /\[m7g.large\] is not a valid instance type/,
    );
    assert.throws(() => create(2, 2, arm, "g4dn.large"), /not a valid instance type for .*ARM_64/);
    const { id } = create(2, 2, arm, "m7g.large");
    assert.throws(
      () => cloud.update("eks.NodeGroup", id, group(4, 2, arm, "m7g.large")),
      /Minimum capacity 4 can't be greater than desired size 2/,
    );
  });

  it("has an add-on as soon as where nodes run already, before Pod Identity knows a role of that time", () => {
    const { provider } = cloud;
    assert.strictEqual(provider.secondsOf("aws:eks/addon:Addon"), 1);
    assert.strictEqual(provider.secondsOf("aws:eks/cluster:Cluster"), 0);
  });

  it("makes a group for its logs where there is none, in the way of one that comes later", () => {
    const { subnets } = addVpc(cloud, 0);
    startServer("demo-east");
    const name = "/aws/eks/demo-east/cluster";
    const groups = () => cloud.store.list("cloudwatch.LogGroup").map(({ id }) => id);
    const logged = () => cluster(subnets, { enabledClusterLogTypes: ["audit"] });
    logged();
    assert.throws(
      () => cloud.create("cloudwatch.LogGroup", { name, retentionInDays: 90 }),
      /already exists/,
    );
    cloud.delete("eks.Cluster", "demo-east");
    assert.deepStrictEqual(groups(), [name]);
    cloud.delete("cloudwatch.LogGroup", name);
    cloud.delete("iam.Role", "role");
    cloud.create("cloudwatch.LogGroup", { name, retentionInDays: 90 });
    logged();
    cloud.delete("eks.Cluster", "demo-east");
    cloud.delete("cloudwatch.LogGroup", name);
    assert.deepStrictEqual(groups(), []);
  });

  it("lets a cluster change its subnets, but never its zones", () => {
    const { vpc, subnets } = addVpc(cloud, 0);
    const subnet = (third: number, zone: string) =>
      cloud.create("ec2.Subnet", {
        ...{ vpcId: vpc, cidrBlock: `10.0.${third}.0/24` },
        availabilityZone: `eu-central-1${zone}`,
      }).id;
    startServer("demo-east");
    cluster(subnets);
    const { inputs } = cloud.stored("eks.Cluster", "demo-east");
    const move = (subnetIds: string[]) =>
      cloud.update("eks.Cluster", "demo-east", { ...inputs, vpcConfig: { subnetIds } });
    assert.throws(() => move([...subnets, subnet(7, "c")]), {
      message:
        "InvalidParameterException: Provided subnets belong to the AZs 'eu-central-1a,eu-central-1b,eu-central-1c'. " +
        "But they should belong to the exact set of AZs 'eu-central-1a,eu-central-1b' in which subnets were provided during cluster creation.",
    });
    move([subnets[0], subnet(8, "b")]);
  });
});
