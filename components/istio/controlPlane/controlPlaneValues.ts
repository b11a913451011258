/** Values of the charts that make a control plane: base, istiod, cni, ztunnel. */
import { DataPlane, DEFAULT_REVISION } from "../../topology";
import type { AgentFacts, ControlPlaneFacts, IstiodFacts, ZtunnelFacts } from "./valueFacts";
import { externalIstiod } from "./externalValues";
import { meshWide } from "./meshWideValues";
import type { IstiodPlan } from "../facts";
import { noDefaultRevision } from "../revisions/values";
import { spreadOverZones } from "../spread";
import { istiodExtras } from "../members";
import { composeValues } from "../values";
import type { Fragment, HelmValues } from "../values";
import { compareVersions, imagesOf } from "../../versions/istio";

/** Values of chart `base`: CRDs and the default validation webhook. */
export function baseValues(facts: ControlPlaneFacts): HelmValues {
  return composeValues(base, facts, facts.values?.base);
}

/** Values of chart `istiod`, for one of the control planes that run side by side. */
export function istiodValues(facts: ControlPlaneFacts, istiod: IstiodPlan): HelmValues {
  const extra = istiodExtras(facts.values, istiod.values);
  return composeValues(discovery, { ...facts, istiod }, extra);
}

/** Values of chart `cni`: the node agent that redirects pods' traffic to their sidecar or to ztunnel. */
export function cniValues(facts: AgentFacts): HelmValues {
  return composeValues(cni, facts, facts.values?.cni);
}

/** Values of chart `ztunnel`: the node's proxy. */
export function ztunnelValues(facts: ZtunnelFacts): HelmValues {
  return composeValues(ztunnel, facts, facts.values?.ztunnel);
}

const hasBundle = ({ caBundle }: ControlPlaneFacts) => caBundle !== undefined;
const isAmbient = ({ dataPlane }: Pick<ControlPlaneFacts, "dataPlane">) =>
  dataPlane === DataPlane.Ambient;
const hasPeers = ({ peers }: ControlPlaneFacts) => Object.keys(peers).length > 0;
const proxyMetadata = (metadata: Record<string, string>) => ({
  meshConfig: { defaultConfig: { proxyMetadata: metadata } },
});

const base: Fragment<ControlPlaneFacts>[] = [
  {
    why:
      "With the bundle in place the webhook is valid and closed from the first second, and istiod never edits it, so " +
      "there is no drift (istio/istio pkg/webhooks/validation/controller writes only on a difference).",
    when: hasBundle,
    values: ({ caBundle }) => ({ base: { validationCABundle: caBundle } }),
  },
  noDefaultRevision,
];

