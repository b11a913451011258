/** Steps between versions that AWS refuses or Istio does not support: a plan takes any, `up` ends in the middle or a mesh is on its own. */
import { grouped } from "../../components/records";
import { minorsUp } from "../../components/versions/istio";
import type { ReleaseChange, VersionChange } from "./report";

type Step = Pick<VersionChange, "before" | "after">;

/** One sentence for each step that is too long, or leads back. */
export function stepsIn(
  kubernetes: readonly VersionChange[],
  releases: readonly ReleaseChange[],
): string[] {
  const told = [
    ...kubernetes
      .filter(({ ours }) => ours)
      .map((one) => ({ ...one, what: "Kubernetes", why: ofKubernetes(one) })),
    ...releases.flatMap(({ cluster, chart, before, after }) =>
      chart === "istiod" && before && after
        ? [{ cluster, before, after, what: "istiod", why: ofIstiod({ before, after }) }]
        : [],
    ),
  ].flatMap(({ cluster, what, before, after, why }) =>
    why === undefined ? [] : [{ cluster, move: `${what} ${before} → ${after}`, why }],
  );
  return [...grouped(told, ({ move }) => move).values()].map((same) => {
    const [{ move, why }] = same as [(typeof told)[number]];
    return `${move} in ${[...new Set(same.map(({ cluster }) => cluster))].join(", ")}: ${why}`;
  });
}

/**
 * Up by one (https://docs.aws.amazon.com/eks/latest/userguide/update-cluster.html), back by one and not for long
 * (https://docs.aws.amazon.com/eks/latest/userguide/rollback-cluster.html).
 */
function ofKubernetes({ before, after }: Step): string | undefined {
  const minors = minorsUp(before, after);
  if (minors > 1) return "EKS refuses more than one minor version at a time";
  if (minors === -1) return "EKS takes one minor version back within 7 days of an upgrade alone";
  return minors < 0 ? "EKS takes no more than one minor version back" : undefined;
}

/**
 * In place, one minor version (https://istio.io/latest/docs/setup/upgrade/in-place/); proxies are never newer than their istiod
 * (https://istio.io/latest/docs/releases/supported-releases/#control-planedata-plane-skew).
 */
function ofIstiod({ before, after }: Step): string | undefined {
  const minors = minorsUp(before, after);
  if (minors > 1) return "in place Istio goes one minor version at a time (docs/upgrades.md)";
  return minors < 0
    ? "proxies that run stay newer than their istiod until they restart"
    : undefined;
}
