/** Which releases a cluster without an istiod of its own is made of. */
import { istiodName } from "../../topology";
import type { Injection } from "../../topology";
import { ChartName } from "../../versions/charts";
import { cniRelease } from "../controlPlane/agents";
import { baseRelease } from "../controlPlane/controlPlaneReleases";
import type { ReleasePlan } from "../releasePlan";
import { hasRevisions } from "../revisions/values";
import type { AgentFacts } from "../controlPlane/valueFacts";
import { remoteBaseValues, remoteIstiodValues } from "./remoteValues";
import type { RemoteFacts, RemoteRevision } from "./remoteValues";
import { timeouts } from "../timeouts";

/** What the releases depend on. */
export interface RemoteReleaseFacts extends Omit<RemoteFacts, "hasRevisions">, AgentFacts {
  injection: Injection;
  revisions: RemoteRevision[];
  version: string;
}

/** The releases of a remote. */
export interface RemoteReleases {
  /** CRDs and, where it holds the configuration, the default validation. */
  base: ReleasePlan;
  /** Webhooks of each revision, which ask the revision's relay. */
  webhooks: ReleasePlan[];
  /** The node agent, where sidecars need it. */
  agents: ReleasePlan[];
}

/** Plans the releases of a remote. */
export function remoteReleases(given: RemoteReleaseFacts): RemoteReleases {
  const facts = { ...given, hasRevisions: hasRevisions(given.revisions) };
  return {
    base: baseRelease(facts.version, remoteBaseValues(facts)),
    webhooks: facts.revisions.map((served) => ({
      chart: ChartName.Istiod,
      release: istiodName(served.revision),
      istioVersion: served.version,
      values: remoteIstiodValues(facts, served),
      timeout: timeouts.remote,
    })),
    agents: cniRelease(facts),
  };
}
