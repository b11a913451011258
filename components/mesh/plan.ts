import type { AccessPlan } from "../access/plan";
import { planAccess } from "../access/planAccess";
import type { ClusterPlan } from "../cluster/plan";
import { planClusters } from "../cluster/planClusters";
import type { IstioPlan } from "../istio/plan";
import { planIstio } from "../istio/planIstio";
import type { NetworkPlan } from "../network/plan";
import { planNetwork } from "../network/planNetwork";
import type { AwsProviderPlan, Relations } from "../topology";
import type { TrustPlan } from "../trust/plan";
import { planTrust } from "../trust/planTrust";

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
