/** Which releases a control plane is made of, in order. */
import { istiodName } from "../../topology";
import { ChartName } from "../../versions/charts";
import { agentReleases } from "./agents";
import { baseValues, istiodValues } from "./controlPlaneValues";
import type { ControlPlaneFacts } from "./valueFacts";
import type { IstiodPlan } from "../facts";
import { hasRevisions } from "../revisions/values";
import { timeouts } from "../timeouts";
import type { ReleasePlan } from "../releasePlan";
import type { HelmValues } from "../values";

/** What the releases depend on. */
export interface ReleaseFacts extends Omit<ControlPlaneFacts, "hasRevisions"> {
  istiods: IstiodPlan[];
  version: string;
}

/** The releases of a control plane, in stages: each waits for all of the one before. */
export interface ControlPlaneReleases {
  /** CRDs; none where the configuration is in another cluster. */
  base: ReleasePlan[];
  /** Control planes side by side. */
  istiods: ReleasePlan[];
  /** Node agents, one after the other. */
  agents: ReleasePlan[];
}

/** Plans the releases of a control plane. */
export function controlPlaneReleases(given: ReleaseFacts): ControlPlaneReleases {
  const facts = { ...given, hasRevisions: hasRevisions(given.istiods) };
  return {
    base: facts.external ? [] : [baseRelease(facts.version, baseValues(facts))],
    istiods: facts.istiods.map((istiod) => ({
      chart: ChartName.Istiod,
      release: istiodName(istiod.revision),
      istioVersion: istiod.version,
      values: istiodValues(facts, istiod),
      timeout: timeouts.istiod,
    })),
    agents: agentReleases(facts),
  };
}

/** The release of chart `base`. */
export function baseRelease(istioVersion: string, values: HelmValues): ReleasePlan {
  return {
    chart: ChartName.Base,
    release: "istio-base",
    istioVersion,
    values,
    timeout: timeouts.base,
  };
}
