import assert from "node:assert/strict";
import * as aws from "@pulumi/aws";
import * as eks from "@pulumi/eks";
import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import * as tls from "@pulumi/tls";
import { mockRun, redacted, UNKNOWN } from "../../engine";

class Group extends pulumi.ComponentResource {
  constructor(name: string, vpcName = `${name}-vpc`, opts?: pulumi.ComponentResourceOptions) {
    super("px:index:Group", name, {}, opts);
    new aws.ec2.Vpc(vpcName, { cidrBlock: "10.0.0.0/16" }, { parent: this });
    this.registerOutputs({ name });
  }
}

const VPC = "aws:ec2/vpc:Vpc";

describe("the in-process engine", () => {
  it("sees what the engine would: parents, dependencies, provider, protect and options", async () => {
    const graph = await mockRun(() => {
      const provider = new aws.Provider("eu", { region: "eu-west-1" });
      const group = new Group("a", undefined, { providers: [provider], protect: true });
      new aws.ec2.Vpc(
        "late",
        { cidrBlock: "10.1.0.0/16" },
        { dependsOn: group, ignoreChanges: ["tags"], retainOnDelete: true, aliases: ["early"] },
      );
    });
    const [group, vpc, late] = [
      graph.one("px:index:Group"),
      graph.one(VPC, "a-vpc"),
      graph.one(VPC, "late"),
    ];
    assert.equal(vpc.urn, `urn:pulumi:dev::istio-patterns::px:index:Group$${VPC}::a-vpc`);
    assert.equal(graph.parentOf(vpc), group);
    assert.equal(graph.providerOf(vpc), graph.one("pulumi:providers:aws", "eu"));
    assert.equal(vpc.protect, true);
    assert.equal(late.protect, false);
    assert.equal(late.provider, undefined);
    assert.deepEqual(late.ignoreChanges, ["tags"]);
    assert.deepEqual(late.aliases, ["early"]);
    assert.equal(late.retainOnDelete, true);
    assert.ok(graph.dependsOn(late, vpc));
    assert.ok(graph.dependsOn(late, group));
    assert.ok(!graph.dependsOn(vpc, late));
    assert.deepEqual(group.outputs, { name: "a" });
  });

  it("answers with what AWS would compute, in the provider's region", async () => {
    const graph = await mockRun(() => {
      const provider = new aws.Provider("us", { region: "us-east-1" });
      const zones = aws.getAvailabilityZonesOutput({}, { provider });
      const cluster = new eks.Cluster("east", { name: "demo-east" }, { provider });
      return {
        zones: zones.names,
        endpoint: cluster.eksCluster.endpoint,
        json: cluster.kubeconfigJson,
      };
    });
    const { zones, endpoint, json } = graph.outputs;
    assert.deepEqual(zones.slice(0, 2), ["us-east-1a", "us-east-1b"]);
    assert.match(endpoint, /^https:.*\.eks\.us-east-1\.amazonaws\.com$/);
    assert.equal(JSON.parse(json).kind, "Config");
    assert.equal(graph.one("eks:index:Cluster").remote, true);
  });

  it("leaves out what only a deployment knows, and registers the same resources", async () => {
    const body = () => {
      const vpc = new aws.ec2.Vpc("main", { cidrBlock: "10.0.0.0/16" });
      new aws.ec2.Subnet("first", { vpcId: vpc.id, cidrBlock: "10.0.0.0/24" });
    };
    const [known, unknown] = [await mockRun(body), await mockRun(body, { unknownOutputs: true })];
    const subnet = "aws:ec2/subnet:Subnet";
    assert.match(known.one(subnet).inputs.vpcId, /^vpc-/);
    assert.equal(unknown.one(subnet).inputs.vpcId, UNKNOWN);
    assert.deepEqual(unknown.one(subnet).unknowns, ["vpcId"]);
    assert.deepEqual(
      unknown.resources.map(({ urn }) => urn),
      known.resources.map(({ urn }) => urn),
    );
  });

  it("records which inputs and outputs are secret, and hides them", async () => {
    const graph = await mockRun(
      () => {
        const key = new tls.PrivateKey("root", { algorithm: "ECDSA" });
        new k8s.core.v1.Secret("cacerts", {
          metadata: { name: "cacerts" },
          stringData: { "ca-key.pem": key.privateKeyPem, "root-cert.pem": "public" },
        });
        return { token: new pulumi.Config().requireSecret("token") };
      },
      { config: { "istio-patterns:token": "hunter2" }, secretKeys: ["istio-patterns:token"] },
    );
    const secret = graph.one("kubernetes:core/v1:Secret");
    const text = JSON.stringify(redacted(secret));
    assert.deepEqual(secret.secrets, ["stringData"]);
    assert.match(secret.inputs.stringData["ca-key.pem"], /PRIVATE KEY/);
    assert.doesNotMatch(text, /PRIVATE KEY/);
    assert.deepEqual(graph.outputSecrets, ["token"]);
    assert.ok(graph.secretValues().includes("hunter2"));
  });

  it("refuses a URN that two resources share, which mocks accept", async () => {
    const twice = () => {
      new Group("a", "same");
      new Group("b", "same");
    };
    await assert.rejects(mockRun(twice), {
      message:
        `duplicate resource URN urn:pulumi:dev::istio-patterns::px:index:Group$${VPC}::same: two resources of type ` +
        `${VPC} are named "same" under parents of the same types (a URN holds the parents' types, not their names); ` +
        `give one of them another name`,
    });
  });

  it("refuses two objects that are one to the cluster, and allows them in two clusters", async () => {
    const namespace = (name: string, provider: k8s.Provider) =>
      new k8s.core.v1.Namespace(name, { metadata: { name: "istio-system" } }, { provider });
    const east = () => new k8s.Provider("east", { kubeconfig: "{}" });
    const graph = await mockRun(() => {
      namespace("a", east());
      namespace("b", new k8s.Provider("west", { kubeconfig: "{}" }));
    });
    assert.equal(graph.ofType("kubernetes:core/v1:Namespace").length, 2);
    await assert.rejects(
      mockRun(() => {
        const provider = east();
        namespace("a", provider);
        namespace("b", provider);
      }),
      {
        message:
          'kubernetes:core/v1:Namespace "b" and "a" are the same object in the cluster: /istio-system',
      },
    );
  });

  it("lets a program's own error out, also from an output's callback", async () => {
    const refusal = new pulumi.RunError("no api");
    await assert.rejects(
      mockRun(() => {
        throw refusal;
      }),
      refusal,
    );
    await assert.rejects(
      mockRun(() => {
        const cidr = pulumi.output("x").apply((): string => {
          throw refusal;
        });
        new aws.ec2.Vpc("main", { cidrBlock: cidr });
      }),
      refusal,
    );
  });

  it("answers what another stack has put out", async () => {
    const other = () => ({ url: new pulumi.StackReference("acme/net/prod").requireOutput("url") });
    const options = { stackOutputs: { "acme/net/prod": { url: "https://x" } } };
    for (const unknownOutputs of [false, true]) {
      const graph = await mockRun(other, { ...options, unknownOutputs });
      assert.deepEqual(graph.outputs, { url: "https://x" });
      assert.deepEqual(graph.outputSecrets, ["url"]);
    }
  });

  it("hands a component's providers down to the components in it, as the engine does", async () => {
    const graph = await mockRun(() => {
      const provider = new aws.Provider("us", { region: "us-east-1" });
      const group = new Group("a", undefined, { providers: [provider] });
      const cluster = new eks.Cluster("east", {}, { parent: group });
      return { endpoint: cluster.eksCluster.endpoint };
    });
    assert.match(graph.outputs.endpoint, /us-east-1/);
    const { aws: provider } = graph.one("eks:index:Cluster").providers;
    assert.equal(graph.get(provider).name, "us");
  });

  it("leaves nothing of a refused program to the next run, or to Node", async () => {
    const unhandled: unknown[] = [];
    const listen = (reason: unknown) => void unhandled.push(reason);
    process.on("unhandledRejection", listen);
    try {
      const refused = mockRun(() => {
        throw new Error("mine");
      });
      await assert.rejects(refused, /^Error: mine$/);
      const next = await mockRun(() => void new aws.ec2.Vpc("next", { cidrBlock: "10.0.0.0/16" }));
      assert.equal(next.ofType(VPC).length, 1);
      await new Promise((resolve) => setTimeout(resolve, 20));
      assert.deepEqual(unhandled, []);
    } finally {
      process.off("unhandledRejection", listen);
    }
  });

  it("keeps the runs of one process apart", async () => {
    const one = (name: string) => () => {
      new aws.ec2.Vpc(name, { cidrBlock: new pulumi.Config().get("cidr") });
    };
    const [a, b] = await Promise.all([
      mockRun(one("a"), { config: { "istio-patterns:cidr": "10.0.0.0/16" } }),
      mockRun(one("b")),
    ]);
    assert.equal(a.one(VPC).inputs.cidrBlock, "10.0.0.0/16");
    assert.equal(b.one(VPC).inputs.cidrBlock, undefined);
    assert.deepEqual([a.resources.length, b.resources.length], [2, 2]);
  });

  it("collects what the program logs for the user", async () => {
    const graph = await mockRun(() => void pulumi.log.warn("one NAT gateway"));
    assert.deepEqual(graph.messages, ["one NAT gateway"]);
  });
});
