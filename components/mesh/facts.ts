import type { AccessPlan } from "../access/facts";
import type { ClusterPlan } from "../cluster/facts";
import type { TasksPlan } from "../ecs/facts";
import type { FederationPlan } from "../federation/facts";
import type { IstioPlan } from "../istio/facts";
import type { NetworkPlan } from "../network/facts";
import type { AwsProviderPlan } from "../topology";
import type { TenancyPlan } from "../tenancy/facts";
import type { TrustPlan } from "../trust/facts";
import type { MachinesPlan } from "../vm/facts";

/** What more than one room must agree on, decided once. Plain, serialisable, deterministic. */
export interface Facts {
  /** One AWS provider per account and region that any room makes something in, by key. */
  providers: Record<string, AwsProviderPlan>;
  network: NetworkPlan;
  clusters: Record<string, ClusterPlan>;
  trust: TrustPlan;
  access: AccessPlan;
  istio: IstioPlan;
  machines: MachinesPlan;
  tasks: TasksPlan;
  federation: FederationPlan;
  tenancy: TenancyPlan;
}
