/** What whoever administers team-a tries, and what should stop it; of what admission stops, what is near it and allowed too. */
import {
  apis,
  core,
  create,
  destinationRule,
  exported,
  pod,
  route,
  security,
  service,
  serviceEntry,
  virtualService,
  workloadEntry,
  type Attempt,
} from "./p16Attempt";
import { rights } from "./p16Rights";
import { routes } from "./p16Routes";

const ofServices: Attempt[] = [
  service("shows a Service to all", "admission", exported("*"), /exportTo: only/),
  service(
    "shows a Service to another tenant that it is not shared with",
    "admission",
    exported("b-web"),
    /exportTo: only/,
  ),
  service(
    "the same between namespaces of its own",
    "admission",
    exported("a-db, b-web"),
    /exportTo: only/,
  ),
  service("shows a Service to its other namespace", "nobody", exported("a-web,a-db")),
  service("shows the shared Service to whom it is shared with", "nobody", {
    metadata: exported("a-web,a-db,b-web", "web").metadata,
  }),
  service(
    "takes over an address by externalIPs",
    "admission",
    { spec: { externalIPs: ["10.10.0.9"] } },
    /externalIPs/,
  ),
  service(
    "makes a load balancer",
    "admission",
    { spec: { type: "LoadBalancer" } },
    /type: only ClusterIP/,
  ),
  service(
    "listens on every node",
    "admission",
    { spec: { type: "NodePort" } },
    /type: only ClusterIP/,
  ),
  create(
    "leads a Service to another's name",
    "admission",
    core("a-web", "services"),
    "v1",
    "Service",
    { spec: { type: "ExternalName", externalName: "web.b-web.svc.cluster.local" } },
    /type: only ClusterIP/,
  ),
  service(
    "becomes the network's gateway by a label",
    "admission",
    { metadata: { labels: { "topology.istio.io/network": "main" } } },
    /topology.istio.io\/network/,
  ),
];

const unnamed = [{ port: 443, sniHosts: ["evil.example"] }];
const past = [{ destination: { host: "istio-egress-a.istio-egress-a.svc.cluster.local" } }];

