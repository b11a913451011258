import assert from "node:assert/strict";
import fc from "fast-check";
import { readFileSync } from "node:fs";
import { descriptionOf } from "../../../bench/description";
import { renderSvg } from "../../../cli/drawing/svg";
import { renderText } from "../../../cli/text/text";
import { buildReport } from "../../../cli/report/build";
import { Invented } from "../../../cli/report/invented";
import type { Report } from "../../../cli/report/report";
import { checkTopology } from "../../../components/mesh";
import { ControlPlaneMode, type TopologyDescription } from "../../../components/topology";
import { Graph } from "../../../engine/graph";
import { descriptionsOf } from "../../support/descriptions";
import { PICTURE, pictureText } from "../../support/readmePicture";
import { patterns } from "../../support/topologies";
import { twoServers } from "../../support/variants";
import { planOf, subjects } from "../support";
import { checkGeometry } from "./geometry";

/** What is drawn comes from the facts alone, so no program has to run; undefined where a rule refuses. */
function reportOf(description: TopologyDescription): Report | undefined {
  const context = { name: "test", region: "eu-west-1", offline: true };
  const { planned } = checkTopology(description, context);
  if (!planned) return undefined;
  const graph = new Graph([], [], []);
  const invented = new Invented(graph);
  return buildReport({ stack: "test", planned, graph, invented, warnings: [] });
}

const draw = (description: TopologyDescription) => checkGeometry(renderSvg(reportOf(description)!));
const ends = (drawn: ReturnType<typeof checkGeometry>, kind: string) =>
  drawn.lines
    .map(({ from, to }) => `${from} ${to}`)
    .filter((line) => line.includes(kind))
    .sort();

/** Mesh, internet and every network, VPC and cluster has a box. */
function holdsAll(
  { networks, clusters, meshes, machines, tasks, tenants }: Report,
  ids: string[],
): void {
  const wanted = [
    ...networks.flatMap(({ name, vpcs }) => [
      `network/${name}`,
      ...vpcs.map(({ id }) => `vpc/${id}`),
    ]),
    ...clusters.map(({ name }) => `cluster/${name}`),
    ...meshes.map(({ name }) => `mesh/${name}`),
    ...machines.map(({ name }) => `machines/${name}`),
    ...tasks.map(({ name }) => `tasks/${name}`),
    ...meshes.flatMap(({ name: mesh, members }) => {
      const own = tenants.filter((tenant) => tenant.mesh === mesh);
      return members.flatMap((cluster) => {
        const here = own.filter(({ clusters: theirs }) => theirs?.includes(cluster) ?? true);
        const drawn = here.length > 4 ? [""] : here.map(({ name }) => name);
        return drawn.map((name) => `tenant/${mesh}/${cluster}/${name}`);
      });
    }),
  ];
  for (const id of wanted) assert.ok(ids.includes(id), `${id} is not drawn`);
}

