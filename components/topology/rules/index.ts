import type { Rule } from "../rule";
import { accessFormRules } from "./access";
import { apiRules } from "./apis";
import { clusterFormRules } from "./clusters";
import { controlPlaneRules } from "./controlPlanes";
import { federationFormRules } from "./federation";
import { givenRules } from "./given";
import { iamRules } from "./iam";
import { linkFormRules } from "./links";
import { machineRules } from "./machines";
import { meshRules } from "./meshes";
import { nameRules } from "./names";
import { networkFormRules } from "./networks";
import { referenceRules } from "./references";
import { peerFormRules } from "./peers";
import { regionRules } from "./regions";
import { revisionRules } from "./revisions";
import { sourceRules } from "./sources";
import { tagRules } from "./tags";
import { tenantFormRules } from "./tenants";
import { trustFormRules } from "./trust";
import { warningRules } from "./warnings";

export { apiMissing } from "./apis";
export { peerRead } from "./peers";

/** Rules that need no room. */
export const topologyRules: readonly Rule[] = [
  ...referenceRules,
  ...revisionRules,
  ...nameRules,
  ...networkFormRules,
  ...regionRules,
  ...linkFormRules,
  ...clusterFormRules,
  ...givenRules,
  ...meshRules,
  ...controlPlaneRules,
  ...apiRules,
  ...sourceRules,
  ...trustFormRules,
  ...tagRules,
  ...accessFormRules,
  ...iamRules,
  ...machineRules,
  ...federationFormRules,
  ...peerFormRules,
  ...tenantFormRules,
  ...warningRules,
];
