/** Chart values that the plan owns: what must agree between charts, clusters or rooms is said once, in the description. */
import type { AmbientEastWestValues, ChartValues } from "../topology";
import { MANAGED } from "./gateways/gatewayValues";
import { isMap } from "./values";
import type { HelmValues } from "./values";

/** A value, or a whole map, that only the plan may set. */
export interface OwnedValue {
  path: readonly string[];
  /** What to do instead. */
  instead: string;
}

/** Charts, and kinds of gateway that one chart makes. */
export type ValuesOf = keyof ChartValues | "ingress";

const hub = "say `istio.hub`";
const version = "say `istio.version`, or that of a revision";
const dataPlane = "it follows from the mesh's `dataPlane`";
const revisions = "say `istio.revisions` and pick one with `revision`";
const cluster = "it is the cluster's name";
const network = "it is the cluster's `network`";
const trustDomain = "say the mesh's `trustDomain`";
const bundle = "it is the mesh's root certificate; say `trust`";
const severalRoots = "without it no root can be replaced while pods run";
const controlPlane = "it follows from the mesh's `controlPlane`";
const systemNamespace = "istiod's namespace is fixed";
const controller = "it follows from who makes load balancers in the cluster";
const exposure = "say the ingress gateway's `exposure`";
const allowFrom = "say the ingress gateway's `allowFrom`";
const release =
  "names and labels of gateways are fixed, since istiods and `Gateway` objects find them by these";
const topLevel = "write its keys one level up";
const ports = "say the ingress gateway's `ports`";
const meshAlone = "it is internal, for the networks of the mesh alone";

const ANNOTATION = "service.beta.kubernetes.io/aws-load-balancer-";

/** What the plan owns of chart `gateway`, whichever gateway it makes. */
const gateway = [
  ...either("name", release),
  ...either("labels.app", release),
  ...either("labels.istio", release),
  ...either("revision", revisions),
  ...either("networkGateway", network),
  ...either("service.type", controller),
  ...either("service.loadBalancerClass", controller),
  ...either("service.loadBalancerSourceRanges", allowFrom),
  annotation("scheme", exposure),
  annotation("internal", exposure),
  annotation("type", controller),
  annotation("nlb-target-type", controller),
  annotation("security-groups", allowFrom),
  owned("_internal_defaults_do_not_set", topLevel),
];

/** Objects that istiod makes from a Gateway, and takes an overlay for. */
const OVERLAYS = [
  "deployment",
  "service",
  "serviceAccount",
  "horizontalPodAutoscaler",
  "podDisruptionBudget",
] satisfies (keyof AmbientEastWestValues)[];

