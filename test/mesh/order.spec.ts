/** Nothing that stays depends on what is put beside it. */
import assert from "node:assert/strict";
import fc from "fast-check";
import { planIstio } from "../../components/istio/plan";
import type { Facts } from "../../components/mesh/facts";
import type { TopologyDescription } from "../../components/topology";
import { newestVersion } from "../../components/versions/istio";
import { servedDescriptions } from "../network/support";
import { descriptions } from "../support/descriptions";
import { withMachines } from "../support/outside";
import { factsOf, relationsOf } from "../support/topologies";

/** Names that come before, between and after those that descriptions are drawn with. */
const newNames = fc.constantFrom("a", "aaa-0", "c00", "mesh-00", "net-00", "zz", "zzz-9");

type Addition = (description: TopologyDescription, name: string, pick: number) => void;

function pickOf<T>(things: T[], pick: number): T {
  return things[pick % things.length];
}

/** A cluster on some network of the description. */
function addCluster(description: TopologyDescription, name: string, pick: number): void {
  const { network, vpc } = pickOf(Object.values(description.clusters), pick);
  description.clusters[name] = { network, vpc };
}

function addNetwork(description: TopologyDescription, name: string, pick: number): void {
  const region = pickOf([undefined, "ap-northeast-1", "us-west-2"], pick);
  const account = { roleArn: `arn:aws:iam::000000000001:role/deployer` };
  const place = pick % 2 === 0 ? { region } : { region, account };
  description.networks[name] = { cidr: "10.240.0.0/16", ...place };
  description.clusters[name] = { network: name };
}

const additions: Record<string, Addition> = {
  "a mesh": (description, name, pick) => {
    addCluster(description, name, pick);
    description.meshes[name] = { istio: { version: "1.31.3" }, clusters: { [name]: {} } };
  },
  "a mesh whose istiod runs in a cluster that runs others": (description, name, pick) => {
    addCluster(description, name, pick);
    const server = pickOf(Object.keys(description.clusters), pick);
    if (server === name) return;
    const controlPlane = { runsIn: [server], configCluster: name };
    description.meshes[name] = {
      istio: { version: "1.31.3" },
      controlPlane,
      clusters: { [name]: {} },
    };
  },
  "a member": (description, name, pick) => {
    addCluster(description, name, pick);
    pickOf(Object.values(description.meshes), pick).clusters[name] = {};
  },
  "a member on a network of its own": (description, name, pick) => {
    addNetwork(description, name, pick);
    pickOf(Object.values(description.meshes), pick).clusters[name] = {};
  },
  "a revision that a member picks": (description, name, pick) => {
    // An istiod that is upgraded in place has none beside it.
    if (!description.istio?.revisions) return;
    description.istio.revisions[name] = { version: newestVersion() };
    const mesh = pickOf(Object.values(description.meshes), pick);
    const member = pickOf(Object.values(mesh.clusters), pick);
    if (!mesh.istio) member.revision = name;
  },
};

/** What is planned, with something that looks istiods up by name: else there is no private zone. */
function namedFacts(description: TopologyDescription): Facts {
  const istio = planIstio(withMachines(relationsOf(description)), []);
  return { ...factsOf(description), istio };
}

/** What must stay where it is: addresses, names, owners and requesters. */
function fixed({ network, access, clusters, istio }: Facts) {
  return {
    istiods: Object.fromEntries(
      Object.entries(istio.addresses).map(([key, { addresses, host, loadBalancerName }]) => [
        key,
        { addresses, host, loadBalancerName },
      ]),
    ),
    zones: mapFirst(istio.zones, ({ name, owner }) => ({ name, owner })),
    peerings: network.peerings,
    gateways: mapFirst(network.transitGateways, ({ from }) =>
      from.kind === "made" ? { ...from, sharedWith: undefined } : from,
    ),
    gatewayPeerings: mapFirst(network.transitGatewayPeerings, ({ requester }) => requester),
    roles: mapFirst(access.roles, ({ provider, roleName }) => ({ provider, roleName })),
    clusters: mapFirst(clusters, ({ eksName, provider }) => ({ eksName, provider })),
  };
}

function mapFirst<T, U>(record: Record<string, T>, map: (value: T) => U): Record<string, U> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, map(value)]));
}

/** Counts by kind, in `kept`, what stayed where it was. */
function assertKept(before: Facts, after: Facts, kept: Record<string, number>): void {
  const [old, young] = [fixed(before), fixed(after)] as Record<string, Record<string, unknown>>[];
  for (const [kind, things] of Object.entries(old)) {
    kept[kind] = (kept[kind] ?? 0) + Object.keys(things).length;
    for (const [key, value] of Object.entries(things)) {
      assert.deepEqual(young[kind][key], value, `${kind} ${key}`);
    }
  }
}

describe("growth", () => {
  for (const [what, add] of Object.entries(additions)) {
    it(`by ${what}, whatever its name, moves no address, owner or requester`, () => {
      const kept: Record<string, number> = {};
      fc.assert(
        fc.property(
          fc.oneof(descriptions, servedDescriptions),
          newNames,
          fc.nat(1000),
          (description, name, pick) => {
            const larger = structuredClone(description);
            add(larger, name, pick);
            assertKept(namedFacts(description), namedFacts(larger), kept);
          },
        ),
        { seed: 12, numRuns: 120 },
      );
      assert.ok(Object.keys(kept).length > 0);
      for (const [kind, count] of Object.entries(kept))
        assert.ok(count > 20, `${count} ${kind} that could have moved`);
    });
  }
});
