import { controlPlaneRules } from "../../../components/istio/controlPlane/rules";
import { type Claim, testEveryRule, testRules } from "../../support/rules";
import { pair } from "../support";

const good = pair("different");

const claims: Claim[] = [
  [
    "ambient-network-policies",
    "an ambient mesh",
    ({ meshes }) => (meshes.prod.dataPlane = "ambient"),
    "meshes.prod.dataPlane: got ambient; allowed: sidecar, or ambient; fix: what comes to a pod from the mesh comes to port 15008, whichever port it is for: every NetworkPolicy of yours that lets callers in to pods of the mesh must let them in to TCP 15008 too",
  ],
  [
    "mtls-permissive",
    "plaintext in a mesh",
    ({ meshes }) => (meshes.prod.mtls = "permissive"),
    "meshes.prod.mtls: got permissive; allowed: strict, or permissive while services move in; fix: whoever reaches a pod is served without an identity, and policies on identities alone do not see him: move namespace by namespace, each with a PeerAuthentication of mode STRICT, and then say strict",
  ],
  [
    "mtls-permissive-shared",
    "nothing is said of a mesh that is nobody else's",
    ({ meshes }) => (meshes.prod.mtls = "permissive"),
  ],
  [
    "mtls-permissive-shared",
    "tenants and other meshes count on identities",
    (description) => {
      description.meshes.prod.mtls = "permissive";
      description.tenants = { model: "namespace", of: { team: { mesh: "prod" } } };
      description.federation = {
        exports: {
          pay: { from: "shop", to: ["prod"], services: {} },
          stock: { from: "prod", to: ["shop"], services: {} },
          other: { from: "shop", to: ["bank"], services: {} },
        },
      };
      description.clusters.lone = { network: "net-east" };
      const rest = { trust: {}, clusters: { lone: {} } };
      description.clusters.alone = { network: "net-west" };
      description.meshes.shop = rest;
      description.meshes.bank = { trust: {}, clusters: { alone: {} } };
    },
    "meshes.prod.mtls: got permissive, in a mesh with tenant team, export pay, export stock; allowed: strict where tenants share a mesh or meshes exchange services; fix: say strict, or move what is not in the mesh yet before others come",
  ],
  [
    "mtls-permissive-shared",
    "a strict mesh may be shared",
    (description) => (description.tenants = { model: "namespace", of: { team: { mesh: "prod" } } }),
  ],
  [
    "locality-ambient",
    "near endpoints for a whole ambient mesh",
    ({ meshes }) => Object.assign(meshes.prod, { dataPlane: "ambient", locality: "near" }),
    "meshes.prod.locality: got near, in an ambient mesh; allowed: none with dataPlane ambient; fix: remove it, and annotate Services or whole namespaces with networking.istio.io/traffic-distribution: PreferClose",
  ],
  [
    "locality-ambient",
    "nothing is said of sidecars",
    ({ meshes }) => (meshes.prod.locality = "near"),
  ],
  [
    "tracing-address",
    "a collector by its URL",
    ({ meshes }) => (meshes.prod.observability = { tracing: { address: "http://otel.obs:4317" } }),
    'meshes.prod.observability.tracing.address: got "http://otel.obs:4317"; allowed: <service>.<namespace>.svc:<port>, or the host of a ServiceEntry and its port; fix: write such as otel.obs.svc:4317, without a scheme',
  ],
  [
    "tracing-address",
    "a port that no collector has",
    ({ meshes }) => (meshes.prod.observability = { tracing: { address: "otel.obs.svc:70000" } }),
    'meshes.prod.observability.tracing.address: got "otel.obs.svc:70000"; allowed: <service>.<namespace>.svc:<port>, or the host of a ServiceEntry and its port; fix: write such as otel.obs.svc:4317, without a scheme',
  ],
  [
    "tracing-address",
    "a Service by its name",
    ({ meshes }) => (meshes.prod.observability = { tracing: { address: "otel.obs.svc:4317" } }),
  ],
  [
    "metrics-from",
    "metrics for the world",
    ({ meshes }) => (meshes.prod.observability = { metrics: { from: ["0.0.0.0/0"] } }),
    'meshes.prod.observability.metrics.from: got ["0.0.0.0/0"]; allowed: the addresses of those who scrape, at least one; fix: list them, or remove metrics: scrapers inside the clusters need nothing here',
  ],
  [
    "metrics-from",
    "metrics for nobody",
    ({ meshes }) => (meshes.prod.observability = { metrics: { from: [] } }),
    "meshes.prod.observability.metrics.from: got []; allowed: the addresses of those who scrape, at least one; fix: list them, or remove metrics: scrapers inside the clusters need nothing here",
  ],
  [
    "configuration-of-each-server",
    "a relay that moves to another primary",
    ({ clusters, meshes }) => {
      Object.assign(clusters, { far: { network: "net-west" }, near: { network: "net-east" } });
      meshes.prod.controlPlane = { runsIn: ["east", "west"] };
      Object.assign(meshes.prod.clusters, { far: {}, near: { servedBy: ["west"] } });
    },
    "meshes.prod.controlPlane.runsIn: got far served by turns from east, west; allowed: one cluster, or several that hold the same Istio configuration; fix: each istiod applies what its own cluster holds, so that policies change when a relay moves over: write every AuthorizationPolicy, PeerAuthentication, VirtualService and DestinationRule into all of east, west",
  ],
  [
    "configuration-of-each-server",
    "external istiods read one config cluster, wherever they run",
    (description) => {
      Object.assign(description.clusters, {
        one: { network: "net-west" },
        two: { network: "net-east" },
      });
      description.meshes.prod.controlPlane = { runsIn: ["one", "two"], configCluster: "east" };
    },
  ],
];

describe("rules about what holds for a whole mesh", () => {
  testRules(controlPlaneRules, good, claims);
  testEveryRule(controlPlaneRules, claims);
});
