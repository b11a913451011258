/** No token lasts. */
import type { ResourceRule } from "../rule";

const LASTING = "kubernetes.io/service-account-token";

export const noLastingToken: ResourceRule = {
  name: "no-lasting-token",
  summary: "No Secret holds a token of a service account.",
  why: "Such a token never ends, and whoever reads the Secret has it (https://kubernetes.io/docs/concepts/security/service-accounts/#authenticating-credentials).",
  level: "mandatory",
  check: ({ type, inputs }) =>
    type === "kubernetes:core/v1:Secret" && inputs.type === LASTING
      ? [
          {
            path: "type",
            got: JSON.stringify(LASTING),
            allowed: "any other type",
            fix: "let EKS identity speak for istiod (remoteAccess eks-identity, the default for clusters of EKS); for a cluster that has none, name the Secret under `except` of this rule in the policy pack's configuration",
          },
        ]
      : [],
};
