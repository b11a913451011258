import * as path from "node:path";
import type { Json, Kube } from "../kube";
import { command } from "../processes";
import { daemonSet } from "./ambient";
import type { Host } from "./container";

/** What injection puts into a pod that istio-cni redirects: it only looks whether that was done. */
const validation = "istio-validation";

/** With these it looks; without them it does (istio/istio, manifests/charts/istio-control/istio-discovery/files/injection-template.yaml). */
const looking = ["--run-validation", "--skip-rule-apply"];

/** What istio-cni is called with for a pod; undefined for one that it leaves alone. */
export function redirectionOf({ spec }: Json): readonly string[] | undefined {
  const found = (spec.initContainers ?? []).find(({ name }: Json) => name === validation);
  return found?.args.filter((word: string) => !looking.includes(word));
}

/**
 * Redirects a pod's traffic as istio-cni does when the pod's network is made: by the program that validation runs, with the
 * same settings, since both read them from the pod's annotations (istio/istio, cni/pkg/plugin/sidecar_redirect.go). Where
 * no node agent is installed nobody does, and validation says so.
 */
export async function redirectSidecar(
  kube: Kube,
  pod: Json,
  pid: number,
  { bin }: Host,
): Promise<void> {
  const words = redirectionOf(pod);
  if (!words || !(await daemonSet(kube, "istio-cni"))) return;
  await command("nsenter", "-t", `${pid}`, "--net", path.join(bin, "pilot-agent"), ...words);
}
