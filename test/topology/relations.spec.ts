import assert from "node:assert/strict";
import fc from "fast-check";
import type {
  ClusterRelation,
  ControlPlane,
  Istiod,
  Member,
  MeshRelation,
  Relations,
  Topology,
  Vpc,
} from "../../components/topology";
import { descriptions } from "../support/descriptions";
import { relationsOf } from "../support/topologies";
import { management, twoServers } from "../support/variants";

const nameOf = ({ at }: { at: ClusterRelation }) => at.cluster.name;
const namesOf = (places: { at: ClusterRelation }[]) => places.map(nameOf);
const ids = (vpcs: Vpc[]) => vpcs.map(({ id }) => id);

/** One mesh's members and control planes by cluster. */
function meshIn({ meshes }: Relations, name = "prod") {
  const mesh = meshes.find((one) => one.mesh.name === name)!;
  const by = <T extends { at: ClusterRelation }>(places: T[]) =>
    Object.fromEntries(places.map((place) => [nameOf(place), place]));
  return { mesh, members: by(mesh.members), controlPlanes: by(mesh.controlPlanes) };
}

/** What an istiod is and whom it serves: `canary: west`. */
function istiodsOf({ istiods }: ControlPlane): string[] {
  return istiods.map(({ revision, serves }) =>
    [`${revision.name ?? "default"}:`, ...serves.map(remoteOf).map(nameOf)].join(" "),
  );
}

/** No workload stands outside Kubernetes yet. */
function remoteOf(served: Istiod["serves"][number]): Member {
  assert.equal(served.kind, "pods");
  return (served as { member: Member }).member;
}

describe("the relations of a multi-primary mesh", () => {
  const relations = relationsOf({
    istio: { version: "1.31.3" },
    networks: { near: { cidr: "10.10.0.0/16" }, far: { cidr: "10.20.0.0/16" } },
    clusters: { a: { network: "near" }, b: { network: "near" }, c: { network: "far" } },
    meshes: { prod: { clusters: { a: {}, b: {}, c: {} } } },
  });
  const { mesh, members, controlPlanes } = meshIn(relations);

  it("have a control plane beside each member's pods, configured where it runs", () => {
    assert.deepEqual(namesOf(mesh.controlPlanes), ["a", "b", "c"]);
    for (const name of ["a", "b", "c"]) {
      assert.equal(members[name].controlPlane, controlPlanes[name]);
      assert.equal(controlPlanes[name].configuredIn, members[name].at);
      assert.deepEqual(members[name].servers, []);
      assert.equal(members[name].rights, "read");
      assert.deepEqual(istiodsOf(controlPlanes[name]), ["default:"]);
    }
  });

  it("let each watch the others", () => {
    assert.deepEqual(namesOf(controlPlanes.a.watches), ["b", "c"]);
    assert.deepEqual(namesOf(members.a.watchedBy), ["b", "c"]);
    assert.deepEqual(namesOf(controlPlanes.c.watches), ["a", "b"]);
  });

  it("make neighbours of those on one network", () => {
    assert.deepEqual(namesOf(members.a.neighbours), ["b"]);
    assert.deepEqual(namesOf(members.b.neighbours), ["a"]);
    assert.deepEqual(members.c.neighbours, []);
    assert.deepEqual(mesh.networks, ["near", "far"]);
  });
});

