import assert from "node:assert/strict";
import { machineOpenings } from "../../components/vm/openings";
import { outsideLabel } from "../../components/network/firewall/groups";
import type { Opening } from "../../components/network/firewall/openings";
import type { TopologyDescription } from "../../components/topology";
import { cellsOf } from "../mesh/reach/support";
import { factsOf, patterns, relationsOf } from "../support/topologies";
import { good, withGroup } from "./good";

const [same, different, inAmbient] = ["same-network", "different-network", "ambient"].map(
  (name) => patterns[`03-vm-${name}`]!,
);
const AS = "as spiffe://cluster.local/ns/*/sa/*";
const AS_MACHINES = "as spiffe://cluster.local/ns/legacy/sa/legacy";

function groupOf(description: TopologyDescription, name = "legacy") {
  return factsOf(description).machines.groups[name]!;
}

function plainly({ name, to, from, ports: [first, last] }: Opening): string {
  const sources = from.map((source) => {
    if (source.kind === "pods") return source.of.cluster.name;
    return source.kind === "outside" && source.of.kind === "machines"
      ? `${source.of.group.name} machines`
      : source.kind;
  });
  const target =
    to.kind === "outside"
      ? outsideLabel(to.of).replace("machines ", "")
      : to.kind === "balancer"
        ? ""
        : to.of.cluster.name;
  return `${name} ${first}-${last} of ${to.kind} ${target} from ${sources.join(", ")}`;
}

describe("the plan of machines", () => {
  it("has the names by which a machine, its role and its istiod know each other", () => {
    const { autoScalingGroup, kubernetesGroup, istiodHost, cluster, eksName } = groupOf(same);
    assert.match(autoScalingGroup, /^test-machines-legacy-[0-9a-f]{8}$/);
    assert.match(kubernetesGroup, /^istio-machines-legacy-legacy-[0-9a-f]{8}$/);
    assert.equal(istiodHost, "istiod.east.prod.test.internal");
    assert.deepEqual([cluster, eksName], ["east", "test-east"]);
  });

  it("tells groups apart whose names could be joined from others", () => {
    const one = groupOf(withGroup("legacy", { namespace: "a-b", serviceAccount: "c" }));
    const other = groupOf(withGroup("legacy", { namespace: "a", serviceAccount: "b-c" }));
    assert.notEqual(one.kubernetesGroup, other.kubernetesGroup);
  });

  it("looks AMIs up when instances start, by processor", () => {
    const image = (fields: object) => groupOf(withGroup("legacy", fields)).imageId;
    assert.equal(
      image({}),
      "resolve:ssm:/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64",
    );
    assert.equal(
      image({ image: "ubuntu-24.04", architecture: "arm64" }),
      "resolve:ssm:/aws/service/canonical/ubuntu/server/24.04/stable/current/arm64/hvm/ebs-gp3/ami-id",
    );
    assert.equal(image({ image: "/apps/ami" }), "resolve:ssm:/apps/ami");
    assert.equal(image({ image: "ami-0123456789abcdef0" }), "ami-0123456789abcdef0");
  });

  it("takes the agent of the version that serves, from Istio or a mirror, or what the image has", () => {
    const location = (agentPackage?: object) =>
      groupOf(withGroup("legacy", { agentPackage })).packageLocation;
    assert.equal(location(), "https://blob.istio.io/istio-release/releases/1.31.4/{kind}");
    assert.equal(location({ location: "https://mirror/istio/" }), "https://mirror/istio");
    assert.equal(location({ source: "image" }), undefined);
  });

  it("is of the revision that is said, or that the cluster picks", () => {
    const revised = structuredClone(good);
    revised.istio = { revisions: { r1: { version: "1.31.4" }, r2: { version: "1.31.3" } } };
    revised.meshes.prod!.revision = "r1";
    revised.virtualMachines!.legacy!.revision = "r2";
    assert.equal(groupOf(revised).istiodHost, "istiod-r2.east.prod.demo.internal");
    assert.equal(groupOf(revised, "batch").istiodHost, "istiod-r1.west.prod.demo.internal");
  });

  it("is served by the istiod that reads its configuration there, also from outside", () => {
    const external = structuredClone(patterns["03-external-istiod-kubernetes"]!);
    external.virtualMachines = {
      legacy: { ...same.virtualMachines!.legacy!, controlledBy: "east", network: "apps" },
    };
    const { istiodHost, cluster, member } = groupOf(external);
    assert.equal(istiodHost, "istiod.mgmt.prod.test.internal");
    assert.deepEqual([cluster, member], ["east", "prod/east"]);
  });

  it("has a namespace and a Service in every member, but for machines that nobody calls", () => {
    const { namespaces, services } = factsOf(good).machines;
    assert.deepEqual(Object.keys(namespaces).sort(), [
      ...["east/legacy", "north/legacy", "west/batch", "west/legacy"],
    ]);
    assert.deepEqual(Object.keys(services).sort(), ["north/legacy", "west/legacy"]);
  });

  it("asks nothing of istiod's load balancer but its configuration and certificates", () => {
    const { groups } = factsOf(same).network.firewall;
    const { in: rules } = groups["balancer/prod/east/istiod"]!;
    assert.deepEqual(
      rules.map(({ ports, side }) => [ports, side]),
      [[[15012, 15012], { kind: "group", group: "machines/legacy" }]],
    );
  });

  it("tells an istiod that serves machines alone its name, and not that it serves clusters", () => {
    const { istiods, servesRemotes } = factsOf(same).istio.controlPlanes["prod/east"]!;
    assert.equal(istiods[0]!.host, "istiod.east.prod.test.internal");
    assert.equal(servesRemotes, false);
    assert.equal(factsOf(same).istio.controlPlanes["prod/west"]!.istiods[0]!.host, undefined);
  });
});

