import type { AccessPlan } from "../access/facts";
import { accessOpenings } from "../access/openings";
import { planAccess } from "../access/plan";
import type { ClusterPlan } from "../cluster/facts";
import { clusterOpenings } from "../cluster/openings";
import { planClusters } from "../cluster/plan";
import type { IstioPlan } from "../istio/facts";
import { istioOpenings } from "../istio/openings";
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
  const openings = [clusterOpenings, accessOpenings, istioOpenings].flatMap((of) => of(relations));
  const network = planNetwork(relations, openings);
  const access = planAccess(relations);
  return {
    providers: { ...network.providers, ...access.providers },
    network,
    clusters: planClusters(relations, network.firewall.publicApi),
    trust: planTrust(relations),
    access,
    istio: planIstio(relations),
  };
}