const discovery: Fragment<IstiodFacts>[] = [
  {
    why:
      "The charts of 1.30 name a registry that is switched off in December 2026, those of a source tree one for tests " +
      "(https://istio.io/latest/news/releases/1.31.x/announcing-1.31/upgrade-notes/).",
    values: ({ istiod, hub }) => ({ global: imagesOf(istiod.version, hub) }),
  },
  {
    why:
      "Cluster, network and mesh id are said even where there is one of each: saying them later restarts every proxy " +
      "(https://istio.io/latest/docs/setup/install/multicluster/).",
    values: ({ mesh, clusterId, network }) => ({
      global: { meshID: mesh, multiCluster: { clusterName: clusterId }, network },
    }),
  },
  {
    why: "Every identity of the mesh carries the trust domain; it must be the same in all its clusters.",
    values: ({ trustDomain }) => ({ meshConfig: { trustDomain } }),
  },
  {
    why:
      "The bundle is the root that signs istiod's own certificate, so API servers trust the webhooks at once and istiod " +
      "has nothing to patch (pulumi/pulumi-kubernetes#2210 is what patching costs).",
    when: hasBundle,
    values: ({ caBundle }) => ({
      istiodRemote: { injectionCABundle: caBundle },
      base: { validationCABundle: caBundle },
    }),
  },
  {
    why:
      "The roots by which istiod takes clients' certificates are read once, at its start (istio, pilot/pkg/bootstrap/server.go, " +
      "initSecureDiscoveryService), unlike all else that it has of them: it rolls with every other bundle, and with that alone.",
    when: hasBundle,
    values: ({ rootsDigest }) => ({ podAnnotations: { "istio-patterns/roots": rootsDigest } }),
  },
  {
    why: "One istiod is an outage for every new pod while its node is replaced; two also switch on the chart's disruption budget.",
    values: () => ({ autoscaleMin: 2 }),
  },
  {
    why: "Both replicas in one zone are lost with it. Preferred, not required: a cluster may have one zone left.",
    values: ({ istiod }) => ({
      topologySpreadConstraints: spreadOverZones({
        app: "istiod",
        "istio.io/rev": istiod.revision ?? DEFAULT_REVISION,
      }),
    }),
  },
  {
    why:
      "EKS Auto Mode taints its built-in system pool, which a cluster of yours may have, for critical add-ons, which istiod is " +
      "(https://docs.aws.amazon.com/eks/latest/userguide/critical-workload.html).",
    values: () => ({ tolerations: [{ key: "CriticalAddonsOnly", operator: "Exists" }] }),
  },
  {
    why:
      "Each of several control planes takes its own names (https://istio.io/latest/docs/setup/upgrade/canary/). Tags are no part of it: " +
      "Helm refuses to move an object from one release to another.",
    when: ({ istiod }) => istiod.revision !== undefined,
    values: ({ istiod }) => ({ revision: istiod.revision }),
  },
  {
    why: "Switches on what ztunnel and waypoints need (https://istio.io/latest/docs/ambient/install/helm/).",
    when: isAmbient,
    values: () => ({ profile: "ambient" }),
  },
  {
    why:
      "Without it an ambient istiod ignores other clusters, on one network too. Never in a sidecar mesh, where it makes " +
      "endpoints vanish (istio/istio#60343, #60609, #61713).",
    when: (facts) => isAmbient(facts) && facts.multiCluster,
    values: () => ({ env: { AMBIENT_ENABLE_MULTI_NETWORK: "true" } }),
  },
  {
    why:
      "Ingress gateways leave out endpoints on other networks unless istiod is told otherwise, where those of sidecar meshes send there " +
      "(istio, pilot/pkg/xds/endpoints/ep_filters.go). Where there is none istiod need not roll for it.",
    when: (facts) => isAmbient(facts) && facts.multiCluster && facts.hasIngress,
    values: () => ({ env: { AMBIENT_ENABLE_MULTI_NETWORK_INGRESS: "true" } }),
  },
  {
    why:
      "A service that exists only in another cluster has no DNS record here; sidecars answer for it " +
      "(istio/istio#17087, #39222). From the first day: a mesh that grows later would have to restart its pods. " +
      "Ambient captures DNS by default.",
    when: (facts) => !isAmbient(facts),
    values: () => proxyMetadata({ ISTIO_META_DNS_CAPTURE: "true" }),
  },
  {
    why:
      "Running sidecars learn further roots only from an istiod that sends its trust bundle and an agent that asks for it " +
      "(istio, pilot/pkg/xds/pcds.go and pilot/cmd/pilot-agent/options/options.go). From the first day: both are read at start, so " +
      "that replacing a root would restart every pod first. ztunnel knows neither; in ambient meshes gateways that speak to other meshes do.",
    when: (facts) => !isAmbient(facts) || hasPeers(facts),
    values: () => ({
      env: { ISTIO_MULTIROOT_MESH: "true" },
      ...proxyMetadata({ PROXY_CONFIG_XDS_AGENT: "true" }),
    }),
  },
  {
    why:
      "Workloads accept another mesh's certificates by its roots, of which running proxies hear in the trust bundle, and its trust domain " +
      "(istio, pilot/pkg/trustbundle/trustbundle.go and pilot/pkg/networking/plugin/authn/util.go). Here alone: whatever stands in " +
      "root-cert.pem authenticates istiod's own clients (pilot/pkg/bootstrap/server.go), whose certificates a peer could make.",
    when: hasPeers,
    values: ({ peers }) => ({
      meshConfig: {
        caCertificates: Object.entries(peers).map(([trustDomain, pem]) => ({
          pem,
          trustDomains: [trustDomain],
        })),
      },
    }),
  },
  {
    why:
      "Network load balancers forget connections that are idle for 350 seconds, which sidecars keep for an hour; a pooled " +
      "one would fail the next request (https://docs.aws.amazon.com/elasticloadbalancing/latest/network/network-load-balancers.html#connection-idle-timeout). " +
      "ztunnel keeps its connections alive by default.",
    when: (facts) => !isAmbient(facts) && (facts.multiNetwork || hasPeers(facts)),
    values: () => ({ meshConfig: { tcpKeepalive: { time: "300s", interval: "75s" } } }),
  },
  {
    why:
      "A changed policy replaces what an Envoy listens with. The old part says `Connection: close` on kept connections that are used within " +
      "45 seconds and then cuts those that are idle, with a request that has just gone out on one, which no default retry repeats " +
      "(https://www.envoyproxy.io/docs/envoy/latest/intro/arch_overview/operations/draining; istio, pkg/envoy/proxy.go). A client that " +
      "closes idle ones earlier has none by then. Known from 1.31 on; a DestinationRule with a connectionPool of its own replaces it.",
    when: (facts) => !isAmbient(facts) && compareVersions(facts.istiod.version, "1.31.0") >= 0,
    values: () => ({
      meshConfig: { defaultTrafficPolicy: { connectionPool: { http: { idleTimeout: "30s" } } } },
    }),
  },
  {
    why: "Each room says what it needs of istiod beside the reason (its settings.ts).",
    values: ({ istiod }) => istiod.neededValues ?? {},
  },
  {
    why:
      "Without it istiod ignores the annotation by which a cluster names it as its control plane, and no pod there gets " +
      "the root certificate (istio, pilot/pkg/serviceregistry/kube/controller/multicluster.go).",
    when: ({ servesRemotes }) => servesRemotes,
    values: () => ({ global: { externalIstiod: true } }),
  },
  {
    why: "Clients elsewhere know it by its private name, which its certificate must hold (istio, pilot/pkg/bootstrap/server.go).",
    when: ({ istiod }) => istiod.host !== undefined,
    values: ({ istiod }) => ({ env: { ISTIOD_CUSTOM_HOST: istiod.host } }),
  },
  ...meshWide,
  ...externalIstiod,
];

