/** Load balancers are internal, unless somebody has said otherwise. */
import type { Problem } from "../../components/topology/problem";
import { isIn, isYes, UNKNOWN } from "../rule";
import type { Resource, ResourceRule } from "../rule";

const ANNOTATION = "service.beta.kubernetes.io/aws-load-balancer-";

/** Components whose caller says `exposure`. */
const SAY_EXPOSURE = ["IngressGateway"];

export const internalBalancers: ResourceRule = {
  name: "internal-balancers",
  summary: "A load balancer is internal, unless it is an IngressGateway's that says otherwise.",
  why: "What nobody says faces the internet by default (https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_CreateLoadBalancer.html).",
  level: "mandatory",
  check: (resource) => {
    const kubernetes = annotationsOf(resource);
    if (kubernetes) return schemeProblems(resource, ...kubernetes);
    const { type, inputs } = resource;
    if (!BALANCERS.includes(type) || isYes(inputs.internal)) return [];
    const got = inputs.internal === undefined ? "nothing, which is false" : "false";
    return [{ path: "internal", got, allowed: "true", fix: "say true" + UNLESS }];
  },
};

const UNLESS =
  "; where it is to face the internet, name it under `except` of this rule in the policy pack's configuration";

const BALANCERS = [
  "aws:lb/loadBalancer:LoadBalancer",
  "aws:alb/loadBalancer:LoadBalancer",
  "aws:elb/loadBalancer:LoadBalancer",
];

type Annotations = Record<string, unknown> | undefined;

/** Path and value of the annotations that a controller makes a load balancer by. */
function annotationsOf({ type, inputs }: Resource): [string, Annotations] | undefined {
  const { spec, values } = inputs;
  if (type === "kubernetes:core/v1:Service" && spec?.type === "LoadBalancer")
    return ["metadata.annotations", inputs.metadata?.annotations];
  if (type === "kubernetes:helm.sh/v3:Release" && isGatewayChart(inputs))
    return ["values.service.annotations", values?.service?.annotations];
  if (isGateway(type) && !isInside(spec))
    return ["spec.infrastructure.annotations", spec?.infrastructure?.annotations];
  return undefined;
}

/** Istio's chart `gateway`, whose Service is a load balancer by default. */
function isGatewayChart({ chart, values }: Resource["inputs"]): boolean {
  const kind = values?.service?.type ?? "LoadBalancer";
  return /(^|\/)gateway$/.test(String(chart)) && kind === "LoadBalancer";
}

function isGateway(type: string): boolean {
  return /^kubernetes:gateway\.networking\.k8s\.io\/v\w+:Gateway$/.test(type);
}

/**
 * Istio gives waypoints a Service inside the cluster, and gateways elsewhere none (istio, pilot/pkg/config/kube/gatewaycommon, classinfo.go),
 * nor those that name one which is there (gateway_utils.go, IsManaged).
 */
function isInside(spec: Resource["inputs"] | undefined): boolean {
  const { gatewayClassName, infrastructure, addresses } = spec ?? {};
  const kind = infrastructure?.annotations?.["networking.istio.io/service-type"];
  const isThere = addresses?.some?.(({ type }: { type?: string }) => type === "Hostname") ?? false;
  return (
    isThere || /waypoint$|^istio-remote$/.test(String(gatewayClassName)) || kind === "ClusterIP"
  );
}

function schemeProblems(resource: Resource, path: string, annotations: Annotations): Problem[] {
  const key = `${ANNOTATION}scheme`;
  // All of them may be unknown at once.
  const scheme = String(annotations) === UNKNOWN ? UNKNOWN : annotations?.[key];
  if (scheme === "internal" || scheme === UNKNOWN) return [];
  const says = SAY_EXPOSURE.some((component) => isIn(resource, component));
  if (says && scheme === "internet-facing") return [];
  return [
    {
      path: `${path}["${key}"]`,
      got: scheme === undefined ? "nothing" : JSON.stringify(scheme),
      allowed: '"internal"',
      fix: `say "internal"${UNLESS}`,
    },
  ];
}
