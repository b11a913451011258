import assert from "node:assert/strict";
import { meshRows } from "../../cli/report/words";
import { renderText } from "../../cli/text/text";
import { patterns } from "../support/topologies";
import {
  brought,
  broughtConfigCluster,
  managedNodes,
  management,
  transitGateways,
} from "../support/variants";
import { expectedContents, shownContents } from "./contents";
import { madePorts, shownPorts } from "./ports";
import { planOf, subjects } from "./support";

for (const [name, description] of Object.entries(subjects)) {
  describe(`the report of ${name}`, () => {
    it("shows for every VPC, every cluster and between them exactly what is made there", async () => {
      const { report, graph } = await planOf(description);
      const clusters = report.clusters.map((cluster) => cluster.name);
      const expected = expectedContents(graph, clusters, description);
      assert.deepEqual(shownContents(report), expected);
      const { total, byType } = report.totals;
      assert.deepEqual(
        { total, ...byType },
        sumOf(Object.values(expected).map(({ made }) => made)),
      );
      assert.ok(total > 30, `${total} resources`);
    });

    it("shows as many releases of istiod as are planned in each cluster", async () => {
      const { report } = await planOf(description);
      for (const { releases, controlPlanes, served } of report.clusters) {
        const planned = [
          ...controlPlanes.map((each) => each.istiods),
          ...served.map((s) => s.revisions),
        ];
        const istiods = releases.filter(({ chart }) => chart === "istiod");
        assert.equal(istiods.length, planned.flat().length);
        assert.ok(istiods.length > 0);
      }
    });

    it("shows every port that a mesh opens: whose, to whom, and with the reason that the rule carries", async () => {
      const { report, graph } = await planOf(description);
      assert.deepEqual(shownPorts(report), madePorts(graph, report.name));
    });
  });
}

function sumOf(counts: Record<string, number>[]): Record<string, number> {
  const sums: Record<string, number> = {};
  for (const [type, count] of counts.flatMap((each) => Object.entries(each))) {
    sums[type] = (sums[type] ?? 0) + count;
  }
  return sums;
}

