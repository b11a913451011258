/** What must hold of every matrix of reach. */
import assert from "node:assert/strict";
import { containsCidr, mergeCidr } from "cidr-tools";
import type { NetworkPlan } from "../../../components/network";
import type { Cell, Reach } from "../../../components/mesh/reach";
import type { Mesh, Topology } from "../../../components/topology";
import { balancerPasses, leads, podsReach } from "./packets";

export interface Made {
  topology: Topology;
  network: NetworkPlan;
  reach: Reach;
}

type Claim = (made: Made) => void;

const keyOf = ({ from, to }: Cell) => `${from}:${to}`;

/** A place as its key has it: `mesh/cluster`, `cluster`, `mesh/cluster/gateway`. */
function partsOf(topology: Topology, key: string) {
  const parts = key.split("/");
  const [mesh, cluster, gateway] = parts.length === 1 ? [undefined, key] : parts;
  return { mesh: mesh === undefined ? undefined : topology.meshes[mesh], cluster, gateway };
}

/** Whether the callers of a cell come by an ingress gateway. */
const isClients = ({ from }: Cell) => from.split("/").length === 3;

/** Cells between two places of one mesh, clients of its gateways among them. */
function within({ topology, reach }: Made): { cell: Cell; mesh: Mesh; apart: boolean }[] {
  return reach.cells.flatMap((cell) => {
    const [from, to] = [partsOf(topology, cell.from), partsOf(topology, cell.to)];
    if (!from.mesh || from.mesh !== to.mesh) return [];
    const networkOf = (name: string) => topology.clusters[name].network;
    const apart = networkOf(from.cluster) !== networkOf(to.cluster);
    return [{ cell, mesh: from.mesh, apart }];
  });
}

function isComplete({ topology, reach }: Made): void {
  const { clusters, meshes } = topology;
  const inMesh = Object.values(meshes).flatMap(({ name, members }) =>
    Object.keys(members).map((cluster) => `${name}/${cluster}`),
  );
  const pods = [...Object.keys(clusters), ...inMesh];
  const clients = Object.values(meshes).flatMap(({ name, ingress }) =>
    Object.entries(ingress).flatMap(([gateway, at]) =>
      at.clusters.map((cluster) => `${name}/${cluster}/${gateway}`),
    ),
  );
  const callers = [...pods, ...clients];
  assert.deepEqual(reach.places.map(({ key }) => key).sort(), [...callers].sort());
  const wanted = callers.flatMap((from) => pods.map((to) => `${from}:${to}`));
  assert.deepEqual(reach.cells.map(keyOf).sort(), wanted.sort());
}

function isWholeInMesh(made: Made): void {
  for (const { cell, mesh, apart } of within(made)) {
    assert.equal(cell.way.kind, apart || isClients(cell) ? "gateways" : "direct", keyOf(cell));
    assert.match(cell.identity ?? "", /^spiffe:\/\/[^/]+\/ns\/[^/]+\/sa\/[^/]+$/);
    assert.equal(cell.identity!.split("/")[2], mesh.trustDomain, keyOf(cell));
  }
}

function isSymmetric({ topology, reach }: Made): void {
  const wayOf = new Map(reach.cells.map((cell) => [keyOf(cell), cell.way.kind]));
  for (const { from, to, way } of reach.cells) {
    const [caller, called] = [partsOf(topology, from), partsOf(topology, to)];
    const isMutual = caller.mesh === called.mesh && caller.gateway === undefined;
    const isPlain = caller.mesh === undefined && caller.cluster === called.cluster;
    if (isMutual && (caller.mesh || isPlain))
      assert.equal(wayOf.get(`${to}:${from}`), way.kind, `${from}:${to}`);
  }
}

function isStrict({ topology, reach }: Made): void {
  for (const cell of reach.cells) {
    const [from, to] = [partsOf(topology, cell.from), partsOf(topology, cell.to)];
    const isClosed = to.mesh?.mtls === "strict" || from.gateway !== undefined;
    if (to.mesh && from.mesh !== to.mesh && isClosed)
      assert.equal(cell.way.kind, "none", keyOf(cell));
    if (to.mesh && from.mesh !== to.mesh) assert.equal(cell.identity, undefined, keyOf(cell));
    if (!to.mesh) assert.equal(cell.identity, undefined, keyOf(cell));
  }
}

/** Sidecars of such a mesh send by name alone. */
function isKeptToRegistry({ topology, reach }: Made): void {
  for (const { from, to, way } of reach.cells) {
    const { mesh, gateway } = partsOf(topology, from);
    const isKept =
      mesh?.dataPlane === "sidecar" &&
      mesh.values.istiod?.meshConfig?.outboundTrafficPolicy?.mode === "REGISTRY_ONLY" &&
      partsOf(topology, to).mesh !== mesh &&
      gateway === undefined;
    const isSaid = way.kind === "none" && way.why === "registry-only";
    assert.equal(isSaid, isKept, `${from}:${to}`);
  }
}

