/** Mutual TLS is strict, in the whole of every mesh. */
import type { Problem } from "../../components/topology/problem";
import { UNKNOWN } from "../rule";
import type { Resource, ResourceRule, StackRule } from "../rule";

type Inputs = Resource["inputs"];

const STRICT = "STRICT";

const WHY =
  "In other modes whoever reaches a pod is served without an identity (https://istio.io/latest/docs/reference/config/security/peer_authentication/).";

export const strictMutualTls: ResourceRule = {
  name: "strict-mutual-tls",
  summary: "Every PeerAuthentication is STRICT.",
  why: WHY,
  level: "mandatory",
  check: (resource) =>
    isPeerAuthentication(resource)
      ? modesOf(resource.inputs.spec ?? {})
          .filter(([, mode]) => !INHERITED.includes(mode) && mode !== STRICT)
          .map(([path, mode]) => problemOf(path, JSON.stringify(mode)))
      : [],
};

/** These say what the namespace, or the mesh, says. */
const INHERITED: unknown[] = [undefined, "UNSET", UNKNOWN];

/** Path and mode: of all ports, and of single ones. */
function modesOf({ mtls, portLevelMtls = {} }: Inputs): [string, unknown][] {
  const ports = Object.entries<Inputs>(portLevelMtls).map(([port, { mode }]): [string, unknown] => [
    `spec.portLevelMtls.${port}.mode`,
    mode,
  ]);
  return [["spec.mtls.mode", mtls?.mode], ...ports];
}

function problemOf(path: string, got: string): Problem {
  const fix =
    "say STRICT once all callers are in the mesh; a workload whose callers cannot be is for `except` of this rule";
  return { path, got, allowed: STRICT, fix };
}

export const meshWideMutualTls: StackRule = {
  name: "mesh-wide-mutual-tls",
  summary: "Beside every istiod stands a PeerAuthentication that is STRICT for the whole mesh.",
  why: `Istio's default is PERMISSIVE. ${WHY}`,
  level: "mandatory",
  checkStack: (resources) =>
    resources.filter(isIstiod).flatMap((istiod) => {
      if (resources.some((other) => isForMeshOf(istiod, other))) return [];
      const fix = `add one, named default, without a selector, or use IstioControlPlane of this package, which brings it`;
      const problem = {
        path: `namespace ${rootNamespaceOf(istiod)}`,
        got: "no PeerAuthentication of mode STRICT",
        allowed: "one for the whole mesh",
        fix,
      };
      return [{ urn: istiod.urn, problem }];
    }),
};

/** Not what a remote has of the chart: webhooks alone. */
function isIstiod({ type, inputs }: Resource): boolean {
  return isIstiodChart(type, inputs) && inputs.values?.profile !== "remote";
}

export function isIstiodChart(type: string, { chart }: Inputs): boolean {
  return type === "kubernetes:helm.sh/v3:Release" && /(^|\/)istiod$/.test(String(chart));
}

/** What is there holds for the whole mesh. */
function rootNamespaceOf({ inputs: { values, namespace } }: Resource): string {
  return (
    values?.meshConfig?.rootNamespace ??
    values?.global?.istioNamespace ??
    namespace ??
    "istio-system"
  );
}

/** An external istiod reads it in another cluster than its own. */
function isForMeshOf(istiod: Resource, other: Resource): boolean {
  if (!isPeerAuthentication(other)) return false;
  const { metadata, spec } = other.inputs;
  const isExternal = isSaid(istiod.inputs.values?.global?.externalIstiod);
  const isSameCluster = istiod.provider === other.provider;
  return (
    (isExternal || isSameCluster) &&
    metadata?.namespace === rootNamespaceOf(istiod) &&
    spec?.selector === undefined &&
    spec?.mtls?.mode === STRICT
  );
}

function isSaid(value: unknown): boolean {
  return value === true || value === "true";
}

function isPeerAuthentication({ type }: Resource): boolean {
  return /^kubernetes:security\.istio\.io\/v\w+:PeerAuthentication$/.test(type);
}
