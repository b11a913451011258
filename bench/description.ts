/** The deployment that is measured: one mesh, an istiod in each of N clusters, each cluster on a network of its own. */
import type { TopologyArgs } from "../components/topology";

export interface Scale {
  clusters: number;
  /** Regions that the clusters are spread over, in turn. @default one */
  regions?: string[];
}

/** Numbered names, so that the description of N clusters is a part of that of N + 1. */
export function descriptionOf({ clusters, regions = ["eu-west-1"] }: Scale): TopologyArgs {
  const numbers = Array.from({ length: clusters }, (_, index) => index + 1);
  return {
    name: "bench",
    api: { private: true },
    // Twenty or fifty VPCs in one region need quotas that AWS raises on request.
    quotas: { vpcs: 100, elasticIps: 100 },
    links: { via: "transit-gateway" },
    networks: record(numbers, networkName, (number) => ({
      cidr: `10.${number}.0.0/16`,
      region: regions[(number - 1) % regions.length],
    })),
    clusters: record(numbers, clusterName, (number) => ({ network: networkName(number) })),
    meshes: { prod: { clusters: record(numbers, clusterName, () => ({})) } },
  };
}

export const clusterName = (number: number) => `cluster${number}`;
export const networkName = (number: number) => `net${number}`;

function record<T>(
  numbers: number[],
  key: (number: number) => string,
  value: (number: number) => T,
): Record<string, T> {
  return Object.fromEntries(numbers.map((number) => [key(number), value(number)]));
}
