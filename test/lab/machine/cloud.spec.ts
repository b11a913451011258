import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as net from "node:net";
import * as os from "node:os";
import * as path from "node:path";
import { autoModeRights } from "../../../components/cluster/nodes/autoModeRights";
import { controllerPolicy } from "../../../components/cluster/loadBalancers/loadBalancerPolicy";
import type { ClusterState, Endpoint, Target } from "./clusterState";
import { Forwarders } from "./forwarders";
import type { Json } from "./kube";
import { LoadBalancers } from "./loadBalancers";
import { pace } from "./pace";
import { Store } from "./store";
import { AddressPool } from "./vpc/addressPool";

let folder = "";
let store: Store;
const times = { ...pace };
beforeEach(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), "lab-cloud-"));
  store = new Store(folder);
  Object.assign(pace, times, { registration: 0 });
});
afterEach(() => {
  Object.assign(pace, times);
  fs.rmSync(folder, { recursive: true });
});

function put(type: string, id: string, outputs: Json): void {
  const place = { account: "123456789012", region: "eu-central-1" };
  store.write({ type, id, ...place, inputs: outputs, outputs });
}

/** A cluster as the cloud's controllers see it, with what they write to it. */
class FakeCluster {
  readonly name = "east";
  readonly index = 0;
  readonly region = "eu-central-1";
  readonly patches: [string, Json][] = [];
  readonly kube = {
    patch: async (target: string, body: Json) => void this.patches.push([target, body]),
    apply: async (target: string, body: Json) => void this.applied.set(target, body),
    delete: async (target: string) => void this.applied.delete(target),
  };
  /** What was applied and is there, by path. */
  readonly applied = new Map<string, Json>();
  readonly objects: Record<string, Json[]> = {};
  behind: (Target & Partial<Endpoint>)[] = [];

  all(kind: string): Json[] {
    return this.objects[kind] ?? [];
  }

  endpoints(): Endpoint[] {
    return this.behind.map((one) => ({ ready: true, terminating: false, ...one }));
  }

  get state(): ClusterState {
    return this as unknown as ClusterState;
  }
}

async function listen(answer: string): Promise<{ port: number; close: () => void }> {
  // A health check hangs up without reading.
  const server = net.createServer((socket) => socket.on("error", () => {}).end(answer));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as net.AddressInfo;
  return { port, close: () => server.close() };
}

/** What a client of an address reads until the other side ends; the error's code where it is refused. */
function read(port: number): Promise<string> {
  return new Promise((resolve) => {
    let text = "";
    const socket = net.connect(port, "127.0.0.1");
    socket.on("data", (chunk) => (text += chunk));
    socket.on("end", () => resolve(text));
    socket.on("error", (error: NodeJS.ErrnoException) => resolve(error.code ?? ""));
  });
}

const GROUP =
  "arn:aws:elasticloadbalancing:eu-central-1:123456789012:targetgroup/group/0123456789abcdef";
const CONTROLLER_ACCOUNT = {
  namespace: "kube-system",
  serviceAccount: "aws-load-balancer-controller",
};

describe("a network load balancer", () => {
  const binding = {
    apiVersion: "eks.amazonaws.com/v1",
    metadata: { name: "istiod", namespace: "istio-system" },
    spec: { targetGroupARN: GROUP, serviceRef: { name: "istiod", port: 15012 } },
  };

  async function reached(
    tags: Json,
    behind: (port: number) => Target[],
    kind = "autoBindings",
  ): Promise<string> {
    const server = await listen("istiod");
    const free = await listen("");
    free.close();
    const subnetMappings = [
      { subnetId: "a", privateIpv4Address: "127.0.0.1" },
      { subnetId: "b", privateIpv4Address: "127.0.0.2" },
    ];
    put("lb.LoadBalancer", "nlb", { arn: "nlb", subnetMappings });
    const defaultActions = [{ type: "forward", targetGroupArn: GROUP }];
    put("lb.Listener", "one", { loadBalancerArn: "nlb", port: free.port, defaultActions });
    put("lb.TargetGroup", "group", { arn: GROUP, tags });
    const cluster = new FakeCluster();
    cluster.objects[kind] = [binding];
    cluster.behind = behind(server.port);
    const forwarders = new Forwarders(store, [cluster.state], () => false);
    // Registered, found healthy, sent to.
    for (let round = 0; round < 3; round++) await forwarders.reconcile();
    const answer = await read(free.port);
    forwarders.stop();
    server.close();
    return answer;
  }

  const tagged = { "eks:eks-cluster-name": "east" };
  const local = (port: number): Target => ({ address: "127.0.0.1", port });

  it("forwards to the pods behind a binding", async () => {
    assert.equal(await reached(tagged, (port) => [local(port)]), "istiod");
  });

  it("leaves out targets that fail their health check", async () => {
    assert.equal(await reached(tagged, (port) => [local(1), local(port), local(1)]), "istiod");
  });

  it("refuses connections that no target takes", async () => {
    assert.equal(await reached(tagged, () => [local(1)]), "ECONNREFUSED");
  });

  it("leaves out targets in zones that it has no subnet in", async () => {
    put("ec2.Subnet", "a", { cidrBlock: "127.1.0.0/16", availabilityZone: "eu-central-1a" });
    put("ec2.Subnet", "b", { cidrBlock: "127.2.0.0/16", availabilityZone: "eu-central-1b" });
    const targetIn = (availabilityZone: string) => {
      put("ec2.Subnet", "pods", { cidrBlock: "127.0.0.0/24", availabilityZone });
      return reached(tagged, (port) => [local(port)]);
    };
    assert.equal(await targetIn("eu-central-1c"), "ECONNREFUSED");
    assert.equal(await targetIn("eu-central-1b"), "istiod");
  });

  it("registers nothing in a target group that names no cluster", async () => {
    assert.equal(await reached({}, (port) => [local(port)]), "ECONNREFUSED");
  });

  it("registers nothing in a target group of another cluster", async () => {
    const other = { "eks:eks-cluster-name": "west" };
    assert.equal(await reached(other, (port) => [local(port)]), "ECONNREFUSED");
  });

  it("gets no targets of a controller whose policy does not let it register", async () => {
    const byController = (tags: Json) =>
      reached(tags, (port) => [local(port)], "controllerBindings");
    put("eks.Cluster", "east", { name: "east" });
    assert.equal(await byController(tagged), "ECONNREFUSED", "without a role");
    const policy = controllerPolicy({
      ...{ clusterName: "east", region: "eu-central-1", vpcId: "vpc-1" },
    });
    const identity = { clusterName: "east", ...CONTROLLER_ACCOUNT, roleArn: "arn:role" };
    put("eks.PodIdentityAssociation", "a-1", identity);
    put("iam.Role", "role", { name: "role", arn: "arn:role" });
    put("iam.RolePolicy", "role:p", { role: "role", policy: JSON.stringify(policy) });
    assert.equal(await byController(tagged), "istiod");
    assert.equal(await byController({ Name: "untagged" }), "ECONNREFUSED");
    store.remove("eks.Cluster", "east");
    assert.equal(await byController({}), "istiod", "a cluster of yours");
  });
});

