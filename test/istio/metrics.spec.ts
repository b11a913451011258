import assert from "node:assert/strict";
import { istioOpenings } from "../../components/istio/openings";
import type { MeshDescription } from "../../components/topology";
import { plainly, podsOf } from "../support/openings";
import { relationsOf } from "../support/topologies";
import { external, pair } from "./support";

const from = ["10.9.0.0/24"];
const observability = { metrics: { from } };

const opened = (description: Parameters<typeof relationsOf>[0]) =>
  istioOpenings(relationsOf(description))
    .map(plainly)
    .filter(({ name }) => name.endsWith("metrics"))
    .map(({ name, to, ports }) => [name, to, ports[0], ports[1]]);

describe("openings for scrapers", () => {
  const two = (mesh: Partial<MeshDescription>) => opened(pair("same", mesh));
  const at = (name: string, port: number) =>
    ["east", "west"].map((cluster) => [name, podsOf(cluster), port, port]);

  it("are none where nobody scrapes from outside", () => assert.deepEqual(two({}), []));

  it("are proxies' merged metrics at members, istiod's where it runs, and the agents' where they are", () => {
    const plain = [...at("metrics", 15020), ...at("control-metrics", 15014)];
    assert.deepEqual(two({ observability }), plain);
    const agents = at("control-metrics", 15014);
    assert.deepEqual(two({ observability, injection: "cni" }), [...plain, ...agents]);
  });

  it("leave members alone where only the istiods of another mesh are scraped", () => {
    const description = external();
    description.meshes.test.observability = observability;
    assert.deepEqual(opened(description), [
      ["metrics", podsOf("lab"), 15020, 15020],
      ["control-metrics", podsOf("mgmt-a"), 15014, 15014],
    ]);
  });
});