describe("the drawing", () => {
  for (const [name, description] of Object.entries(subjects))
    it(`has every line end at its box, and no box over another: ${name}`, async () => {
      const { report } = await planOf(description);
      const drawn = checkGeometry(renderSvg(report));
      assert.ok(drawn.lines.length > 0);
      holdsAll(
        report,
        drawn.boxes.map(({ id }) => id),
      );
    });

  it("holds that for any description", function () {
    let count = 0;
    fc.assert(
      fc.property(descriptionsOf({ networks: 6, clusters: 14, meshes: 3 }), (description) => {
        const report = reportOf(description);
        if (!report) return;
        count++;
        holdsAll(
          report,
          checkGeometry(renderSvg(report)).boxes.map(({ id }) => id),
        );
      }),
      { numRuns: 40 },
    );
    assert.ok(count >= 10, `${count} drawn`);
    this.test!.title += ` (${count} drawn)`;
  });

  it("says all to all once per mesh: a line for each member's pods and gateway", () => {
    const drawn = draw(descriptionOf({ clusters: 12 }));
    const mesh = ends(drawn, "mesh/prod");
    assert.equal(mesh.length, 24);
    assert.ok(mesh.includes("pods/prod/cluster7 mesh/prod"));
    assert.ok(mesh.includes("mesh/prod balancer/prod/cluster7/gateway/east-west"));
    assert.ok(drawn.width <= 1600, `${drawn.width} pixels`);
  });

  it("draws whom an istiod serves, and who takes over", () => {
    const drawn = draw(twoServers);
    assert.deepEqual(ends(drawn, "relay/prod/far/"), [
      "relay/prod/far/ balancer/prod/a/istiod/",
      "relay/prod/far/ balancer/prod/b/istiod/",
    ]);
    assert.deepEqual(ends(drawn, "balancer/prod/a/istiod/ istiod"), [
      "balancer/prod/a/istiod/ istiod/prod/a/",
    ]);
    const hub = draw(descriptionOf({ clusters: 12, mode: ControlPlaneMode.PrimaryRemote }));
    assert.equal(ends(hub, "relay/").length, 12);
  });

  it("draws machines with their istiod and their mesh", () => {
    const drawn = draw(patterns["03-vm-different-network"]!);
    assert.deepEqual(ends(drawn, "machines/legacy"), [
      "machines/legacy balancer/prod/east/istiod/",
      "machines/legacy mesh/prod",
    ]);
    assert.deepEqual(ends(drawn, "link/0"), ["vpc/apps link/0", "vpc/machines link/0"]);
  });

  it("says what runs tasks, as the terminal does", async () => {
    const { report } = await planOf(patterns["03-mixed"]);
    const [svg, text] = [renderSvg(report), renderText(report)];
    for (const says of ["2 on Fargate of 0.5 vCPU, ", " on EC2 of "])
      for (const drawn of [svg, text]) assert.ok(drawn.includes(says), says);
  });

  it("draws tasks of ECS with their istiod and their mesh", () => {
    const drawn = draw(patterns["03-ecs-ztunnel"]!);
    assert.deepEqual(ends(drawn, "tasks/"), [
      "tasks/echo balancer/prod/east/istiod/",
      "tasks/echo mesh/prod",
      "tasks/pay balancer/prod/east/istiod/",
      "tasks/pay mesh/prod",
    ]);
    const behind = structuredClone(patterns["03-ecs-ztunnel"]!);
    behind.ecsServices!.pay!.waypoint = true;
    const svg = renderSvg(reportOf(behind)!);
    const calls = [...svg.matchAll(/>(called on :80 [^<]*)</g)].map(([, words]) => words);
    assert.deepEqual(calls, [
      "called on :80 by HBONE",
      "called on :80 by HBONE, through a waypoint",
    ]);
  });

  it("leads from a mesh that imports to the gateways of the one that exports, and says to what", () => {
    const report = reportOf(patterns["04-multi-mesh"]!)!;
    const svg = renderSvg(report);
    assert.deepEqual(ends(checkGeometry(svg), "mesh/shop balancer"), [
      "mesh/shop balancer/bank/west/gateway/federation",
    ]);
    assert.match(svg, />shop calls payments :8080</);
  });

  it("draws tenants where they have namespaces, and only counts many", () => {
    const one = reportOf(patterns["05-tenancy-namespace"]!)!;
    const svg = renderSvg(one);
    const boxes = (text: string) =>
      checkGeometry(text)
        .boxes.map(({ id }) => id)
        .filter((id) => id.startsWith("tenant/"));
    assert.deepEqual(boxes(svg), ["tenant/prod/main/team-a", "tenant/prod/main/team-b"]);
    assert.match(svg, />a-web, a-db<[^]*>shares 1 service with team-b</);
    const tenants = Array.from({ length: 12 }, (_, index) => ({
      ...one.tenants[0]!,
      name: `team-${index}`,
    }));
    const many = renderSvg({ ...one, tenants });
    assert.deepEqual(boxes(many), ["tenant/prod/main/"]);
    assert.match(many, />12 tenants</);
  });

  it("leads from the internet to what it gets in by", () => {
    const one = patterns["01-single-cluster"]!;
    const ports = { https: 443 };
    const ingress = { public: { clusters: ["main"], exposure: "internet" as const, ports } };
    const drawn = draw({ ...one, meshes: { dev: { ...one.meshes.dev!, ingress } } });
    assert.deepEqual(ends(drawn, "internet"), ["internet balancer/dev/main/gateway/public"]);
  });

  it("needs no style sheet, variable, script or font from anywhere", () => {
    const svg = renderSvg(reportOf(patterns["02-multi-primary-different-networks"]!)!);
    assert.doesNotMatch(svg, /var\(|<style|<script|class=|@import|href|url\(/);
    assert.match(svg, /^<svg xmlns="http:\/\/www\.w3\.org\/2000\/svg" [^]*<\/svg>\n$/);
  });

  it("is the picture of the README: if not, npm run schema", async () => {
    assert.equal(readFileSync(PICTURE, "utf8"), await pictureText());
  });
});