/** Every leg of what is allowed is open; and where the network is said to stop it, one is not. */
function isOpenAsSaid({ topology, network, reach }: Made): void {
  for (const cell of reach.cells) {
    const isStopped = cell.way.kind === "none" && ["closed", "no-route"].includes(cell.way.why);
    if (cell.way.kind === "none" && !isStopped) continue;
    assert.equal(isPassable(topology, network, cell), !isStopped, keyOf(cell));
  }
}

function isPassable(topology: Topology, network: NetworkPlan, cell: Cell): boolean {
  const from = partsOf(topology, cell.from);
  const to = partsOf(topology, cell.to);
  const direct = podsReach(topology, network, from.cluster, to.cluster);
  if (cell.way.kind !== "gateways") return direct;
  let at = [from.cluster];
  for (const hop of cell.way.through) {
    const isOpen = hop.every((gateway) => {
      const isClient = gateway === cell.from;
      const [mesh, , name] = gateway.split("/");
      const ports =
        name === "east-west"
          ? [dataPort(to.mesh!)]
          : Object.values(topology.meshes[mesh].ingress[name].ports);
      return ports.every((port) =>
        isClient
          ? leads(network, gateway, port)
          : at.every((one) => balancerPasses(topology, network, one, gateway, port)),
      );
    });
    if (!isOpen) return false;
    at = hop.map((gateway) => gateway.split("/")[1]);
  }
  return at.every((one) => podsReach(topology, network, one, to.cluster));
}

function dataPort({ dataPlane }: Mesh): number {
  return dataPlane === "ambient" ? 15008 : 15443;
}

/** Gateways of the called network, all of one mesh. */
function leadsThroughTheNetworkCalled(made: Made): void {
  for (const { cell, mesh, apart } of within(made)) {
    if (cell.way.kind !== "gateways" || !apart) continue;
    const last = cell.way.through.at(-1)!;
    const { cluster } = partsOf(made.topology, cell.to);
    const { network } = made.topology.clusters[cluster];
    const expected = Object.keys(mesh.members).filter((name) =>
      // An ingress gateway is an Envoy in either data plane.
      mesh.dataPlane === "ambient" && !isClients(cell)
        ? made.topology.clusters[name].network === network
        : name === cluster,
    );
    const keys = expected.map((name) => `${mesh.name}/${name}/east-west`);
    assert.deepEqual([...last].sort(), keys.sort(), keyOf(cell));
  }
}

const PURPOSES =
  /^(pods of one network call each other on any port|(mTLS|HBONE) from the networks of the mesh|.* from the clients of the gateway)$/;

/** Who a rule lets in beyond need, since a mesh is let in as a whole, by the ranges of all networks that it is on. */
function excused(topology: Topology, balancer: string): string[] {
  const [name, at] = balancer.split("/");
  const members = Object.keys(topology.meshes[name].members).map((one) => topology.clusters[one]);
  const { network } = topology.clusters[at];
  const vpcs = [...new Set(members.map((member) => member.network))]
    .flatMap((one) => topology.networks[one].vpcs)
    .map((id) => topology.vpcs[id])
    .filter((vpc) => vpc.network === network || members.every((member) => member.vpc !== vpc.id));
  return vpcs.flatMap(({ cidrs }) => cidrs);
}

function opensNothingMore({ topology, network, reach }: Made): void {
  const needed = new Set(
    reach.cells.flatMap(({ needs }) =>
      needs.map((need) => need.kind === "rule" && [need.group, need.way, need.rule].join(" ")),
    ),
  );
  for (const [key, group] of Object.entries(network.firewall.groups)) {
    const { of } = group;
    const whole = of.kind === "balancer" ? excused(topology, of.key) : [];
    for (const way of ["in", "out"] as const) {
      const rules = group[way].filter(({ reason }) => PURPOSES.test(reason));
      for (const { name, side } of rules) {
        if (side.kind === "cidr" && whole.length > 0 && containsCidr(mergeCidr(whole), side.cidr))
          continue;
        assert.ok(needed.has(`${key} ${way} ${name}`), `${key} ${way} ${name}`);
      }
    }
  }
}

export const claims: Record<string, Claim> = {
  "has a cell for each caller and each called place, and no other": isComplete,
  "lets all of one mesh reach each other, as its trust domain has them": isWholeInMesh,
  "is the same both ways in a mesh, and in plain text within a cluster": isSymmetric,
  "lets nobody else reach a strict mesh, and knows nobody by plain text": isStrict,
  "keeps sidecars to their mesh where it lets them call only what istiod knows, and no others":
    isKeptToRegistry,
  "allows what routes and rules let through, packet by packet, and nothing that they stop":
    isOpenAsSaid,
  "leads through the gateways of the network that is called": leadsThroughTheNetworkCalled,
  "needs everything that is open to data": opensNothingMore,
};
