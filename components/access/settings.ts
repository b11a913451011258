import type { Setting } from "../topology";
import { versionOf } from "../versions/istio";
import { byIdentity } from "./plan";
import { refresherValues } from "./refresher/refresher";

const instead = "it follows from the clusters' `remoteAccess`";

/** What remote access needs of istiod. */
export const accessSettings: Setting[] = [
  {
    why: "Other clusters' API servers are called with short EKS tokens, which a sidecar of istiod keeps fresh.",
    owned: { "env.PILOT_INSECURE_MULTICLUSTER_KUBECONFIG_OPTIONS": instead },
    when: ({ of: { watches } }) => watches.some(byIdentity),
    values: ({ of, revision: { version } }) => ({
      ...refresherValues(of.of.mesh.istio.refresherImage ?? versionOf(version).refresherImage),
    }),
  },
];
