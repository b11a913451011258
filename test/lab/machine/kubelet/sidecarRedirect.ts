import * as path from "node:path";
import type { Json, Kube } from "../kube";
import { command } from "../processes";
import { daemonSet } from "./ambient";
import type { Host } from "./container";

/** What injection puts into a pod that istio-cni redirects: it only looks whether that was done. */
const validation = "istio-validation";

/** With these it looks; without them it does (istio/istio, manifests/charts/istio-control/istio-discovery/files/injection-template.yaml). */
const looking = ["--run-validation", "--skip-rule-apply"];

/** Names are asked of the proxy too where its own environment says so, which validation is not told (sidecar_redirect.go, dnsRedirect). */
const names = ["--redirect-dns", "--capture-all-dns"];

/** What istio-cni is called with for a pod; undefined for one that it leaves alone. */
export function redirectionOf({ spec }: Json): readonly string[] | undefined {
  const { initContainers = [], containers = [] } = spec as Record<string, Json[]>;
  const found = initContainers.find(({ name }) => name === validation);
  const proxy = [...initContainers, ...containers].find(({ name }) => name === "istio-proxy");
  const capture = proxy?.env?.find(({ name }: Json) => name === "ISTIO_META_DNS_CAPTURE");
  const words = found?.args.filter((word: string) => !looking.includes(word));
  return words && [...words, ...(capture?.value === "true" ? names : [])];
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
