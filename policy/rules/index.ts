/** Every rule of the pack. */
import type { Rule } from "../rule";
import { internalBalancers } from "./balancers";
import { encryptedSecrets, encryptedVolumes, logKeys } from "./encryption";
import { metadataTokens } from "./metadata";
import { meshWideMutualTls, strictMutualTls } from "./mutualTls";
import { noPublicMeshPort } from "./ports";
import { protectedRoots } from "./roots";
import { supportedIstio, supportedKubernetes } from "./support";
import { noLastingToken } from "./tokens";

/** On a day (UTC, `2026-11-22`). */
export function rules(today: () => string): Rule[] {
  return [
    noPublicMeshPort,
    internalBalancers,
    encryptedSecrets,
    encryptedVolumes,
    logKeys,
    noLastingToken,
    strictMutualTls,
    meshWideMutualTls,
    protectedRoots,
    metadataTokens,
    supportedIstio(today),
    supportedKubernetes(today),
  ];
}
