import assert from "node:assert/strict";
import { renderMermaid } from "../../cli/diagram";
import { renderSvg } from "../../cli/drawing/svg";
import { drawPicture } from "../../cli/text/picture";
import { coloured, plain, styleFor } from "../../cli/text/style";
import { renderText } from "../../cli/text/text";
import { descriptionOf } from "../../bench/description";
import { patterns } from "../support/topologies";
import type { TopologyDescription } from "../../components/topology";
import { movingRemotes, twoServers } from "../support/variants";
import { planOf, subjects } from "./support";

describe("the picture of a topology", () => {
  it("shows two networks joined, with what Istio runs in each", async () => {
    const { report } = await planOf(patterns["02-multi-primary-different-networks"]);
    assert.equal(
      drawPicture(report).join("\n"),
      `
 ╭─ network net-east ────────────╮       ╭─ network net-west ────────────╮
 │ VPC 10.10.0.0/16 · eu-west-1  │       │ VPC 10.20.0.0/16 · eu-west-1  │
 │ 3 zones · 1 NAT gateway       │       │ 3 zones · 1 NAT gateway       │
 │ ╭─ cluster east ────────────╮ │       │ ╭─ cluster west ────────────╮ │
 │ │ EKS 1.36 · Auto Mode      │ │       │ │ EKS 1.36 · Auto Mode      │ │
 │ │ istiod 1.31.4 · mesh prod │ │ ◄───► │ │ istiod 1.31.4 · mesh prod │ │
 │ │ a sidecar in every pod    │ │       │ │ a sidecar in every pod    │ │
 │ │ east-west gateway :15443  │ │       │ │ east-west gateway :15443  │ │
 │ ╰───────────────────────────╯ │       │ ╰───────────────────────────╯ │
 ╰───────────────────────────────╯       ╰───────────────────────────────╯`.slice(1),
    );
  });

  it("shows who serves whom, and where an external istiod reads its configuration", async () => {
    const { report } = await planOf(patterns["03-external-istiod-kubernetes"]);
    assert.equal(
      drawPicture(report).join("\n"),
      `
 ╭─ network apps ──────────────────────────────────────────────────────────────────╮
 │ VPC 10.10.0.0/16 · eu-west-1                                                    │
 │ 3 zones · 1 NAT gateway                                                         │
 │ ╭─ cluster east ──────────────────────╮ ╭─ cluster west ──────────────────────╮ │
 │ │ EKS 1.36 · Auto Mode                │ │ EKS 1.36 · Auto Mode                │ │
 │ │ relay to istiod in mgmt · mesh prod │ │ relay to istiod in mgmt · mesh prod │ │
 │ │ configuration of mesh prod          │ │ a sidecar in every pod              │ │
 │ │ a sidecar in every pod              │ │                                     │ │
 │ ╰─────────────────────────────────────╯ ╰─────────────────────────────────────╯ │
 ╰─────────────────────────────────────────────────────────────────────────────────╯
 ╭─ network mgmt ───────────────────────╮
 │ VPC 10.0.0.0/16 · eu-west-1          │
 │ 3 zones · 1 NAT gateway              │
 │ ╭─ cluster mgmt ───────────────────╮ │
 │ │ EKS 1.36 · Auto Mode             │ │
 │ │ istiod 1.31.4 · mesh prod        │ │
 │ │ serves east, west :15012, :15017 │ │
 │ ╰──────────────────────────────────╯ │
 ╰──────────────────────────────────────╯`.slice(1),
    );
  });

  it("shows servers in the order of failover, and a relay for each revision", async () => {
    const lines = async (description: TopologyDescription) =>
      renderText((await planOf(description)).report);
    assert.match(await lines(twoServers), /relay to istiod in b, then a · mesh prod/);
    const moving = await lines(movingRemotes);
    assert.match(moving, /relay to istiod in east · revision stable · mesh prod/);
    assert.match(moving, /relay to istiod in east · revision canary · mesh prod/);
    assert.match(moving, /reached at +istiod-canary\.east\.prod\.test\.internal \(10\.10\.240\./);
  });

  it("tells a gateway for other meshes from one for clients, in every drawing", async () => {
    const { report } = await planOf(patterns["04-multi-mesh"]);
    for (const drawn of [drawPicture(report).join("\n"), renderSvg(report)]) {
      assert.match(drawn, /federation gateway/);
      assert.doesNotMatch(drawn, /ingress/);
    }
  });

  it("names every network, cluster and gateway, and is never wider than a hundred columns", async () => {
    for (const description of Object.values(subjects)) {
      const lines = drawPicture((await planOf(description)).report);
      const text = lines.join("\n");
      const { networks, clusters } = description;
      for (const name of Object.keys(networks)) assert.ok(text.includes(`network ${name} `));
      for (const name of Object.keys(clusters)) assert.ok(text.includes(`cluster ${name} `));
      assert.ok(lines.every((line) => line.length <= 100));
    }
  });

  it("stays readable with many networks", async () => {
    const { report } = await planOf(descriptionOf({ clusters: 7 }));
    const text = renderText(report);
    assert.equal(text.match(/╭─ network net\d /g)?.length, 7);
    assert.ok(text.split("\n").every((line) => line.length <= 100 || line.includes("`")));
  });
});

describe("the diagram of a topology", () => {
  it("is a Mermaid flowchart with every network, cluster, istiod and gateway", async () => {
    const { report } = await planOf(patterns["02-multi-primary-different-networks-ambient"]);
    const lines = renderMermaid(report)
      .split("\n")
      .map((line) => line.trim());
    assert.equal(lines[0], "flowchart LR");
    for (const line of [
      'subgraph network_net_east["network net-east"]',
      'subgraph cluster_east["cluster east · EKS 1.36"]',
      'istiod_prod_east["istiod 1.31.4"]',
      'pods_prod_east["pods behind ztunnel"]',
      'gateway_prod_east_east_west["east-west gateway :15008"]',
      "pods_prod_east -->|mTLS| gateway_prod_west_east_west",
      "istiod_prod_east -. watches .-> cluster_west",
      "root_prod -. intermediate .-> istiod_prod_east",
    ]) {
      assert.ok(lines.includes(line), line);
    }
    const opened = lines.filter((line) => line.startsWith("subgraph ")).length;
    assert.equal(lines.filter((line) => line === "end").length, opened);
  });

  it("leads from pods through the relay to the istiods that serve them", async () => {
    const { report } = await planOf(twoServers);
    const lines = renderMermaid(report).split("\n");
    for (const line of [
      'relay_prod_far["relay"]',
      "pods_prod_far --> relay_prod_far",
      "relay_prod_far -->|xDS and webhooks| istiod_prod_b",
      "relay_prod_far -. failover .-> istiod_prod_a",
    ]) {
      assert.ok(
        lines.some((each) => each.trim() === line),
        line,
      );
    }
    const external = renderMermaid(
      (await planOf(patterns["03-external-istiod-kubernetes"])).report,
    );
    assert.match(external, /istiod_prod_mgmt -\. watches \.-> cluster_east/);
    assert.doesNotMatch(external, /pods_prod_mgmt/);
  });

  it("says once that each calls each, where every pair would hide the rest", async () => {
    const { report } = await planOf(descriptionOf({ clusters: 7 }));
    const text = renderMermaid(report);
    assert.match(text, /mesh_prod\{\{"mesh prod: each cluster calls each by mTLS"\}\}/);
    assert.equal(text.match(/ --- mesh_prod$/gm)?.length, 7);
    assert.doesNotMatch(text, /pods_prod_cluster1 -->/);
  });

  it("leaves gateways out of the way inside one network", async () => {
    const { report } = await planOf(patterns["02-multi-primary-same-network"]);
    assert.match(renderMermaid(report), /pods_prod_east -->\|mTLS\| pods_prod_west/);
  });
});

describe("neighbours of the picture", () => {
  /** A picture of two networks at one transit gateway, each with a cluster of a mesh. */
  async function drawn(meshes: TopologyDescription["meshes"], more = {}) {
    const { report } = await planOf({
      ...patterns["02-multi-primary-different-networks"],
      ...{ links: { via: "transit-gateway" }, meshes, ...more },
    });
    return renderText(report).split("WARNINGS")[0]!;
  }
  const own = { trust: {}, clusters: {} };

  it("are joined where they have a mesh in common", async () => {
    assert.match(await drawn({ prod: { clusters: { east: {}, west: {} } } }), / ◄───► /);
  });

  it("are not joined where their meshes have nothing to do with each other", async () => {
    const meshes = {
      one: { ...own, trustDomain: "one.example", clusters: { east: {} } },
      two: { ...own, trustDomain: "two.example", clusters: { west: {} } },
    };
    assert.doesNotMatch(await drawn(meshes), /◄───►/);
  });

  it("are joined where one mesh exports to the other", async () => {
    const { report } = await planOf(patterns["04-multi-mesh"]);
    assert.match(renderText(report), / ◄───► /);
  });
});

describe("colour", () => {
  it("is for terminals that do not refuse it", () => {
    assert.deepEqual(styleFor({ isTTY: true }, {}), coloured);
    assert.deepEqual(styleFor({ isTTY: true }, { NO_COLOR: "1" }), plain);
    assert.deepEqual(styleFor({ isTTY: true }, { TERM: "dumb" }), plain);
    const columns = (number: number) => styleFor({ isTTY: true, columns: number }, {}).width;
    assert.deepEqual([40, 120, 300].map(columns), [80, 120, 160]);
    assert.equal(styleFor({}, {}), plain);
  });

  it("changes nothing but colour", async () => {
    const { report } = await planOf(patterns["01-single-cluster"]);
    const uncoloured = renderText(report, coloured).replace(/\u001b\[\d+m/g, "");
    assert.equal(uncoloured, renderText(report, plain));
  });
});
