import assert from "node:assert/strict";
import fc from "fast-check";
import { plan } from "../../components/mesh/plan";
import type { Relations, TopologyDescription } from "../../components/topology";
import { descriptions } from "../support/descriptions";
import { factsOf, patterns, relationsOf } from "../support/topologies";
import { brought, managedNodes, transitGateways } from "../support/variants";

const api = { allowFrom: ["203.0.113.7/32"] };
const routed = { ...patterns["02-multi-primary-same-network-routed-vpcs"], name: "demo", api };

const planOf = (description: TopologyDescription) => factsOf(description).clusters;

describe("the plan of clusters", () => {
  it("says everything of one cluster", () => {
    assert.deepEqual(
      planOf({
        name: "demo",
        api,
        istio: { version: "1.31.3" },
        networks: { main: { cidr: "10.10.0.0/16" } },
        clusters: { main: { network: "main", kubernetesVersion: "1.35" } },
        meshes: { dev: { clusters: { main: {} } } },
      }),
      {
        main: {
          name: "main",
          eksName: "demo-main",
          provider: "eu-west-1",
          account: undefined,
          region: "eu-west-1",
          vpc: "main",
          network: "main",
          kubernetesVersion: "1.35",
          nodes: {
            kind: "auto-mode",
            count: { min: 2, max: 6 },
            limits: { cpu: 1000, memoryGiB: 1000 },
            instanceTypes: [],
            architectures: ["x86"],
            capacity: "on-demand",
          },
          privateApi: false,
          allowFrom: ["203.0.113.7/32"],
          allowNatOf: [],
          deletionProtection: true,
          encryptionKey: undefined,
          upgradePolicy: "extended",
          zonalShift: false,
          logs: {
            types: ["api", "audit", "authenticator", "controllerManager", "scheduler"],
            retentionDays: 90,
          },
          tags: { "istio-patterns": "demo" },
          networkPolicies: false,
          access: { admins: [], viewers: [] },
          iam: {},
          loadBalancerController: undefined,
          existing: undefined,
        },
      },
    );
  });

  it("lets in the NAT addresses of peers in other VPCs", () => {
    const { east, west } = planOf(routed);
    assert.deepEqual([east.allowNatOf, west.allowNatOf], [[west.vpc], [east.vpc]]);
  });

  it("lets in where istiod is to where it reads, and not the other way", () => {
    const { east: server, west: remote } = planOf({
      ...patterns["02-primary-remote-different-networks"],
      api,
    });
    assert.deepEqual([server.allowNatOf, remote.allowNatOf], [[], [server.vpc]]);
    const { mgmt, ...members } = planOf({ ...patterns["03-external-istiod-kubernetes"], api });
    assert.deepEqual(mgmt.allowNatOf, []);
    assert.deepEqual(
      Object.values(members).map(({ allowNatOf }) => allowNatOf),
      [[mgmt.vpc], [mgmt.vpc]],
    );
  });

  it("lets in no NAT address within a VPC, nor with a private API server", () => {
    const sameVpc = planOf({ ...patterns["02-multi-primary-same-network"], api });
    const hidden = planOf({ ...routed, api: { private: { cidrs: ["172.16.0.0/12"] } } });
    const plans = [...Object.values(sameVpc), ...Object.values(hidden)];
    assert.equal(plans.length, 4);
    for (const { allowNatOf } of plans) assert.deepEqual(allowNatOf, []);
  });

  it("takes the cluster's own word on its API server before everyone's", () => {
    const description: TopologyDescription = {
      ...routed,
      clusters: {
        ...routed.clusters,
        east: { ...routed.clusters.east, api: { private: { cidrs: ["172.16.0.0/12"] } } },
      },
    };
    const { east, west } = planOf(description);
    assert.deepEqual([east.privateApi, east.allowFrom], [true, []]);
    assert.deepEqual([west.privateApi, west.allowFrom], [false, ["203.0.113.7/32"]]);
  });

  it("brings a load-balancer controller to managed nodes only", () => {
    for (const { loadBalancerController } of Object.values(planOf(managedNodes))) {
      assert.equal(loadBalancerController?.chart, "aws-load-balancer-controller");
      assert.equal(
        loadBalancerController?.repositoryOpts?.repo,
        "https://aws.github.io/eks-charts",
      );
    }
    const mirrored = planOf({
      ...managedNodes,
      istio: { version: "1.31.3", charts: { source: "directory", location: "charts" } },
    });
    assert.deepEqual(mirrored.east.loadBalancerController, {
      chart: "charts/aws-load-balancer-controller",
    });
  });

  it("leaves a cluster you bring as it is", () => {
    const { lab } = planOf(brought);
    assert.equal(lab.eksName, undefined);
    assert.deepEqual([lab.privateApi, lab.allowFrom, lab.allowNatOf], [false, [], []]);
    assert.equal(lab.loadBalancerController, undefined);
    assert.equal(lab.existing?.endpoint, "https://lab.example");
  });

  it("names the role of another account", () => {
    const { a, c } = planOf(transitGateways);
    assert.equal(a.account, undefined);
    assert.equal(c.account, "arn:aws:iam::210987654321:role/deploy");
    assert.equal(c.provider, "210987654321/eu-west-1");
  });
});

function property(claim: (relations: Relations) => void): void {
  const built = descriptions.map((description) => relationsOf(description));
  fc.assert(fc.property(built, claim), { numRuns: 200 });
}

describe("every plan of clusters", () => {
  it("has a provider and a VPC that the network's plan has too", () => {
    property((relations) => {
      const { network, clusters } = plan(relations);
      for (const cluster of Object.values(clusters)) {
        assert.equal(network.vpcs[cluster.vpc].provider, cluster.provider);
        for (const vpc of cluster.allowNatOf) assert.ok(network.vpcs[vpc]);
      }
    });
  });

  it("gives each made cluster a name that EKS takes, different from the others'", () => {
    property((relations) => {
      const made = Object.values(plan(relations).clusters).filter(({ existing }) => !existing);
      assert.equal(new Set(made.map(({ eksName }) => eksName)).size, made.length);
      for (const { eksName = "" } of made)
        assert.match(eksName, /^[0-9A-Za-z][A-Za-z0-9_-]{0,99}$/);
    });
  });

  it("lets in by NAT exactly the other VPCs of istiods that read a public API server made here", () => {
    let calls = 0;
    property((relations) => {
      const { meshes, clusters, api: everyone } = relations.topology;
      for (const { name, allowNatOf } of Object.values(plan(relations).clusters)) {
        const { vpc, existing, api = everyone } = clusters[name];
        const istiods = Object.values(meshes).flatMap(({ members, runsIn }) =>
          Object.hasOwn(members, name) ? runsIn : [],
        );
        const others = istiods.map((istiod) => clusters[istiod].vpc).filter((id) => id !== vpc);
        const isPublic = !existing && !api?.private;
        assert.deepEqual(allowNatOf, isPublic ? [...new Set(others)].sort() : [], name);
        calls += allowNatOf.length;
      }
    });
    assert.ok(calls > 50, `${calls} VPCs`);
  });

  it("never lets a cluster's own VPC in by NAT, nor anyone where the API server is private", () => {
    property((relations) => {
      for (const { vpc, privateApi, allowFrom, allowNatOf } of Object.values(
        plan(relations).clusters,
      )) {
        assert.equal(allowNatOf.includes(vpc), false);
        if (privateApi) assert.deepEqual([allowFrom, allowNatOf], [[], []]);
      }
    });
  });
});