/** By chart and kind of gateway. Everything else is yours: your value wins over the plan's. */
export const ownedValues = {
  base: [
    owned("profile", controlPlane),
    owned(
      "defaultRevision",
      "say `istio.tags.default`, or `istio.version` where nothing has a revision",
    ),
    owned("global.istioNamespace", systemNamespace),
    owned("base.validationCABundle", bundle),
    owned("base.validationURL", controlPlane),
    owned("_internal_defaults_do_not_set", topLevel),
  ],
  istiod: [
    owned("profile", dataPlane),
    owned("revision", revisions),
    owned("revisionTags", "say `istio.tags`"),
    ...either("hub", hub),
    ...either("tag", version),
    owned("global.meshID", "it is the mesh's name"),
    owned("global.multiCluster", cluster),
    owned("global.network", network),
    owned("global.istioNamespace", systemNamespace),
    owned("global.meshNetworks", "istiods find each other's gateways by label"),
    owned("global.externalIstiod", controlPlane),
    owned("global.configCluster", controlPlane),
    owned("global.remotePilotAddress", controlPlane),
    owned("global.caAddress", controlPlane),
    owned("global.operatorManageWebhooks", controlPlane),
    owned("global.configValidation", controlPlane),
    owned("global.omitSidecarInjectorConfigMap", controlPlane),
    owned("configMap", controlPlane),
    owned("meshConfig.trustDomain", trustDomain),
    owned("meshConfig.rootNamespace", systemNamespace),
    owned("meshConfig.defaultConfig.discoveryAddress", controlPlane),
    owned("meshConfig.defaultConfig.proxyMetadata.PROXY_CONFIG_XDS_AGENT", severalRoots),
    owned("istiodRemote", controlPlane),
    owned("base.validationCABundle", bundle),
    owned("base.validationURL", controlPlane),
    owned("env.CLUSTER_ID", cluster),
    ...[
      "EXTERNAL_ISTIOD",
      "ISTIOD_CUSTOM_HOST",
      "LOCAL_CLUSTER_SECRET_WATCHER",
      "SHARED_MESH_CONFIG",
      "INJECTION_WEBHOOK_CONFIG_NAME",
      "VALIDATION_WEBHOOK_CONFIG_NAME",
    ].map((name) => owned(`env.${name}`, controlPlane)),
    owned("env.PILOT_ENABLE_AMBIENT", dataPlane),
    owned(
      "env.AMBIENT_ENABLE_MULTI_NETWORK",
      "it is right only in ambient meshes of several clusters",
    ),
    owned("env.ISTIO_MULTIROOT_MESH", severalRoots),
    owned("podAnnotations.istio-patterns/roots", "it makes istiod roll when its roots change"),
    owned("env.PILOT_SKIP_VALIDATE_TRUST_DOMAIN", "it accepts identities of every trust domain"),
    owned("pilot", topLevel),
    owned("_internal_defaults_do_not_set", topLevel),
  ],
  cni: [
    owned("profile", dataPlane),
    ...either("hub", hub),
    ...either("tag", version),
    owned("ambient.enabled", dataPlane),
    owned("_internal_defaults_do_not_set", topLevel),
  ],
  ztunnel: [
    ...either("hub", hub),
    ...either("tag", version),
    ...either("revision", revisions),
    ...either("multiCluster", cluster),
    ...either("network", network),
    ...either("istioNamespace", systemNamespace),
    ...either("caAddress", controlPlane),
    ...either("xdsAddress", controlPlane),
    ...either("resourceName", "istiod trusts a ztunnel of that name"),
    ...either("env.TRUST_DOMAIN", trustDomain),
    owned("_internal_defaults_do_not_set", topLevel),
  ],
  eastWest: [
    ...gateway,
    ...either("service.ports", dataPlane),
    ...either("networkGatewayPorts", dataPlane),
  ],
  ambientEastWest: [
    ...OVERLAYS.flatMap((kind) => [
      owned(`${kind}.metadata.name`, release),
      owned(`${kind}.metadata.namespace`, systemNamespace),
    ]),
    owned("deployment.spec.selector", release),
    owned("service.spec.selector", release),
    owned("horizontalPodAutoscaler.spec.scaleTargetRef", release),
    owned("podDisruptionBudget.spec.selector", release),
    owned("service.spec.type", controller),
    owned("service.spec.loadBalancerClass", controller),
    owned("service.spec.loadBalancerSourceRanges", meshAlone),
    owned("service.spec.ports", dataPlane),
    ...["scheme", "internal", "type", "nlb-target-type", "security-groups"].map((name) => ({
      path: ["service", "metadata", "annotations", `${ANNOTATION}${name}`],
      instead: meshAlone,
    })),
  ],
  ingress: [
    ...gateway,
    ...either("service.ports", ports),
    { path: ["labels", MANAGED], instead: release },
  ],
} satisfies Record<ValuesOf, OwnedValue[]>;

/** A value of the user's that the plan owns. */
export interface Overridden {
  path: readonly string[];
  got: unknown;
  instead: string;
}

/**
 * Every owned value that extra values of one chart or kind of gateway would override.
 *
 * @param settled values of chart `istiod` that other rooms set, by dotted path, and what to do instead
 */
export function overriddenValues(
  of: ValuesOf,
  extra: HelmValues,
  settled: Record<string, string>,
): Overridden[] {
  const others = of === "istiod" ? Object.entries(settled) : [];
  const all = [...ownedValues[of], ...others.map(([path, instead]) => owned(path, instead))];
  const hits = all.flatMap(({ path, instead }) => {
    const hit = overridden(extra, path);
    return hit ? [{ instead, ...hit }] : [];
  });
  // A list or null in the place of a map takes away all that the plan has below it: said once.
  return hits.filter(
    (hit, index) => hits.findIndex((other) => samePath(other.path, hit.path)) === index,
  );
}

/** Where and with what `values` decide the value at `path`: there, or above it with something that is no map. */
function overridden(values: HelmValues, path: readonly string[]) {
  let found: unknown = values;
  for (const [depth, key] of path.entries()) {
    if (!isMap(found) || !Object.hasOwn(found, key)) return undefined;
    found = found[key];
    if (depth === path.length - 1 || !isMap(found))
      return { path: path.slice(0, depth + 1), got: found };
  }
  return undefined;
}

function samePath(a: readonly string[], b: readonly string[]): boolean {
  return a.join("\0") === b.join("\0");
}

function owned(path: string, instead: string): OwnedValue {
  return { path: path.split("."), instead };
}

/** The charts read these both at the top level and under `global`. */
function either(path: string, instead: string): OwnedValue[] {
  return [owned(path, instead), owned(`global.${path}`, instead)];
}

function annotation(name: string, instead: string): OwnedValue {
  return { path: ["service", "annotations", `${ANNOTATION}${name}`], instead };
}
