import type { Rule } from "../../topology";
import { addressRules } from "./addresses";
import { existingRules } from "./existing";
import { istiodRules } from "./istiods";
import { linkRules } from "./links";
import { quotaRules } from "./quotas";
import { vpcRules } from "./vpcs";

/** Rules about addresses, VPCs, the links between them, and what AWS allows of each. */
export const networkRules: readonly Rule[] = [
  ...addressRules,
  ...vpcRules,
  ...existingRules,
  ...istiodRules,
  ...linkRules,
  ...quotaRules,
];