describe("the report", () => {
  it("says what a tenant reaches outside, host by host where it has a gateway of its own", async () => {
    const { report } = await planOf(patterns["05-tenancy-namespace"]);
    assert.match(
      meshRows(report)
        .map(([, says]) => says)
        .join("\n"),
      /reaches hosts outside by a gateway of its own: api\.example\.com:443 .*\n.*reaches hosts of its ServiceEntries outside ·/,
    );
  });

  it("says who watches whom, and signs as whom", async () => {
    const { report } = await planOf(patterns["02-multi-primary-different-networks"]);
    const [east, west] = report.clusters;
    assert.deepEqual(east.controlPlanes[0].watches, [{ cluster: "west", by: "eks-identity" }]);
    assert.deepEqual(west.controlPlanes[0].watches, [{ cluster: "east", by: "eks-identity" }]);
    assert.deepEqual(east.gateways, [
      { name: "east-west", mesh: "prod", kind: "east-west", exposure: "internal", ports: [15443] },
    ]);
    assert.deepEqual(east.api, {
      private: false,
      allowFrom: ["192.0.2.1/32"],
      natOf: ["net-west"],
    });
  });

  it("says for each load balancer and cluster which ports are open to whom", async () => {
    const { report } = await planOf(patterns["02-multi-primary-different-networks"]);
    const mtls = { ports: "15443", reason: "mTLS from the networks of the mesh", alsoFor: [] };
    const health = { ...mtls, ports: "15021", reason: "health checks of the load balancer" };
    const balancer = (cluster: string) => `load balancer of gateway prod/${cluster}/east-west`;
    const networks = [{ ...mtls, from: ["10.10.0.0/16", "10.20.0.0/16"] }];
    const sent = (cluster: string) =>
      [mtls, health].map((rule) => ({ ...rule, from: [balancer(cluster)] }));
    assert.deepEqual(report.ports, [
      { target: balancer("east"), rules: networks },
      { target: balancer("west"), rules: networks },
      { target: "cluster east", rules: sent("east") },
      { target: "cluster west", rules: sent("west") },
    ]);
  });

  it("says what else a rule lets in", async () => {
    const description = structuredClone(patterns["02-primary-remote-same-network"]);
    const { report } = await planOf(description);
    const east = report.ports.find(({ target }) => target === "cluster west");
    assert.deepEqual(east?.rules, [
      {
        ports: "0-65535",
        from: ["cluster east"],
        reason: "pods of one network call each other on any port",
        alsoFor: ["istiod of other clusters watches the API server"],
      },
    ]);
  });

  it("sums up what is made", async () => {
    const { report } = await planOf(patterns["02-multi-primary-different-networks"]);
    const { byType, ...totals } = report.totals;
    assert.equal(byType.Release, 6);
    assert.deepEqual(totals, {
      total: 133,
      components: 30,
      remote: 2,
      releases: 6,
      clusters: 2,
      vpcs: 2,
      secrets: 11,
    });
  });

  it("says who serves whom, at which name and addresses, and where the configuration is", async () => {
    const { report } = await planOf(patterns["03-external-istiod-kubernetes"]);
    const [east, mgmt, west] = report.clusters;
    assert.deepEqual(mgmt.controlPlanes[0].istiods, [
      {
        revision: undefined,
        version: "1.31.4",
        reachedAt: {
          host: "istiod.mgmt.prod.test.internal",
          addresses: ["10.0.240.8", "10.0.241.8", "10.0.242.8"],
        },
      },
    ]);
    assert.deepEqual(mgmt.controlPlanes[0].serves, ["east", "west"]);
    const remote = {
      ...{ mesh: "prod", dataPlane: "sidecar", servers: ["mgmt"] },
      revisions: [{ revision: undefined, version: "1.31.4" }],
    };
    assert.deepEqual(east.served, [{ ...remote, holdsConfiguration: true }]);
    assert.deepEqual(west.served, [{ ...remote, holdsConfiguration: false }]);
    assert.deepEqual(
      [mgmt.served, east.controlPlanes, report.meshes[0].configCluster],
      [[], [], "east"],
    );
  });

  it("says which mesh has a root of its own, in the text too", async () => {
    const { report } = await planOf(management);
    assert.deepEqual(
      report.meshes.map(({ name, root }) => [name, root]),
      [
        ["finance", { source: "generated", own: true, name: "default", beside: [] }],
        ["retail", { source: "generated", own: false, name: "default", beside: [] }],
      ],
    );
    const text = renderText(report).replace(/\s+/g, " ");
    assert.match(text, / finance\.example · generated, its own root mesh retail /);
    assert.match(text, / retail\.example · generated root VPC peering /);
  });

  it("says which roots a mesh accepts beside the one that signs, and what to wait for", async () => {
    const roots = { default: {}, next: { secret: "nextRoot" } };
    const { report } = await planOf({ ...management, trust: { roots, signing: "next" } });
    const [, { root }] = report.meshes;
    assert.deepEqual(root, { source: "provided", own: false, name: "next", beside: ["default"] });
    const text = renderText(report).replace(/\s+/g, " ");
    assert.match(text, / · provided root next, accepted beside it: default VPC peering /);
    assert.deepEqual(
      report.warnings.filter(({ rule }) => rule === "trust-several-roots").map(({ path }) => path),
      ["trust.roots"],
    );
  });

  it("warns of a config cluster of yours that is read by a token that never expires", async () => {
    const { report } = await planOf(broughtConfigCluster);
    const found = report.warnings.filter(({ rule }) => rule === "token-never-expires");
    assert.deepEqual(
      found.map(({ path }) => path),
      ["clusters.lab.remoteAccess"],
    );
  });

  it("counts quotas by account and region", async () => {
    const { report } = await planOf(transitGateways);
    assert.deepEqual(
      report.quotas.filter(({ what }) => /^(VPCs|EKS clusters) /.test(what)),
      [
        { what: "VPCs in eu-west-1", used: 1, limit: 5 },
        { what: "VPCs in eu-west-1 of account 210987654321", used: 1, limit: 5 },
        { what: "VPCs in us-east-1", used: 1, limit: 5 },
        { what: "EKS clusters in eu-west-1", used: 1, limit: 100 },
        { what: "EKS clusters in us-east-1", used: 1, limit: 100 },
        { what: "EKS clusters in eu-west-1 of account 210987654321", used: 1, limit: 100 },
      ],
    );
  });

  it("counts a rule that refers to a prefix list as often as the list may have entries", async () => {
    const { report } = await planOf(transitGateways);
    const rules = report.quotas.find(({ what }) => what.startsWith("rules in"));
    // EKS's own rule, 10 entries and a caller of the API server's port, two ports for the gateway's load balancer.
    assert.deepEqual([rules?.used, rules?.limit], [14, 60]);
  });

  it("counts one Elastic IP address per NAT gateway", async () => {
    const { report } = await planOf(managedNodes);
    const addresses = report.quotas.find(({ what }) => what.startsWith("Elastic IP addresses"));
    assert.equal(addresses?.used, 4);
  });

  it("joins networks by one transit gateway per region", async () => {
    const { report } = await planOf(transitGateways);
    assert.deepEqual(report.links, [
      {
        via: "transit-gateway",
        between: ["eu", "other", "us"],
        detail: "one in each of eu-west-1, us-east-1, peered",
      },
    ]);
  });

  it("says which secrets are still to be set", async () => {
    const { report } = await planOf(brought);
    const missing = report.warnings.filter(({ rule }) => rule === "secret-missing");
    assert.deepEqual(
      missing.map(({ path, fix }) => [path, fix]),
      [
        ["istio-patterns:meshRoot", "`pulumi config set --secret istio-patterns:meshRoot`"],
        [
          "istio-patterns:labKubeconfig",
          "`pulumi config set --secret istio-patterns:labKubeconfig`",
        ],
      ],
    );
  });

  it("shows what is yours as yours", async () => {
    const { report } = await planOf(brought);
    const [, old] = report.networks;
    assert.deepEqual([old.vpcs[0].existing, old.vpcs[0].made.total], [true, 0]);
    const lab = report.clusters.find(({ name }) => name === "lab")!;
    assert.deepEqual([lab.existing, lab.kubernetesVersion, lab.remote], [true, "1.34", []]);
  });
});
