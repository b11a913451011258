/** NetworkPolicy of an egress gateway: the tenant comes in, and what is outside is reached. Plain data. */
import { TENANT_LABEL } from "../../topology";
import type { TenantEgressPlan } from "../facts";
import { namespaced, outside, tcp, toDns, toIstiod } from "../namespace/networkPolicies";
import type { NetworkPolicySpec } from "../namespace/networkPolicies";
import { egressPorts } from "./names";

export function egressPackets({
  tenant,
  mesh,
  outside: hosts,
  inside,
}: Pick<TenantEgressPlan, "tenant" | "outside" | "inside"> & {
  mesh: Pick<TenantEgressPlan["mesh"], "namespace">;
}): NetworkPolicySpec {
  const ports = tcp(...egressPorts(hosts));
  return {
    podSelector: {},
    policyTypes: ["Ingress", "Egress"],
    ingress: [{ from: [namespaced({ [TENANT_LABEL]: tenant })], ports }],
    egress: [toIstiod(mesh), toDns(), { to: [outside({ inside })], ports }],
  };
}