const ANNOTATION = "service.beta.kubernetes.io/aws-load-balancer-";

describe("a Service of type LoadBalancer", () => {
  const service = (more: Json = {}, spec: Json = {}) => ({
    metadata: { name: "gateway", namespace: "istio-system", uid: "0123456789abcdef", ...more },
    spec: { type: "LoadBalancer", ports: [{ port: 15443 }], ...spec },
  });

  async function reconcile(cluster: FakeCluster, ...services: Json[]): Promise<LoadBalancers> {
    const controller = new LoadBalancers(store, cluster.state, new AddressPool(store));
    for (const one of services) {
      cluster.objects.services = [one];
      cluster.patches.length = 0;
      await controller.reconcile();
    }
    return controller;
  }

  const made = () => store.list("lb.LoadBalancer");

  it("gets a load balancer in the cluster's subnets, with its security groups", async () => {
    put("eks.Cluster", "east", {
      name: "east",
      computeConfig: { enabled: true },
      vpcConfig: { subnetIds: ["subnet-1"] },
    });
    const cluster = new FakeCluster();
    const annotations = { [`${ANNOTATION}security-groups`]: "sg-1" };
    await reconcile(cluster, service({ annotations }));
    const [{ outputs }] = made();
    assert.deepEqual([outputs.subnets, outputs.securityGroups], [["subnet-1"], ["sg-1"]]);
    const status = { loadBalancer: { ingress: [{ hostname: outputs.dnsName }] } };
    assert.deepEqual(cluster.patches.at(-1)?.[1], { status });
  });

  it("gets none with tags that the cluster's role may not set", async () => {
    const facts = { name: "east", computeConfig: { enabled: true }, roleArn: "arn:role" };
    put("eks.Cluster", "east", { ...facts, vpcConfig: { subnetIds: ["subnet-1"] } });
    put("iam.Role", "role", { name: "role", arn: "arn:role" });
    const notes = { [`${ANNOTATION}additional-resource-tags`]: "team=a=b,cost=" };
    const ask = () => reconcile(new FakeCluster(), service({ annotations: notes }));
    await ask();
    assert.deepEqual(made(), []);
    const rights = (clusterName: string) =>
      JSON.stringify(autoModeRights({ clusterName, region: "eu-central-1" }));
    put("iam.RolePolicy", "role:p", { role: "role", policy: rights("west") });
    await ask();
    assert.deepEqual(made(), []);
    put("iam.RolePolicy", "role:p", { role: "role", policy: rights("east") });
    await ask();
    assert.deepEqual(made()[0].outputs.tags, { team: "a=b", cost: "" });
  });

  it("gets none of a class that the cluster has no controller for", async () => {
    await reconcile(new FakeCluster(), service({}, { loadBalancerClass: "service.k8s.aws/nlb" }));
    assert.deepEqual(made(), []);
  });

  it("gets none on managed nodes before the controller runs", async () => {
    put("eks.Cluster", "east", { name: "east" });
    const cluster = new FakeCluster();
    await reconcile(cluster, service());
    assert.deepEqual(made(), []);
    const labels = { "app.kubernetes.io/name": "aws-load-balancer-controller" };
    cluster.objects.deployments = [{ metadata: { labels }, status: { availableReplicas: 1 } }];
    await reconcile(cluster, service());
    assert.equal(made().length, 1);
  });

  it("takes its load balancer along when it is deleted", async () => {
    const cluster = new FakeCluster();
    const finalizers = ["service.eks.amazonaws.com/resources"];
    const gone = service({ finalizers, deletionTimestamp: "2026-01-01T00:00:00Z" });
    await reconcile(cluster, service(), gone);
    assert.deepEqual(made(), []);
    assert.deepEqual(cluster.patches.at(-1)?.[1], { metadata: { finalizers: [] } });
  });

  it("leaves its load balancer behind when the cluster goes first", async () => {
    put("eks.Cluster", "east", { name: "east", computeConfig: { enabled: true } });
    const cluster = new FakeCluster();
    const controller = await reconcile(cluster, service());
    store.remove("eks.Cluster", "east");
    cluster.objects.services = [service({ deletionTimestamp: "2026-01-01T00:00:00Z" })];
    await controller.reconcile();
    assert.equal(made().length, 1);
  });
});
