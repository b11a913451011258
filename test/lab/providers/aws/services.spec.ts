import assert from "node:assert";
import type { Props } from "../base/values";
import { addGroup, addVpc, Cloud, trustPolicy } from "../testing/cloud";

describe("aws stand-in: identities, load balancers and names", () => {
  let cloud: Cloud;
  beforeEach(() => (cloud = new Cloud()));
  afterEach(() => cloud.remove());

  const role = (name = "role") =>
    cloud.create("iam.Role", { name, assumeRolePolicy: trustPolicy }, name);

  it("refuses names that are too long once it has added to them", () => {
    const reasons = (name: string) =>
      cloud
        .check("iam.Role", { assumeRolePolicy: trustPolicy }, {}, name)
        .failures.map(({ reason }) => reason);
    assert.deepStrictEqual(reasons("r".repeat(56)), []);
    const [reason] = reasons("r".repeat(57));
    assert.match(reason, /-0123456' has 65 characters, at most 64/);
  });

  it("refuses tags that AWS refuses, those of the provider with a resource's own", () => {
    const many = Object.fromEntries(Array.from({ length: 50 }, (_, n) => [`t${n}`, ""]));
    const tagged = (tags: Props, type = "iam.Role") => {
      const own = new Cloud({ region: "eu-central-1", defaultTags: JSON.stringify({ tags }) });
      try {
        if (type === "iam.Role")
          own.create(type, { assumeRolePolicy: trustPolicy, tags: { Name: "r" } });
        else own.create(type, { cidrBlock: "10.0.0.0/16" });
      } finally {
        own.remove();
      }
    };
    tagged({ "étage 1": "a=b/c:d@e+f_g.h-i" });
    assert.throws(() => tagged(many), /TagLimitExceeded: 51 tags/);
    assert.throws(() => tagged({ name: "x" }), /Tag keys are case insensitive/);
    const long = { ["k".repeat(129)]: "" };
    const bad = [{ "a(": "" }, { a: "b|c" }, { a: '"' }, { "": "" }, { "Aws:a": "" }, long];
    for (const tags of [...bad, { a: "v".repeat(257) }])
      assert.throws(() => tagged(tags as Props), /InvalidParameterValue: tag/);
    tagged({ "a(": '"', A: "", a: "" }, "ec2.Vpc");
    assert.throws(() => tagged({ "aws:a": "" }, "ec2.Vpc"), /InvalidParameterValue: tag/);
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

  it("refuses documents of roles that are too long, white space left out", () => {
    const trustOf = (length: number) => {
      const { Version, Statement } = JSON.parse(trustPolicy);
      const text = (Sid: string) =>
        JSON.stringify({ Version, Statement: [{ Sid, ...Statement[0] }] });
      return `${text("s".repeat(length - text("").length))}\n  `;
    };
    const create = (name: string, length: number) =>
      cloud.create("iam.Role", { name, assumeRolePolicy: trustOf(length) }, name);
    create("fits", 2048);
    assert.throws(() => create("long", 2049), /ACLSizePerRole: 2048/);
    const policy = (kind: string) =>
      JSON.stringify({
        Statement: [{ Effect: "Allow", Action: "a:b", Resource: [kind.repeat(5100)] }],
      });
    const put = (name: string) =>
      cloud.create("iam.RolePolicy", { role: "fits", name, policy: policy(name) }, name);
    put("a");
    assert.throws(() => put("b"), /Maximum policy size of 10240 bytes exceeded for role fits/);
  });

  it("takes a role's name once, a whole path, and a boundary of the role's own account", () => {
    const create = (inputs: Props) =>
      cloud.create("iam.Role", { name: "other", assumeRolePolicy: trustPolicy, ...inputs });
    role("reader");
    assert.throws(() => create({ name: "Reader", path: "/a/" }), /EntityAlreadyExists/);
    for (const path of ["a/", "/a", `/${"p".repeat(511)}/`])
      assert.throws(() => create({ path }), /ValidationError/, path);
    const boundary = (id: string) => ({ permissionsBoundary: `arn:aws:iam::${id}:policy/edge` });
    for (const id of ["123456789012", "210987654321"])
      assert.throws(() => create(boundary(id)), /NoSuchEntity: Scope ARN/);
    const policy = { Effect: "Allow", Action: "a:b", Resource: "*" };
    const document = JSON.stringify({ Statement: [policy] });
    cloud.create("iam.Policy", { name: "edge", policy: document });
    create({ ...boundary("123456789012"), path: "/a/" });
  });

  it("lets no role be made that an organization forbids", () => {
    const permissionsBoundary = "arn:aws:iam::123456789012:policy/edge";
    const create = (inputs: Props) =>
      cloud.create("iam.Role", { name: "r", assumeRolePolicy: trustPolicy, ...inputs });
    cloud.tell("organization", "roles", { permissionsBoundary: "edge", path: "/mesh/" });
    for (const said of [{}, { permissionsBoundary }, { path: "/mesh/" }])
      assert.throws(() => create(said), /explicit deny in a service control policy/);
    create({ permissionsBoundary, path: "/mesh/" });
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

  it("deletes no load balancer that is kept from deletion, until it is not", () => {
    const { subnets } = addVpc(cloud, 0);
    const inputs = { name: "kept", loadBalancerType: "network", subnets };
    const kept = { ...inputs, enableDeletionProtection: true };
    const { id } = cloud.create("lb.LoadBalancer", kept);
    assert.throws(
      () => cloud.delete("lb.LoadBalancer", id),
      /OperationNotPermitted: .* has deletion protection/,
    );
    cloud.update("lb.LoadBalancer", id, { ...inputs, enableDeletionProtection: false });
    cloud.delete("lb.LoadBalancer", id);
  });

  it("takes no security group that is called as an id of one", () => {
    const { vpc: vpcId } = addVpc(cloud, 0);
    const { failures } = cloud.check("ec2.SecurityGroup", { vpcId, name: "sg-istio" });
    assert.match(failures[0].reason, /'sg-istio' does not match/);
    assert.deepStrictEqual(cloud.check("ec2.SecurityGroup", { vpcId, name: "asg-1" }).failures, []);
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

  it("asks no key of a log group that names none, whatever keys there are", () => {
    cloud.create("kms.Key", { policy: "{}" });
    cloud.create("cloudwatch.LogGroup", { name: "/lab/plain", retentionInDays: 30 });
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
