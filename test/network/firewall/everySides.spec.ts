import assert from "node:assert/strict";
import { containsCidr, mergeCidr } from "cidr-tools";
import fc from "fast-check";
import type { Side, Source } from "../../../components/network";
import { sidesOf, standpoint } from "../../../components/network/firewall/sides";
import type { NamedSide } from "../../../components/network/firewall/sides";
import { planPrefixLists } from "../../../components/network/links/prefixLists";
import type { ClusterRelation, Relations, TopologyDescription } from "../../../components/topology";
import { descriptions } from "../../support/descriptions";
import { relationsOf } from "../../support/topologies";
import { servedDescriptions } from "../support";
import { clusterIn, outside, place } from "./support";

interface Call {
  relations: Relations;
  at: ClusterRelation;
  sources: Source[];
  sides: NamedSide[];
}

/** What one cluster of a description sees of some who call it, all picked by number. */
function call(drawn: TopologyDescription, place: number, picks: number[]): Call {
  const relations = relationsOf(drawn);
  const { clusters, meshes } = relations;
  const all: Source[] = [
    ...clusters.map((of): Source => ({ kind: "pods", of })),
    ...meshes.map((of): Source => ({ kind: "mesh", of })),
    ...clusters.filter(({ members }) => members.length > 0).map(outside),
    { kind: "addresses", cidrs: ["10.10.0.0/17", "192.168.0.0/24"] },
  ];
  const sources = picks.map((pick) => all[pick % all.length]);
  const at = clusters[place % clusters.length];
  return { relations, at, sources, sides: sidesOf(sources, seenBy(relations, at)) };
}

function seenBy(relations: Relations, at: ClusterRelation) {
  return standpoint({ kind: "pods", of: at }, Object.values(planPrefixLists(relations)));
}

describe("of any sources, sidesOf", () => {
  const drawn = fc.oneof(descriptions, servedDescriptions);
  const numbers = fc.array(fc.nat(50), { maxLength: 6 });
  const every = (claim: (made: Call) => void) =>
    fc.assert(
      fc.property(drawn, fc.nat(5), numbers, (...picks) => claim(call(...picks))),
      { numRuns: 300 },
    );

  it("names no group of another VPC and no list of another account or region", () => {
    every(({ relations, at, sides }) => {
      const lists = planPrefixLists(relations);
      for (const { side } of sides) {
        // Machines here are called as the cluster that serves them, and stand beside it.
        if (side.kind === "group")
          assert.equal(clusterIn(relations, side.group.replace(/^.*\//, "")).vpc, at.vpc);
        if (side.kind === "list") assert.equal(lists[side.list].provider, place(at.vpc));
      }
    });
  });

  it("lets all of them in", () => {
    every(({ sources, sides }) => {
      const open = sides.flatMap(({ side, addresses }) =>
        side.kind === "group" ? [] : addresses!,
      );
      for (const source of sources) {
        const isNamed = sides.some(
          ({ side }) => side.kind === "group" && side.group === groupOf(source),
        );
        assert.ok(isNamed || containsCidr(mergeCidr(open), addressesOf(source)), source.kind);
      }
    });
  });

  it("lets nobody else in, save what a mesh's list has of the own VPC and of its istiods' networks", () => {
    every(({ at, sources, sides }) => {
      for (const { side, addresses } of sides) {
        const callers = sources.filter((source) => mayStandFor(side, source, at));
        const more = side.kind === "list" ? callers.flatMap((source) => moreIn(source, at)) : [];
        const wanted = [...callers.flatMap(addressesOf), ...more];
        assert.ok(callers.length > 0, JSON.stringify(side));
        assert.ok(containsCidr(mergeCidr(wanted), addresses!), JSON.stringify(side));
      }
    });
  });

  it("says each once, and the same in another order", () => {
    every(({ relations, at, sources, sides }) => {
      const names = sides.map(({ name }) => name);
      assert.equal(new Set(names).size, names.length, names.join());
      const turned = sidesOf([...sources, ...sources].reverse(), seenBy(relations, at));
      assert.deepEqual(byName(turned), byName(sides));
    });
  });
});

function byName(sides: NamedSide[]): Record<string, NamedSide> {
  return Object.fromEntries(sides.map((side) => [side.name, side]));
}

/** Whether a side may be there for a source: a group for its cluster, a list for workloads of its mesh. */
function mayStandFor(side: Side, source: Source, { vpc }: ClusterRelation): boolean {
  if (side.kind === "cidr") return true;
  if (side.kind === "group") return side.group === groupOf(source);
  if (side.kind !== "list") return false;
  return meshesOf(source).some((mesh) => side.list === `${mesh}/${place(vpc)}`);
}

/** Key of the group that a source carries. */
function groupOf(source: Source): string | undefined {
  if (source.kind === "pods") return `cluster/${source.of.cluster.name}`;
  return source.kind === "outside"
    ? `machines/${source.of.controlledBy.at.cluster.name}`
    : undefined;
}

function meshesOf(source: Source): string[] {
  if (source.kind === "mesh") return [source.of.mesh.name];
  if (source.kind === "outside") return [source.of.controlledBy.in.mesh.name];
  if (source.kind !== "pods") return [];
  const { members, controlPlanes } = source.of;
  return [...members.map((member) => member.in), ...controlPlanes.map(({ of }) => of)].map(
    ({ mesh }) => mesh.name,
  );
}

/** What a list may have beside the addresses of a source. */
function moreIn(source: Source, { vpc }: ClusterRelation): string[] {
  return source.kind === "mesh" ? source.of.reach.flatMap(({ cidrs }) => cidrs) : vpc.cidrs;
}

function addressesOf(source: Source): string[] {
  switch (source.kind) {
    case "pods":
      return source.of.vpc.cidrs;
    case "outside":
      return source.of.vpc.cidrs;
    case "mesh":
      return source.of.memberReach.flatMap(({ cidrs }) => cidrs);
    case "addresses":
      return source.cidrs;
    case "given-group":
    case "given-list":
      return [];
    case "anyone":
      return ["0.0.0.0/0"];
  }
}