describe("what is open for machines", () => {
  it("is their ports to pods and machines of the mesh, pods of their network, and the API server", () => {
    assert.deepEqual(machineOpenings(relationsOf(good)).map(plainly).sort(), [
      "api 443-443 of api east from legacy machines",
      "api 443-443 of api west from batch machines",
      "grpc-api 9090-9090 of outside legacy from east, north, west, batch machines, legacy machines",
      "http 8080-8080 of outside legacy from east, north, west, batch machines, legacy machines",
      "pods 0-65535 of pods east from legacy machines",
      "pods 0-65535 of pods north from legacy machines",
      "pods 0-65535 of pods west from legacy machines",
    ]);
  });

  it("is no port of a pod on another network: machines come by its gateway", () => {
    assert.deepEqual(machineOpenings(relationsOf(different)).map(plainly), [
      "http 8080-8080 of outside legacy from east, legacy machines",
      "api 443-443 of api east from legacy machines",
    ]);
    const { groups, publicApi } = factsOf(different).network.firewall;
    assert.deepEqual(publicApi, { east: ["machines"] });
    const { in: rules } = groups["balancer/prod/east/east-west"]!;
    assert.deepEqual(
      rules.map(({ side }) => side),
      ["10.10.0.0/16", "10.20.0.0/16"].map((cidr) => ({ kind: "cidr", cidr })),
    );
  });

  it("is one port both ways in ambient, whatever the ports of the application", () => {
    assert.deepEqual(machineOpenings(relationsOf(inAmbient)).map(plainly), [
      "hbone 15008-15008 of outside legacy from east, legacy machines",
      "hbone 15008-15008 of pods east from legacy machines",
      "api 443-443 of api east from legacy machines",
    ]);
  });

  it("is that port to and from tasks that the same istiod serves", () => {
    const mixed = structuredClone(inAmbient);
    mixed.ecsServices = {
      echo: {
        ...{ mesh: "prod", controlledBy: "east", namespace: "ecs", serviceAccount: "echo" },
        ...{ image: "public.ecr.aws/docker/library/httpd:2.4", ports: { http: 80 } },
      },
    };
    const cells = cellsOf(mixed);
    assert.equal(cells["legacy.machines → echo.tasks"], `direct ${AS_MACHINES}`);
    assert.equal(
      cells["echo.tasks → legacy.machines"],
      "direct as spiffe://cluster.local/ns/ecs/sa/echo",
    );
  });

  it("joins their VPC with those of all members", () => {
    const { links } = relationsOf(good);
    assert.deepEqual(
      links.map(({ a, b }) => [a.id, b.id]),
      [["apart", "shared"]],
    );
  });
});

describe("reach of machines", () => {
  it("is direct both ways on one network", () => {
    const cells = cellsOf(same);
    assert.equal(cells["prod/west → legacy.machines"], `direct ${AS}`);
    assert.equal(cells["legacy.machines → prod/west"], `direct ${AS_MACHINES}`);
    assert.equal(cells["legacy.machines → legacy.machines"], `direct ${AS_MACHINES}`);
    assert.equal(cells["east → legacy.machines"], "not at all: plain-text");
    assert.equal(cells["legacy.machines → west"], "direct");
  });

  it("is by the gateway to pods of another network, and direct from them", () => {
    const cells = cellsOf(different);
    assert.equal(
      cells["legacy.machines → prod/east"],
      `through prod/east/east-west ${AS_MACHINES}`,
    );
    assert.equal(cells["prod/east → legacy.machines"], `direct ${AS}`);
    assert.equal(cells["legacy.machines → east"], "not at all: closed");
  });

  it("is not at all where the machines are clients only", () => {
    const cells = cellsOf(good);
    assert.equal(cells["prod/east → batch.machines"], "not at all: client-only");
    assert.match(cells["batch.machines → legacy.machines"]!, /^direct as spiffe:.*\/sa\/batch$/);
  });

  it("is direct both ways in ambient to what is in the mesh, and to nothing else", () => {
    const cells = cellsOf(inAmbient);
    assert.equal(cells["prod/east → legacy.machines"], `direct ${AS}`);
    assert.equal(cells["legacy.machines → prod/east"], `direct ${AS_MACHINES}`);
    assert.equal(cells["legacy.machines → legacy.machines"], `direct ${AS_MACHINES}`);
    assert.equal(cells["east → legacy.machines"], "not at all: closed");
    assert.equal(cells["legacy.machines → east"], "not at all: closed");
  });

  it("is not at all in ambient where the machines are clients only", () => {
    const clients = structuredClone(inAmbient);
    Object.assign(clients.virtualMachines!.legacy!, { inbound: "none", ports: {} });
    assert.equal(cellsOf(clients)["prod/east → legacy.machines"], "not at all: client-only");
  });

  it("comes from clients of an ingress gateway", () => {
    const fronted = structuredClone(same);
    fronted.meshes.prod!.ingress = { public: { clusters: ["west"], exposure: "internet" } };
    assert.match(
      cellsOf(fronted)["prod/west/public → legacy.machines"]!,
      /^through prod\/west\/public as .*\/sa\/istio-ingress-public$/,
    );
  });
});
