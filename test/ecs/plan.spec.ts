import assert from "node:assert/strict";
import { taskOpenings } from "../../components/ecs/openings";
import type { Opening, Source, Target } from "../../components/network/firewall/openings";
import { outsideLabel } from "../../components/network/firewall/groups";
import { cellsOf } from "../mesh/reach/support";
import { factsOf, relationsOf } from "../support/topologies";
import { good, twoClusters, withService } from "./good";

const AS_ECHO = "as spiffe://prod.example/ns/ecs/sa/echo";
const AS_PODS = "as spiffe://prod.example/ns/*/sa/*";

function place(at: Source | Target): string {
  if (at.kind === "outside") return outsideLabel(at.of);
  if (at.kind === "pods" || at.kind === "api") return `${at.kind} of ${at.of.cluster.name}`;
  return at.kind === "balancer" ? at.of.label : at.kind;
}

function plainly({ to, from, ports: [first, last] }: Opening): string {
  return `${first === last ? first : `${first}-${last}`} of ${place(to)} from ${from.map(place).join(", ")}`;
}

describe("the plan of tasks", () => {
  it("has the names by which a task, its role and its istiod know each other", () => {
    const { family, kubernetesGroup, istiodHost, cluster, eksName } =
      factsOf(good).tasks.services.echo!;
    assert.match(family, /^demo-tasks-echo-[0-9a-f]{8}$/);
    assert.equal(kubernetesGroup, "istio-tasks.ecs.echo");
    assert.equal(istiodHost, "istiod.east.prod.demo.internal");
    assert.deepEqual([cluster, eksName], ["east", "demo-east"]);
  });

  it("has one ECS cluster for all services of a mesh and VPC, and one namespace", () => {
    const { ecsClusters, namespaces, guarded } = factsOf(good).tasks;
    assert.deepEqual(Object.keys(ecsClusters), ["prod/shared"]);
    assert.deepEqual(Object.keys(namespaces), ["east/ecs"]);
    assert.deepEqual(guarded, { east: { member: "prod/east" } });
  });

  it("takes ztunnel of the version that serves, from the mesh's registry", () => {
    const image = (istio: object) => {
      const changed = structuredClone(good);
      Object.assign(changed.istio!, istio);
      const { ztunnelImage, helperImage } = factsOf(changed).tasks.services.echo!;
      return [ztunnelImage, helperImage];
    };
    assert.deepEqual(image({})[0], "docker.io/istio/ztunnel:1.31.4");
    const own = { hub: "registry.example/istio", refresherImage: "registry.example/aws:2" };
    assert.deepEqual(image(own), ["registry.example/istio/ztunnel:1.31.4", own.refresherImage]);
  });

  it("follows the node agents of its cluster while it is upgraded", () => {
    const revised = structuredClone(good);
    revised.istio = { revisions: { r1: { version: "1.31.4" }, r2: { version: "1.31.3" } } };
    Object.assign(revised.meshes.prod!, { revision: "r1", agentRevision: "r2" });
    const { istiodHost, ztunnelImage } = factsOf(revised).tasks.services.echo!;
    assert.equal(istiodHost, "istiod-r2.east.prod.demo.internal");
    assert.equal(ztunnelImage, "docker.io/istio/ztunnel:1.31.3");
  });

  it("has a group for each zone: by number where AWS names them, by name where they are written", () => {
    const keys = (description: typeof good) =>
      factsOf(description).tasks.services.echo!.zones.map(({ key }) => key);
    assert.deepEqual(keys(good), ["0", "1", "2"]);
    const brought = structuredClone(good);
    const subnet = (zone: string, tier: "private" | "public") => ({
      ...{ id: `subnet-${zone}-${tier}`, cidr: "10.10.0.0/24", zone, tier },
    });
    brought.networks.shared = {
      existing: {
        ...{ vpcId: "vpc-1", cidrs: ["10.10.0.0/16"] },
        subnets: {
          b: subnet("eu-west-1b", "private"),
          a: subnet("eu-west-1a", "private"),
          a2: subnet("eu-west-1a", "private"),
          c: subnet("eu-west-1c", "public"),
        },
      },
    };
    assert.deepEqual(keys(brought), ["eu-west-1a", "eu-west-1b"]);
  });
});

