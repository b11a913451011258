import assert from "node:assert";
import * as fs from "node:fs";
import * as path from "node:path";
import type { Props } from "../base/values";
import { addGroup, addVpc, Cloud, trustPolicy } from "../testing/cloud";

describe("aws stand-in: identities, clusters, load balancers and names", () => {
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

  it("refuses long names and policies that do not parse", () => {
    const { failures } = cloud.check("iam.Role", {
      ...{ name: "r".repeat(65), assumeRolePolicy: trustPolicy },
    });
    assert.match(failures[0].reason, /at most 64/);
    assert.throws(
      () => cloud.create("iam.Role", { name: "r", assumeRolePolicy: "{" }),
      /MalformedPolicyDocument/,
    );
    const policy = JSON.stringify({ Statement: [{ Effect: "Allow", Action: "*" }] });
    const inputs = { role: role().id, name: "p", policy };
    assert.throws(() => cloud.create("iam.RolePolicy", inputs), /lacks Effect, Action or Resource/);
  });

  it("makes up a name, keeps it, and replaces by it only when the program chose none", () => {
    const first = cloud.check("iam.Role", { assumeRolePolicy: trustPolicy });
    assert.strictEqual(first.inputs.name, "it-0123456");
    const again = cloud.check("iam.Role", { assumeRolePolicy: trustPolicy }, first.inputs);
    assert.deepStrictEqual(again.inputs, first.inputs);
    const diff = (inputs: Props, oldInputs: Props) =>
      cloud.provider.diff({ ...cloud.call("iam.Role", inputs), oldInputs, oldOutputs: {} });
    const moved = diff({ ...first.inputs, path: "/x/" }, first.inputs);
    assert.deepStrictEqual([moved.replaces, moved.deleteBeforeReplace], [["path"], false]);
    const chosen = diff({ name: "n", path: "/x/" }, { name: "n", path: "/" });
    assert.strictEqual(chosen.deleteBeforeReplace, true);
  });

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

  const autoMode = (subnets: string[], computeConfig: Props) => {
    if (cloud.store.get("iam.Role", "role")) cloud.delete("iam.Role", "role");
    const on = { enabled: true };
    return cluster(subnets, {
      computeConfig: { ...on, ...computeConfig },
      storageConfig: { blockStorage: on },
      kubernetesNetworkConfig: { elasticLoadBalancing: on },
    });
  };

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
    assert.throws(() => entry({}), /already exists/);
    const identity = () =>
      cloud.create("eks.PodIdentityAssociation", {
        ...{ clusterName, namespace: "istio-system", serviceAccount: "istiod" },
        roleArn: principalArn,
      });
    identity();
    assert.throws(identity, /ResourceInUse/);
    assert.throws(() => cloud.delete("eks.Cluster", clusterName), /in use by eks\./);
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

  it("gives a load balancer its chosen addresses, once, and none that AWS keeps", () => {
    const { vpc, subnets } = addVpc(cloud, 0);
    const balancer = (name: string, privateIpv4Address: string, more: Props = {}) =>
      cloud.create("lb.LoadBalancer", {
        ...{ name, loadBalancerType: "network", internal: true },
        securityGroups: [addGroup(cloud, vpc, `${name}-${privateIpv4Address}`)],
        subnetMappings: [{ subnetId: subnets[0], privateIpv4Address }],
        ...more,
      });
    assert.throws(() => balancer("one", "10.0.1.7"), /is not inside/);
    assert.throws(() => balancer("one", "10.0.0.3"), /is reserved/);
    assert.throws(() => balancer("one", "10.0.0.255"), /is reserved/);
    assert.throws(
      () => balancer("one", "10.0.0.8", { internal: false }),
      /only be given to an int/,
    );
    balancer("two", "10.0.0.7");
    assert.throws(() => balancer("three", "10.0.0.7"), /in use by/);
    assert.throws(() => balancer("two", "10.0.0.9"), /DuplicateLoadBalancerName/);
    const elsewhere = [addGroup(cloud, addVpc(cloud, 1).vpc, "elsewhere")];
    assert.throws(
      () => balancer("four", "10.0.0.10", { securityGroups: elsewhere }),
      /InvalidSecurityGroup/,
    );
    const { failures } = cloud.check("lb.LoadBalancer", { name: "n".repeat(33) });
    assert.match(failures[0].reason, /at most 32/);
  });

  it("lets one load balancer send to a target group, which checks health as AWS can", () => {
    const { vpc, subnets } = addVpc(cloud, 0);
    const group = (name: string, healthCheck: Props) =>
      cloud.create("lb.TargetGroup", {
        ...{ name, port: 15012, protocol: "TCP", targetType: "ip", vpcId: vpc },
        healthCheck,
      });
    assert.throws(() => group("g", { interval: 4, timeout: 3 }), /interval must be between 5/);
    assert.throws(() => group("g", { interval: 5, timeout: 5 }), /must be smaller/);
    assert.throws(() => group("g", { unhealthyThreshold: 1 }), /must be between 2 and 10/);
    const targetGroupArn = group("g", { interval: 5, timeout: 4 }).outputs.arn;
    const listen = (name: string) => {
      const loadBalancer = { name, loadBalancerType: "network", internal: true, subnets };
      const loadBalancerArn = cloud.create("lb.LoadBalancer", loadBalancer).outputs.arn;
      const defaultActions = [{ type: "forward", targetGroupArn }];
      return cloud.create("lb.Listener", {
        ...{ loadBalancerArn, port: 15012, protocol: "TCP", defaultActions },
      });
    };
    listen("one");
    assert.throws(() => listen("two"), /TargetGroupAssociationLimit/);
  });

  it("gives no security group to a load balancer that was made without", () => {
    const { vpc, subnets } = addVpc(cloud, 0);
    const inputs = { name: "bare", loadBalancerType: "network", subnets };
    const { id } = cloud.create("lb.LoadBalancer", inputs);
    const grouped = { ...inputs, securityGroups: [addGroup(cloud, vpc, "late")] };
    assert.throws(() => cloud.update("lb.LoadBalancer", id, grouped), /only be given when/);
  });

  it("shows a zone with every VPC that was associated with it", () => {
    const [one, two] = [addVpc(cloud, 0).vpc, addVpc(cloud, 1).vpc];
    const inputs = { name: "mesh.internal", vpcs: [{ vpcId: one }] };
    const { id } = cloud.create("route53.Zone", inputs);
    cloud.create("route53.ZoneAssociation", { zoneId: id, vpcId: two });
    const live = cloud.read("route53.Zone", id, inputs);
    assert.deepStrictEqual(live?.inputs?.vpcs, [
      { vpcId: one },
      { vpcId: two, vpcRegion: "eu-central-1" },
    ]);
    const record = {
      zoneId: id,
      name: "istiod.other.zone",
      type: "A",
      records: ["10.0.0.7"],
      ttl: 60,
    };
    assert.throws(() => cloud.create("route53.Record", record), /not permitted in zone/);
    const named = { ...record, name: "istiod.east.mesh.internal" };
    const wrong = (records: string[]) => () =>
      cloud.create("route53.Record", { ...named, records }, "wrong");
    assert.throws(wrong(["istiod.local"]), /no IPv4 address/);
    assert.throws(wrong(["10.0.0.7", "10.0.0.7"]), /duplicate resource record/);
    cloud.create("route53.Record", named);
    assert.throws(wrong(["10.0.0.8"]), /InvalidChangeBatch/);
  });

  it("lets a VPC join no second zone of the same name, nor one twice", () => {
    const [one, two] = [addVpc(cloud, 0).vpc, addVpc(cloud, 1).vpc];
    const zone = (vpcId: string, name: string) =>
      cloud.create("route53.Zone", { name: "mesh.internal", vpcs: [{ vpcId }] }, name).id;
    const [first, second] = [zone(one, "first"), zone(two, "second")];
    const join = (zoneId: string, vpcId: string) =>
      cloud.create("route53.ZoneAssociation", { zoneId, vpcId });
    assert.throws(() => join(first, two), /ConflictingDomainExists/);
    const three = addVpc(cloud, 2).vpc;
    join(second, three);
    assert.throws(() => join(second, three), /ConflictingDomainExists/);
  });

  it("lets each account speak for its own zone and VPC only", () => {
    const { id: zoneId } = cloud.create("route53.Zone", {
      ...{ name: "mesh.internal", vpcs: [{ vpcId: addVpc(cloud, 0).vpc }] },
    });
    const foreign = { account: "210987654321", region: "eu-central-1", inputs: {}, outputs: {} };
    cloud.store.put({ type: "ec2.Vpc", id: "vpc-f", ...foreign });
    cloud.store.put({ type: "route53.Zone", id: "ZF", ...foreign });
    const make = (type: string, inputs: Props) => () => cloud.create(type, inputs);
    assert.throws(make("route53.ZoneAssociation", { zoneId, vpcId: "vpc-f" }), /AccessDenied/);
    const authorization = "route53.VpcAssociationAuthorization";
    assert.throws(make(authorization, { zoneId: "ZF", vpcId: "vpc-f" }), /AccessDenied/);
    make(authorization, { zoneId, vpcId: "vpc-f" })();
  });

  it("encrypts a log group only with a key that allows it", () => {
    const key = (policy: string) => cloud.create("kms.Key", { policy }).outputs.arn;
    const group = (kmsKeyId: unknown) =>
      cloud.create("cloudwatch.LogGroup", { name: "/lab/flow", kmsKeyId, retentionInDays: 30 });
    assert.throws(() => group(key("{}")), /AccessDenied/);
    group(key(JSON.stringify({ Service: "logs.eu-central-1.amazonaws.com" })));
  });

  it("refuses user data above 16 KiB", () => {
    const userData = Buffer.alloc(16 * 1024 + 1, "x").toString("base64");
    assert.throws(() => cloud.create("ec2.LaunchTemplate", { userData }), /16385 bytes/);
  });

  it("takes its account from the role that it assumes", () => {
    const assumeRoles = JSON.stringify([{ roleArn: "arn:aws:iam::210987654321:role/x" }]);
    const other = new Cloud({ region: "eu-central-1", assumeRoles });
    assert.strictEqual(
      other.provider.invoke("aws:index/getCallerIdentity:getCallerIdentity", {}).accountId,
      "210987654321",
    );
    other.remove();
  });

  it("knows no other types and functions", () => {
    assert.throws(() => cloud.create("ec2.Unheard", {}), /add a row/);
    assert.throws(() => cloud.provider.invoke("aws:ec2/getUnheard:getUnheard", {}), /add a row/);
  });
});
