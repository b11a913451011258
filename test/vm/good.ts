import type { TopologyDescription } from "../../components/topology";

/** A mesh of two primaries and a remote, with machines on its network and on another. */
export const good: TopologyDescription = {
  name: "demo",
  istio: { version: "1.31.4" },
  api: { allowFrom: ["203.0.113.7/32"] },
  networks: { shared: { cidr: "10.10.0.0/16" }, apart: { cidr: "10.20.0.0/16" } },
  clusters: {
    east: { network: "shared" },
    west: { network: "shared" },
    north: { network: "shared" },
  },
  meshes: {
    prod: {
      trustDomain: "prod.example",
      controlPlane: { runsIn: ["east", "west"] },
      clusters: { east: {}, west: {}, north: {} },
    },
  },
  virtualMachines: {
    legacy: {
      ...{ mesh: "prod", controlledBy: "east", network: "shared", namespace: "legacy" },
      ...{ serviceAccount: "legacy", ports: { http: 8080, "grpc-api": 9090 } },
      count: { min: 2, max: 4 },
    },
    batch: {
      ...{ mesh: "prod", controlledBy: "west", network: "apart", namespace: "batch" },
      ...{ serviceAccount: "batch", ports: {}, inbound: "none" },
    },
  },
};

/** The good description with other fields of a group. */
export function withGroup(
  name: string,
  fields: Partial<NonNullable<TopologyDescription["virtualMachines"]>[string]>,
): TopologyDescription {
  const changed = structuredClone(good);
  Object.assign(changed.virtualMachines![name]!, fields);
  return changed;
}
