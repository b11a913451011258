import assert from "node:assert/strict";
import { join } from "node:path";
import { ExitCode, run } from "../../cli/command";
import type { Report } from "../../cli/report/report";
import { plain } from "../../cli/text/style";
import { renderReach } from "../../cli/text/text";
import { BARRIERS, cellRows, reachRows } from "../../cli/report/reachWords";
import { Barrier } from "../../components/mesh/reach";
import type { Reach, ReachPlace } from "../../components/mesh/reach";
import { patterns } from "../support/topologies";
import { exposures } from "../support/variants";
import { made } from "../mesh/reach/support";
import { planOf } from "./support";

const EAST_WEST = join(__dirname, "../../stacks/02-multi-primary-different-networks.yaml");

async function plan(option: string, columns?: number) {
  let stdout = "";
  let stderr = "";
  const terminal = columns === undefined ? {} : { isTTY: true, columns };
  const code = await run(["plan", EAST_WEST, option], {
    stdout: { ...terminal, write: (text) => (stdout += text) },
    stderr: { write: (text) => (stderr += text) },
  });
  assert.equal(code, ExitCode.Done, stderr);
  return stdout;
}

describe("who reaches whom, in a plan", () => {
  it("is one line for each pair of meshes and kind of path", async () => {
    const section = [
      " WHO REACHES WHOM",
      "   prod → prod         directly by mutual TLS: within a cluster",
      "                       through the east-west gateway by mutual TLS: east → west, west → east",
      "   prod → no mesh      directly in plain text: within a cluster",
      "                       not at all, no security group lets it in: east → west, west → east",
      "   no mesh → prod      not at all, mutual TLS is strict: within a cluster",
      "                       not at all, no security group lets it in: east → west, west → east",
      "   no mesh → no mesh   directly in plain text: within a cluster",
      "                       not at all, no security group lets it in: east → west, west → east",
      "",
    ];
    assert.ok((await plan("--full")).includes(section.join("\n")));
  });

  it("is one line for each pair of places with --reach, and nothing else", async () => {
    const text = await plan("--reach");
    const lines = [
      " prod/east → prod/west   through prod/west/east-west as spiffe://cluster.local/ns/*/sa/*; needs",
      "                         routes net-east ⇄ net-west; rule mtls-10.10.0.0-16 into group",
      "                         balancer/prod/west/east-west; rule mtls-west out of group",
      "                         balancer/prod/west/east-west; rule mtls-prod-west-istio-eastwestgateway",
      "                         into group cluster/west",
      " prod/east → west        not at all: no security group lets it in",
    ];
    assert.ok(text.includes(lines.join("\n")), text);
    assert.equal(text.match(/^ \S/gm)?.length, 16);
    assert.match(text, /^ prod\/east → prod\/east {3}directly as spiffe:/);
  });

  it("is as wide as the terminal, and set off there", async () => {
    for (const width of [80, 120, 160]) {
      const text = await plan("--reach", width);
      assert.match(text, /^ \u001b\[1mprod\/east → prod\/west {3}\u001b\[22mthrough /m);
      const lines = text.replace(/\u001b\[\d+m/g, "").split("\n");
      const longest = Math.max(...lines.map((line) => line.length));
      assert.ok(longest <= width && longest > width - 20, `${longest} of ${width}`);
    }
  });

  it("stands below the pair where its name leaves no room", async () => {
    const { report } = await planOf(patterns["03-external-istiod-kubernetes"]);
    const [cell] = report.reach.cells;
    const from = "a-long-mesh-name/cluster-of-the-north";
    const reach = { ...report.reach, cells: [{ ...cell!, from, to: from }] };
    const lines = renderReach({ ...report, reach }, { ...plain, width: 80 }).split("\n");
    assert.equal(lines[0], ` ${from} → ${from}`);
    assert.match(lines[1]!, /^ {4}directly as /);
  });

  it("is whole in the JSON", async () => {
    const report: Report = JSON.parse(await plan("--json"));
    const { reach } = made(patterns["02-multi-primary-different-networks"]);
    assert.deepEqual(report.reach, JSON.parse(JSON.stringify(reach)));
    assert.equal(report.reach.cells.length, 16);
  });

  it("names the gateway of clients, and counts many pairs of clusters", async () => {
    const { report } = await planOf(patterns["03-external-istiod-kubernetes"]);
    assert.deepEqual(reachRows(report.reach).slice(0, 3), [
      ["prod → prod", "directly by mutual TLS: 4 pairs of clusters"],
      ["prod → no mesh", "directly in plain text: 4 pairs of clusters"],
      ["", "not at all, no security group lets it in: east → mgmt, west → mgmt"],
    ]);
    const rows = reachRows(made(exposures).reach).filter(([pair]) => pair.startsWith("clients"));
    const through = (gateway: string) => [
      [
        `clients of ${gateway} of dev → dev`,
        "through the ingress gateway by mutual TLS: within a cluster",
      ],
      [
        `clients of ${gateway} of dev → no mesh`,
        "through the ingress gateway in plain text: within a cluster",
      ],
    ];
    assert.deepEqual(rows, [...through("partners"), ...through("public")]);
  });

  it("has words for every way, barrier and need", () => {
    const place = (key: string, more: Partial<ReachPlace> = {}): ReachPlace => ({
      ...{ key, kind: "in-mesh", cluster: key, mesh: "prod", network: "one", ...more },
    });
    const reach: Reach = {
      places: [place("a"), place("b"), place("c", { kind: "clients", gateway: "public" })],
      cells: [
        {
          ...{ from: "c", to: "b", identity: "spiffe://td/ns/x/sa/y" },
          way: { kind: "gateways", through: [["c"], ["b/gate", "d/gate"]] },
          needs: [{ kind: "yours", cluster: "b", ports: "15443", sources: ["x", "y"] }],
        },
        ...Object.values(Barrier).map((why) => ({
          ...{ from: "a", to: "b", needs: [] },
          way: { kind: "none" as const, why },
        })),
      ],
    };
    assert.deepEqual(cellRows(reach)[0], [
      "c → b",
      "through c, then b/gate or d/gate as spiffe://td/ns/x/sa/y; " +
        "needs ports 15443 of cluster b from x, y, yours to open",
    ]);
    assert.deepEqual(
      cellRows(reach)
        .slice(1)
        .map(([, says]) => says),
      [
        "not at all: the VPCs are not joined",
        "not at all: no security group lets it in",
        "not at all: sidecars call only what istiod knows",
        "not at all: mutual TLS is strict",
        "not at all: only mutual TLS goes between networks",
        "not at all: no istiod of the mesh watches that cluster",
        "not at all: the machines are clients only",
        "not at all: only the istiod of another cluster knows the tasks",
        "not at all: it is not exported to them",
        "not at all: tenants are closed to all others",
        "not at all: Services are called from their own cluster alone",
        "not at all: it is not shared with them",
      ],
    );
    assert.deepEqual(Object.keys(BARRIERS), Object.values(Barrier));
    assert.deepEqual(reachRows(reach)[0], [
      "clients of public of prod → prod",
      "through the ingress and the east-west gateway by mutual TLS: c → b",
    ]);
  });
});