describe("the relations of a primary-remote mesh", () => {
  const { mesh, members, controlPlanes } = meshIn(relationsOf(twoServers));

  it("keep a remote's servers in its order of failover", () => {
    assert.deepEqual(namesOf(members.near.servers), ["a", "b"]);
    assert.deepEqual(namesOf(members.far.servers), ["b", "a"]);
    assert.deepEqual(members.a.servers, []);
    for (const name of ["near", "far"]) assert.equal(members[name].controlPlane, undefined);
  });

  it("say whom each istiod serves and what it watches", () => {
    for (const name of ["a", "b"]) {
      assert.deepEqual(istiodsOf(controlPlanes[name]), ["default: far near"]);
      assert.equal(controlPlanes[name].configuredIn, members[name].at);
    }
    assert.deepEqual(namesOf(controlPlanes.a.watches), ["b", "far", "near"]);
    assert.deepEqual(namesOf(controlPlanes.b.watches), ["a", "far", "near"]);
  });

  it("let istiods serve where none runs, and only read where one does", () => {
    const rights = mesh.members.map((member) => [nameOf(member), member.rights]);
    assert.deepEqual(rights, [
      ["a", "read"],
      ["b", "read"],
      ["far", "serve"],
      ["near", "serve"],
    ]);
  });
});

describe("the relations of meshes with external istiods", () => {
  const relations = relationsOf(management);
  const [retail, finance] = ["retail", "finance"].map((name) => meshIn(relations, name));

  it("have the control planes of several meshes in one cluster that is a member of none", () => {
    const mgmt = relations.clusters.find(({ cluster }) => cluster.name === "mgmt")!;
    assert.deepEqual(mgmt.members, []);
    assert.deepEqual(mgmt.controlPlanes, [finance.controlPlanes.mgmt, retail.controlPlanes.mgmt]);
    assert.deepEqual(istiodsOf(retail.controlPlanes.mgmt), ["default: shop stock"]);
    assert.deepEqual(istiodsOf(finance.controlPlanes.mgmt), ["default: bank"]);
  });

  it("configure them in their mesh's config cluster, and let them do so there alone", () => {
    assert.equal(retail.controlPlanes.mgmt.configuredIn.cluster.name, "shop");
    assert.equal(finance.controlPlanes.mgmt.configuredIn.cluster.name, "bank");
    assert.equal(retail.members.shop.rights, "configure");
    assert.equal(retail.members.stock.rights, "serve");
    assert.equal(finance.members.bank.rights, "configure");
  });

  it("let each watch the members of its own mesh", () => {
    assert.deepEqual(namesOf(retail.controlPlanes.mgmt.watches), ["shop", "stock"]);
    assert.deepEqual(namesOf(finance.controlPlanes.mgmt.watches), ["bank"]);
  });

  it("count the management cluster's network to what the mesh reaches, and not to its members'", () => {
    for (const { mesh } of [retail, finance]) {
      assert.deepEqual(ids(mesh.reach), ["apps", "mgmt"]);
      assert.deepEqual(ids(mesh.memberReach), ["apps"]);
      assert.deepEqual(ids(mesh.vpcs), ["apps", "mgmt"]);
      assert.deepEqual(mesh.networks, ["apps"]);
    }
  });

  it("keep each in a namespace of its own", () => {
    assert.equal(retail.mesh.namespace, "external-istiod-retail");
    assert.equal(meshIn(relationsOf(twoServers)).mesh.namespace, "istio-system");
  });
});

/** Asks of what follows from any description, with one of its meshes. */
function property(claim: (mesh: MeshRelation, relations: Relations) => void): void {
  const related = descriptions.map((description) => relationsOf(description));
  fc.assert(
    fc.property(related, (relations) => {
      for (const mesh of relations.meshes) claim(mesh, relations);
    }),
    { numRuns: 200 },
  );
}

const sorted = (names: string[]) => [...names].sort();

/** The VPC of a cluster, by its name alone. */
function vpcOf({ clusters, vpcs }: Topology, cluster: string): Vpc {
  return vpcs[clusters[cluster].vpc];
}

