/** Roots are not deleted by mistake. */
import { isIn } from "../rule";
import type { ResourceRule } from "../rule";

const ROOT = ["tls:index/privateKey:PrivateKey", "tls:index/selfSignedCert:SelfSignedCert"];

export const protectedRoots: ResourceRule = {
  name: "protected-roots",
  summary: "A mesh's root is protected.",
  why: "Once it is gone, no certificate of the mesh is accepted by what starts anew (docs/roots.md).",
  level: "mandatory",
  check: (resource) =>
    ROOT.includes(resource.type) && isIn(resource, "RootCa") && !resource.protect
      ? [
          {
            path: "protect",
            got: "false",
            allowed: "true",
            fix: "say `protect: true` in the description, or as an option of the RootCa; to destroy the stack, leave this rule out for one `up`",
          },
        ]
      : [],
};