const ofIstio: Attempt[] = [
  virtualService(
    "routes for another tenant's proxies",
    "admission",
    { hosts: ["web.b-web.svc.cluster.local"], exportTo: ["b-web"], http: route },
    /exportTo: only/,
  ),
  virtualService(
    "routes for everybody's proxies",
    "admission",
    { hosts: ["web.b-web.svc.cluster.local"], exportTo: ["*"], http: route },
    /exportTo: only/,
  ),
  virtualService(
    "binds a route to a gateway of others",
    "admission",
    { hosts: ["b.example"], gateways: ["istio-ingress-shared/web"], http: route },
    /gateways: mesh/,
  ),
  virtualService(
    "the same by the older form of its name",
    "admission",
    { hosts: ["b.example"], gateways: ["web.istio-ingress-shared"], http: route },
    /gateways: mesh/,
  ),
  virtualService(
    "leads a host that is not named to its egress gateway",
    "admission",
    { hosts: ["evil.example"], tls: [{ match: unnamed, route: past }] },
    /routes: to no egress gateway/,
  ),
  virtualService("routes for its own proxies", "nobody", {
    hosts: ["web"],
    exportTo: [".", "a-db"],
    gateways: ["mesh"],
    http: route,
  }),
  destinationRule(
    "sets another tenant's clients",
    "admission",
    { host: "web.b-web.svc.cluster.local", exportTo: ["b-web"] },
    /exportTo: only/,
  ),
  destinationRule(
    "sets everybody's clients",
    "admission",
    { host: "*.svc.cluster.local", exportTo: ["*"] },
    /exportTo: only/,
  ),
  serviceEntry("shows a ServiceEntry to all", "admission", { exportTo: ["*"] }, /exportTo: only/),
  serviceEntry(
    "answers for another tenant's host",
    "admission",
    { hosts: ["web.b-web.svc.cluster.local"] },
    /hosts: DNS names/,
  ),
  serviceEntry(
    "answers for a cluster's names",
    "admission",
    { hosts: ["*.local"] },
    /hosts: DNS names/,
  ),
  serviceEntry(
    "answers for every Service",
    "admission",
    { hosts: ["*.svc.cluster.local"] },
    /hosts: DNS names/,
  ),
  serviceEntry(
    "answers at another's address",
    "admission",
    { addresses: ["10.10.0.9"] },
    /addresses: each/,
  ),
  serviceEntry(
    "answers at a Service's address",
    "admission",
    { addresses: ["172.20.0.9"] },
    /addresses: each/,
  ),
  serviceEntry(
    "leads to another's pod",
    "admission",
    { endpoints: [{ address: "10.10.0.9" }] },
    /endpoints: each/,
  ),
  serviceEntry(
    "leads to what AWS tells instances",
    "admission",
    { endpoints: [{ address: "169.254.169.254" }] },
    /endpoints: each/,
  ),
  serviceEntry(
    "leads to another's Service by its name",
    "admission",
    { resolution: "DNS", endpoints: [{ address: "web.b-web.svc.cluster.local" }] },
    /endpoints: each/,
  ),
  serviceEntry(
    "leads through the mesh's gateways",
    "admission",
    { endpoints: [{ address: "203.0.113.9", network: "main" }] },
    /endpoints: neither/,
  ),
  serviceEntry(
    "speaks mutual TLS to an address of its own",
    "admission",
    { endpoints: [{ address: "203.0.113.9", labels: { "security.istio.io/tlsMode": "istio" } }] },
    /endpoints: neither/,
  ),
  serviceEntry("names a host outside", "nobody", { endpoints: [{ address: "203.0.113.9" }] }),
  workloadEntry(
    "enters another's pod as a workload",
    "admission",
    { address: "10.10.0.9" },
    /address: an address outside/,
  ),
  workloadEntry(
    "enters a workload of the mesh's network",
    "admission",
    { address: "203.0.113.9", network: "main" },
    /neither a network/,
  ),
  workloadEntry("enters a workload outside", "nobody", { address: "203.0.113.9" }),
  {
    ...{ what: "lets everybody in by the platform's policy", stop: "admission", method: "PATCH" },
    path: apis(security, "a-web", "authorizationpolicies/tenant"),
    body: { spec: { rules: [{}] } },
    says: /the platform keeps this policy/,
  },
  {
    what: "takes the platform's policy away",
    stop: "admission",
    method: "DELETE",
    path: apis(security, "a-web", "authorizationpolicies/tenant"),
    says: /the platform keeps this policy/,
  },
  create(
    "refuses some in its own namespace",
    "nobody",
    apis(security, "a-web", "authorizationpolicies"),
    security,
    "AuthorizationPolicy",
    { spec: { action: "DENY", rules: [{ to: [{ operation: { ports: ["9999"] } }] }] } },
  ),
];

const ofPods: Attempt[] = [
  pod(
    "runs without a sidecar, by a label",
    "admission",
    { labels: { "sidecar.istio.io/inject": "false" } },
    {},
    /no sidecar/,
  ),
  pod(
    "runs without a sidecar, by an annotation",
    "admission",
    { annotations: { "sidecar.istio.io/inject": "false" } },
    {},
    /no sidecar/,
  ),
  pod(
    "runs as the proxy does",
    "admission",
    {},
    { container: { runAsUser: 1337 } },
    /runAsUser and runAsGroup/,
  ),
  pod(
    "runs in the proxy's group",
    "admission",
    {},
    { container: { runAsGroup: 1337 } },
    /runAsUser and runAsGroup/,
  ),
  pod(
    "is on another network by a label",
    "admission",
    { labels: { "topology.istio.io/network": "elsewhere" } },
    {},
    /topology.istio.io\/network/,
  ),
  pod(
    "has the node call a host outside, by a hook",
    "pod-security",
    {},
    {
      lifecycle: {
        postStart: { httpGet: { scheme: "HTTPS", host: "evil.example", port: 443, path: "/" } },
      },
    },
    /violates PodSecurity "restricted|host of probes and hooks/,
  ),
  pod(
    "has the node's network",
    "pod-security",
    {},
    { hostNetwork: true },
    /violates PodSecurity "restricted|hostNetwork/,
  ),
  pod(
    "is privileged",
    "pod-security",
    {},
    { container: { privileged: true, allowPrivilegeEscalation: true } },
    /violates PodSecurity "restricted/,
  ),
  pod(
    "mounts the node",
    "pod-security",
    {},
    { volumes: [{ name: "root", hostPath: { path: "/" } }] },
    /violates PodSecurity "restricted/,
  ),
  pod("runs as it should", "nobody", {}, {}),
];

export const attempts: readonly Attempt[] = [
  ...[rights, ofServices, ofIstio, routes, ofPods].flat(),
];