describe("every relation", () => {
  it("lets exactly the mesh's other control planes watch a member", () => {
    property(({ mesh, members, controlPlanes }) => {
      assert.deepEqual(namesOf(members), Object.keys(mesh.members));
      for (const { watches } of controlPlanes)
        assert.ok(watches.every((watched) => members.includes(watched)));
      for (const member of members) {
        const others = mesh.runsIn.filter((name) => name !== nameOf(member));
        assert.deepEqual(sorted(namesOf(member.watchedBy)), sorted(others));
        for (const controlPlane of controlPlanes)
          assert.equal(
            controlPlane.watches.includes(member),
            member.watchedBy.includes(controlPlane),
          );
      }
    });
  });

  it("makes neighbours of each other of exactly the members on one network", () => {
    property(({ members }) => {
      for (const a of members) {
        assert.ok(a.neighbours.every((other) => members.includes(other)));
        for (const b of members) {
          const isNear = a !== b && a.at.cluster.network === b.at.cluster.network;
          assert.equal(a.neighbours.includes(b), isNear);
          assert.equal(b.neighbours.includes(a), isNear);
        }
      }
    });
  });

  it("lists a serving istiod among its remote's servers, and lets each server serve each revision", () => {
    property(({ members, controlPlanes }) => {
      const serving = controlPlanes.flatMap(({ istiods }) =>
        istiods.flatMap(({ of, revision, serves }) =>
          serves.map((served) => ({ of, revision, remote: remoteOf(served) })),
        ),
      );
      for (const { of, remote } of serving) {
        assert.ok(members.includes(remote));
        assert.ok(remote.servers.includes(of), `${nameOf(of)} serves ${nameOf(remote)}`);
      }
      for (const remote of members)
        for (const server of remote.servers)
          for (const revision of remote.in.revisions) {
            const found = serving.filter(
              (one) => one.remote === remote && one.of === server && one.revision === revision,
            );
            assert.equal(found.length, 1);
          }
    });
  });

  it("gives a member an istiod beside it or servers elsewhere, in the order that it says", () => {
    property(({ mesh, members }) => {
      for (const { at, controlPlane, servers } of members) {
        assert.equal(controlPlane !== undefined, servers.length === 0);
        assert.deepEqual(namesOf(servers), mesh.members[at.cluster.name].servedBy);
        if (controlPlane) assert.equal(controlPlane.at, at);
      }
    });
  });

  it("reaches its members' addresses by members and by all, and those of its istiods by all", () => {
    property(({ mesh, reach, memberReach, vpcs }, { topology }) => {
      const members = Object.keys(mesh.members).map((name) => vpcOf(topology, name));
      const istiods = mesh.runsIn.map((name) => vpcOf(topology, name));
      for (const vpc of members) assert.ok(memberReach.includes(vpc), vpc.id);
      for (const vpc of [...memberReach, ...istiods]) assert.ok(reach.includes(vpc), vpc.id);
      assert.deepEqual(sorted(ids(vpcs)), sorted([...new Set(ids([...members, ...istiods]))]));
    });
  });

  it("reaches only meshed VPCs of the networks that it is on, each once", () => {
    property(({ mesh, reach, memberReach }, { topology, meshes }) => {
      const held = new Set(meshes.flatMap((one) => one.vpcs));
      const onNetworksOf = (clusters: string[]) => {
        const networks = clusters.map((name) => topology.clusters[name].network);
        return [...held].filter(({ network }) => networks.includes(network));
      };
      const members = Object.keys(mesh.members);
      assert.deepEqual(sorted(ids(memberReach)), sorted(ids(onNetworksOf(members))));
      assert.deepEqual(sorted(ids(reach)), sorted(ids(onNetworksOf([...members, ...mesh.runsIn]))));
    });
  });

  it("leads from a cluster to all that stands in it and back", () => {
    property(({ members, controlPlanes }, { clusters }) => {
      for (const member of members) assert.ok(member.at.members.includes(member));
      for (const controlPlane of controlPlanes)
        assert.ok(controlPlane.at.controlPlanes.includes(controlPlane));
      for (const cluster of clusters)
        for (const { at } of [...cluster.members, ...cluster.controlPlanes])
          assert.equal(at, cluster);
    });
  });
});
