/** What a description says of those who call API servers, read from it alone. */
import fc from "fast-check";
import {
  type ClusterDescription,
  ControlPlaneMode,
  type MeshDescription,
  RemoteAccess,
  type TopologyDescription,
  type VpcDescription,
} from "../../components/topology";
import { twoRevisions } from "../istio/support";
import { descriptions } from "../support/descriptions";
import { written } from "../support/plain";
import { CONTEXT } from "../support/topologies";

/** An istiod's cluster, and one whose API server it reads. */
export interface Pair {
  mesh: string;
  from: string;
  to: string;
}

/** Every ordered pair of different clusters, once for each mesh, whatever they have to do with it. */
export function everyPair({ meshes, clusters }: TopologyDescription): Pair[] {
  const names = Object.keys(clusters);
  return Object.keys(meshes).flatMap((mesh) =>
    names.flatMap((from) => names.map((to) => ({ mesh, from, to }))),
  );
}

/** Clusters that run istiod for a mesh. */
export function runsIstiod({ controlPlane, clusters }: MeshDescription): string[] {
  return controlPlane?.runsIn ?? Object.keys(clusters);
}

/** The VPC of a cluster, as it is written. */
export function vpcOf({ networks, clusters }: TopologyDescription, name: string): VpcDescription {
  const { network, vpc } = clusters[name];
  const { vpcs, ...short } = networks[network];
  return vpcs ? vpcs[vpc ?? Object.keys(vpcs)[0]] : short;
}

/** Account of a cluster, and role by which the program comes to it; nothing is its own. */
export function accountOf(description: TopologyDescription, name: string) {
  const { roleArn } = vpcOf(description, name).account ?? {};
  return { roleArn, id: roleArn?.match(/::(\d{12}):/)?.[1] };
}

export function regionOf(description: TopologyDescription, name: string): string {
  return vpcOf(description, name).region ?? CONTEXT.region;
}

export function isReadByIdentity({ remoteAccess, existing }: ClusterDescription): boolean {
  return remoteAccess === RemoteAccess.EksIdentity || (!remoteAccess && !existing);
}

/** One mesh of a mode: `s0`... run istiod, `r0`... do not. */
export const ofAnyMode: fc.Arbitrary<TopologyDescription> = fc
  .record({
    mode: fc.constantFrom(...Object.values(ControlPlaneMode)),
    servers: fc.integer({ min: 1, max: 3 }),
    remotes: fc.integer({ min: 1, max: 4 }),
    accounts: fc.array(fc.constantFrom(undefined, "111122223333", "444455556666"), {
      minLength: 2,
      maxLength: 2,
    }),
    tokens: fc.array(fc.boolean(), { minLength: 7, maxLength: 7 }),
    canary: fc.boolean(),
  })
  .map(describeMesh);

interface Shape {
  mode: ControlPlaneMode;
  servers: number;
  remotes: number;
  /** Accounts of management clusters' and of members' networks. */
  accounts: (string | undefined)[];
  tokens: boolean[];
  canary: boolean;
}

function describeMesh(shape: Shape): TopologyDescription {
  const { mode, servers, remotes, accounts, tokens, canary } = shape;
  const names = (prefix: string, count: number) =>
    Array.from({ length: count }, (_, index) => `${prefix}${index}`);
  const runsIn = names("s", servers);
  const others = mode === ControlPlaneMode.MultiPrimary ? [] : names("r", remotes);
  const members = mode === ControlPlaneMode.External ? others : [...runsIn, ...others];
  const network = (cidr: string, id?: string) => ({
    cidr,
    account: id === undefined ? undefined : { roleArn: `arn:aws:iam::${id}:role/deploy` },
  });
  const clusters = [...runsIn, ...others].map((name, index): [string, ClusterDescription] => [
    name,
    {
      network: name.startsWith("s") ? "control" : "apps",
      remoteAccess: tokens[index] ? RemoteAccess.ServiceAccountToken : undefined,
    },
  ]);
  const member = (name: string) => ({
    revision: canary && name === members.at(-1) ? "canary" : undefined,
  });
  const revision = canary ? "stable" : undefined;
  const configCluster = mode === ControlPlaneMode.External ? "r0" : undefined;
  return written({
    name: "demo",
    api: { private: { cidrs: ["172.16.0.0/12"] } },
    istio: canary ? twoRevisions : { version: "1.31.3" },
    networks: {
      control: network("10.0.0.0/16", accounts[0]),
      apps: network("10.10.0.0/16", accounts[1]),
    },
    clusters: Object.fromEntries(clusters),
    meshes: {
      prod: {
        controlPlane: { runsIn, configCluster },
        revision,
        clusters: Object.fromEntries(members.map((name) => [name, member(name)])),
      },
    },
  });
}

/** Descriptions of every kind, a third of them for the modes alone. */
export const described: fc.Arbitrary<TopologyDescription> = fc.oneof(
  { arbitrary: descriptions, weight: 2 },
  { arbitrary: ofAnyMode, weight: 1 },
);
