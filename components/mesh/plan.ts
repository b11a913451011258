import type { AccessPlan } from "../access/plan";
import { planAccess } from "../access/planAccess";
import type { ClusterPlan } from "../cluster/plan";
import { planClusters } from "../cluster/planClusters";
import type { IstioPlan } from "../istio/plan";
import { planIstio } from "../istio/planIstio";
import type { NetworkPlan } from "../network/plan";
import { planNetwork } from "../network/planNetwork";
import type { Topology } from "../topology";
import type { TrustPlan } from "../trust/plan";
import { planTrust } from "../trust/planTrust";

/** What more than one room must agree on, decided once. Plain, serialisable, deterministic. */
export interface Facts {
  network: NetworkPlan;
  clusters: Record<string, ClusterPlan>;
  trust: TrustPlan;
  access: AccessPlan;
  istio: IstioPlan;
}

/** The facts of a checked topology. */
export function plan(topology: Topology): Facts {
  return {
    network: planNetwork(topology),
    clusters: planClusters(topology),
    trust: planTrust(topology),
    access: planAccess(topology),
    istio: planIstio(topology),
  };
}