describe("what is open for tasks", () => {
  it("is one port both ways and the API server", () => {
    assert.deepEqual(taskOpenings(relationsOf(good)).map(plainly).sort(), [
      "15008 of pods of east from tasks echo",
      "15008 of pods of east from tasks pay",
      "15008 of tasks echo from pods of east, tasks echo, tasks pay",
      "15008 of tasks pay from pods of east, tasks echo, tasks pay",
      "443 of api of east from tasks echo",
      "443 of api of east from tasks pay",
    ]);
  });

  it("lets in nothing else, and out to istiod, ztunnels and HTTPS alone", () => {
    const { groups } = factsOf(good).network.firewall;
    const { in: entering, out } = groups["tasks/echo"]!;
    const text = ({ ports: [first, last], side }: (typeof out)[number]) =>
      `${first}-${last} ${side.kind === "group" ? side.group : side.kind === "cidr" ? side.cidr : ""}`;
    assert.deepEqual(entering.map(text).sort(), [
      "15008-15008 cluster/east",
      "15008-15008 tasks/echo",
      "15008-15008 tasks/pay",
    ]);
    assert.deepEqual(out.map(text).sort(), [
      "15008-15008 cluster/east",
      "15008-15008 tasks/echo",
      "15008-15008 tasks/pay",
      "15012-15012 balancer/prod/east/istiod",
      "443-443 0.0.0.0/0",
    ]);
  });

  it("is metrics of ztunnel for those who scrape the mesh", () => {
    const scraped = structuredClone(good);
    scraped.meshes.prod!.observability = { metrics: { from: ["10.99.0.0/24"] } };
    const lines = taskOpenings(relationsOf(scraped)).map(plainly);
    assert.ok(lines.includes("15020 of tasks echo from addresses"), lines.join("\n"));
  });

  it("is the way out to gateways of other networks, and nothing in from there", () => {
    const lines = taskOpenings(relationsOf(twoClusters())).map(plainly);
    assert.ok(lines.includes("15008 of gateway prod/west/east-west from tasks echo"));
    const { groups } = factsOf(twoClusters()).network.firewall;
    const sides = groups["tasks/echo"]!.out.map(({ ports: [port], side }) => [port, side]);
    assert.ok(
      sides.some(([, side]) => JSON.stringify(side) === '{"kind":"cidr","cidr":"10.20.0.0/16"}'),
    );
    assert.deepEqual(
      groups["tasks/echo"]!.in.map(({ side }) => side.kind === "group" && side.group),
      ["cluster/east", "tasks/echo", "tasks/pay"],
    );
  });
});

describe("reach of tasks", () => {
  it("is direct within the cluster that serves them, and by mutual TLS alone", () => {
    const cells = cellsOf(good);
    assert.equal(cells["prod/east → echo.tasks"], `direct ${AS_PODS}`);
    assert.equal(cells["echo.tasks → prod/east"], `direct ${AS_ECHO}`);
    assert.equal(cells["echo.tasks → pay.tasks"], `direct ${AS_ECHO}`);
    assert.equal(cells["east → echo.tasks"], "not at all: closed");
    assert.equal(cells["echo.tasks → east"], "not at all: closed");
  });

  it("goes through gateways to other networks, and does not come from there", () => {
    const cells = cellsOf(twoClusters());
    assert.equal(cells["echo.tasks → prod/west"], `through prod/west/east-west ${AS_ECHO}`);
    assert.equal(cells["prod/west → echo.tasks"], "not at all: elsewhere");
    assert.equal(cells["west → echo.tasks"], "not at all: closed");
  });

  it("comes from clients of an ingress gateway of their own cluster", () => {
    const fronted = twoClusters();
    fronted.meshes.prod!.ingress = { public: { clusters: ["east", "west"], exposure: "internet" } };
    const cells = cellsOf(fronted);
    assert.match(cells["prod/east/public → echo.tasks"]!, /^through prod\/east\/public as /);
    assert.equal(cells["prod/west/public → echo.tasks"], "not at all: elsewhere");
  });

  it("is not all of a service that scales: the plan is the same for one task and for ninety", () => {
    const plan = (count: number) => {
      const { services } = factsOf(withService("echo", { count })).tasks;
      return { ...services.echo, count: 0 };
    };
    assert.deepEqual(plan(90), plan(1));
  });
});
