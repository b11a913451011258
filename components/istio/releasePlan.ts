import type { ChartName } from "../versions/charts";
import type { HelmValues } from "./values";

/** One Helm release. */
export interface ReleasePlan {
  chart: ChartName;
  /** Name of the release, fixed: charts derive names and labels from it. */
  release: string;
  istioVersion: string;
  values: HelmValues;
  /** Seconds. */
  timeout: number;
}