const cni: Fragment<AgentFacts>[] = [
  {
    why: "As for istiod: the default registry is going away.",
    values: ({ agentVersion, hub }) => ({ global: imagesOf(agentVersion, hub) }),
  },
  {
    why: "Redirects pods to ztunnel instead of preparing them for a sidecar.",
    when: isAmbient,
    values: () => ({ profile: "ambient" }),
  },
];

const ztunnel: Fragment<ZtunnelFacts>[] = [
  {
    why: "As for istiod: the default registry is going away.",
    values: ({ agentVersion, hub }) => imagesOf(agentVersion, hub),
  },
  {
    why: "istiod refuses a ztunnel that claims another cluster, and peers route by the network (istio/istio#36022).",
    values: ({ clusterId, network }) => ({ multiCluster: { clusterName: clusterId }, network }),
  },
  {
    why: "ztunnel takes its own identity's trust domain from the environment, not from the mesh config (istio/ztunnel src/config.rs).",
    values: ({ trustDomain }) => ({ env: { TRUST_DOMAIN: trustDomain } }),
  },
  {
    why: "It logs each connection whatever is said: in the format of the Envoys' access logs where there are some.",
    when: ({ observability }) => observability.accessLogs === true,
    values: () => ({ logAsJson: true }),
  },
  {
    why: "The control plane that the cluster picked for its node agents: ztunnel takes a revision, and no tag.",
    when: ({ revision }) => revision !== undefined,
    values: ({ revision }) => ({ revision }),
  },
];
