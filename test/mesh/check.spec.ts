import assert from "node:assert/strict";
import { checkTopology } from "../../components/mesh";
import { formatProblems, type TopologyDescription } from "../../components/topology";

const good: TopologyDescription = {
  istio: { version: "1.31.3" },
  api: { allowFrom: ["203.0.113.7/32"] },
  networks: { shared: { cidr: "10.10.0.0/16" }, apart: { cidr: "10.20.0.0/16" } },
  clusters: { east: { network: "shared" }, west: { network: "apart" } },
  meshes: { prod: { clusters: { east: {}, west: {} } } },
};

/** What is printed of a description that is a good one with mistakes. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any -- mistakes are what no type allows
function said(change: (description: any) => void): string[] {
  const description = structuredClone(good);
  change(description);
  const context = { name: "demo", region: "eu-west-1", offline: true };
  const { problems, isPartial } = checkTopology(description, context);
  return formatProblems(problems, isPartial).split("\n  ");
}

const CLUSTER =
  "network, vpc, nodes, kubernetesVersion, api, access, gatewayApi, remoteAccess, upgradePolicy, zonalShift, logs, existing";
const OPEN =
  'api.allowFrom[0]: got "0.0.0.0/0"; allowed: the addresses of those who need the API server; fix: list them, such as the address of your office or CI runner';

describe("the problems of a description", () => {
  it("come all together beside an unknown key", () => {
    const lines = said((description) => {
      description.clusters.west.noodes = {};
      description.api.allowFrom = ["0.0.0.0/0"];
      description.networks.apart.cidr = "10.10.0.0/16";
      description.networks.shared.zones = 1;
      description.meshes.prod.trustDomain = "Prod";
    });
    assert.deepEqual(lines, [
      "istio-patterns:topology has 5 problems:",
      `clusters.west.noodes: got an unknown key; allowed: ${CLUSTER}; fix: did you mean "nodes"?`,
      'meshes.prod.trustDomain: got "Prod"; allowed: lower-case letters, digits, dots, hyphens and underscores, at most 255, such as prod.example; fix: choose a name in that form, without scheme or path',
      OPEN,
      "networks.shared.zones: got 1; allowed: 2 to 4; fix: set 2",
      "networks.shared.cidr: got 10.10.0.0/16; allowed: addresses that networks.apart does not have: 10.10.0.0/16; fix: take a range of its own, such as 10.0.0.0/16",
    ]);
  });

  it("come together with what needs no foundation", () => {
    const lines = said((description) => {
      description.istio.version = "1.29.0";
      description.api.allowFrom = ["0.0.0.0/0"];
    });
    assert.deepEqual(lines, [
      "istio-patterns:topology has 2 problems; more may show once these are mended:",
      'istio.version: got "1.29.0"; allowed: 1.31.4, 1.31.3, 1.31.2, 1.31.1, 1.31.0, 1.30.8, 1.30.7, 1.30.6, 1.30.5, 1.30.4, or a newer patch of these; fix: say "1.31.4", or upgrade the package for newer versions',
      OPEN,
    ]);
  });

  it("are said once where one follows from another", () => {
    const TYPO =
      'meshes.prod.controlPlane.runsIn[0]: got "esat"; allowed: east, west; fix: did you mean "east"?';
    const HEADING = "istio-patterns:topology has 1 problem; more may show once it is mended:";
    const lines = said((description) => {
      description.meshes.prod.controlPlane = { runsIn: ["esat"], mode: "primary-remote" };
      description.meshes.prod.clusters.west.servedBy = ["east"];
      description.meshes.prod.ingress = { public: { clusters: ["east"] } };
      description.virtualMachines = {
        old: {
          ...{ mesh: "prod", controlledBy: "east", network: "shared", ports: { http: 8080 } },
          ...{ namespace: "old", serviceAccount: "old" },
        },
      };
    });
    assert.deepEqual(lines, [HEADING, TYPO]);
    const range = said((description) => (description.networks.shared.cidr = "office"));
    assert.deepEqual(range, [
      HEADING,
      'networks.shared.cidr: got "office"; allowed: an IPv4 range in CIDR form, such as 10.10.0.0/16; fix: write an address of four numbers up to 255, a slash and the length of the mask',
    ]);
    const required = said((description) => {
      description.netwroks = description.networks;
      delete description.networks;
    });
    assert.equal(required[0], "istio-patterns:topology has 1 problem:");
    assert.match(required[1]!, /^netwroks: .*fix: did you mean "networks"\?$/);
  });

  it("say that there may be more where a value is of the wrong form", () => {
    const lines = said((description) => {
      description.links = ["peering"];
      description.api.allowFrom = ["0.0.0.0/0"];
    });
    assert.deepEqual(lines, [
      "istio-patterns:topology has 1 problem; more may show once it is mended:",
      'links: got ["peering"]; allowed: a map; fix: write a map, such as { via: peering }',
    ]);
  });
});
