import { Protocol } from "../../../components/network";
import type { Opening } from "../../../components/network";
import type { Relations } from "../../../components/topology";

export function throwawayOpenings({ clusters }: Relations): Opening[] {
  return clusters.map((of) => ({
    name: "throwaway",
    to: { kind: "pods", of },
    from: [{ kind: "addresses", cidrs: ["192.168.7.0/24"] }],
    ports: [7000, 7001],
    protocol: Protocol.Udp,
    reason: "a test looks for it",
  }));
}
