import { addressRules } from "./addresses";
import { existingRules } from "./existing";
import { firewallRules } from "./firewall";
import { gatewayRules } from "./gateways";
import { linkRules } from "./links";
import { quotaRules } from "./quotas";
import type { NetworkRule } from "./rule";
import { vpcRules } from "./vpcs";

/** Rules about addresses, VPCs, the links between them, and what AWS allows of each. */
export const networkRules: readonly NetworkRule[] = [
  ...addressRules,
  ...vpcRules,
  ...existingRules,
  ...firewallRules,
  ...linkRules,
  ...gatewayRules,
  ...quotaRules,
];
