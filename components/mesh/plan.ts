import type { AccessPlan } from "../access/facts";
import { planAccess } from "../access/plan";
import type { ClusterPlan } from "../cluster/facts";
import { planClusters } from "../cluster/plan";
import type { IstioPlan } from "../istio/facts";
import { planIstio } from "../istio/plan";
import type { NetworkPlan } from "../network/facts";
import { planNetwork } from "../network/plan";
import type { AwsProviderPlan, Relations } from "../topology";
import type { TrustPlan } from "../trust/facts";
import { planTrust } from "../trust/plan";

/** What more than one room must agree on, decided once. Plain, serialisable, deterministic. */
export interface Facts {
  /** One AWS provider per account and region that any room makes something in, by key. */
  providers: Record<string, AwsProviderPlan>;
  network: NetworkPlan;
  clusters: Record<string, ClusterPlan>;
  trust: TrustPlan;
  access: AccessPlan;
  istio: IstioPlan;
}

/** The facts of everything that is related. */
export function plan(relations: Relations): Facts {
  const network = planNetwork(relations);
  const access = planAccess(relations);
  return {
    providers: { ...network.providers, ...access.providers },
    network,
    clusters: planClusters(relations),
    trust: planTrust(relations),
    access,
    istio: planIstio(relations, network.istiods),
  };
}
