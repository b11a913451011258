/** What rights stop: beyond a tenant's namespaces, and what holds itself. */
import {
  apis,
  core,
  create,
  gatewayApi,
  networking,
  route,
  security,
  type Attempt,
} from "./p16Attempt";

const byRights: Attempt[] = [
  ["reads another tenant's Secrets", "GET", core("b-web", "secrets")],
  ["reads the mesh's keys", "GET", core("istio-system", "secrets")],
  ["reads another tenant's certificate", "GET", core("b-web", "secrets/b-tls")],
  ["reads Secrets beside the shared gateway", "GET", core("istio-ingress-shared", "secrets")],
  ["reads all namespaces", "GET", "/api/v1/namespaces"],
  ["reads Secrets of all namespaces", "GET", "/api/v1/secrets"],
].map(([what, method, path]): Attempt => ({
  ...{ what: what!, stop: "rights", method: method as "GET", path: path! },
}));

const otherRights: Attempt[] = [
  create(
    "makes a token of another tenant's account",
    "rights",
    core("b-web", "serviceaccounts/default/token"),
    "authentication.k8s.io/v1",
    "TokenRequest",
    {
      spec: { audiences: ["istio-ca"] },
    },
  ),
  create("deploys into another tenant's namespace", "rights", core("b-web", "pods"), "v1", "Pod", {
    spec: { containers: [{ name: "app", image: "registry.invalid/app:1" }] },
  }),
  create(
    "makes a namespace that a remote cluster's is the same as",
    "rights",
    "/api/v1/namespaces",
    "v1",
    "Namespace",
    {},
  ),
  {
    ...{ what: "takes its namespace's label away", stop: "rights", method: "PATCH" },
    path: "/api/v1/namespaces/a-web",
    body: { metadata: { labels: { "istio-patterns/tenant": null } } },
  },
  {
    ...{ what: "lowers Pod Security", stop: "rights", method: "PATCH" },
    path: "/api/v1/namespaces/a-web",
    body: { metadata: { labels: { "pod-security.kubernetes.io/enforce": "privileged" } } },
  },
  create(
    "routes in another tenant's namespace",
    "rights",
    apis(networking, "b-web", "virtualservices"),
    networking,
    "VirtualService",
    {
      spec: { hosts: ["web"], http: route },
    },
  ),
  create(
    "writes an EnvoyFilter",
    "rights",
    apis("networking.istio.io/v1alpha3", "a-web", "envoyfilters"),
    "networking.istio.io/v1alpha3",
    "EnvoyFilter",
    { spec: {} },
  ),
  create(
    "loads code into proxies",
    "rights",
    apis("extensions.istio.io/v1alpha1", "a-web", "wasmplugins"),
    "extensions.istio.io/v1alpha1",
    "WasmPlugin",
    {
      spec: { url: "oci://registry.invalid/code" },
    },
  ),
  create(
    "sets proxies' own configuration",
    "rights",
    apis("networking.istio.io/v1beta1", "a-web", "proxyconfigs"),
    "networking.istio.io/v1beta1",
    "ProxyConfig",
    { spec: {} },
  ),
  create(
    "selects others' gateway pods by a Gateway",
    "rights",
    apis(networking, "a-web", "gateways"),
    networking,
    "Gateway",
    {
      spec: {
        selector: { istio: "ingressgateway" },
        servers: [{ port: { number: 80, name: "http", protocol: "HTTP" }, hosts: ["b.example"] }],
      },
    },
  ),
  create(
    "takes plain text in",
    "rights",
    apis(security, "a-web", "peerauthentications"),
    security,
    "PeerAuthentication",
    {
      spec: { mtls: { mode: "PERMISSIVE" } },
    },
  ),
  create(
    "lets its proxies send anywhere",
    "rights",
    apis(networking, "a-web", "sidecars"),
    networking,
    "Sidecar",
    {
      spec: { outboundTrafficPolicy: { mode: "ALLOW_ANY" } },
    },
  ),
  create(
    "opens its network",
    "rights",
    apis("networking.k8s.io/v1", "a-web", "networkpolicies"),
    "networking.k8s.io/v1",
    "NetworkPolicy",
    {
      spec: { podSelector: {}, ingress: [{}], egress: [{}] },
    },
  ),
  {
    what: "takes its NetworkPolicy away",
    stop: "rights",
    method: "DELETE",
    path: apis("networking.k8s.io/v1", "a-web", "networkpolicies/tenant"),
  },
  create(
    "makes a load balancer by an Ingress",
    "rights",
    apis("networking.k8s.io/v1", "a-web", "ingresses"),
    "networking.k8s.io/v1",
    "Ingress",
    {
      spec: { defaultBackend: { service: { name: "web", port: { number: 8080 } } } },
    },
  ),
  create(
    "leads a Service to any address by an EndpointSlice",
    "rights",
    apis("discovery.k8s.io/v1", "a-web", "endpointslices"),
    "discovery.k8s.io/v1",
    "EndpointSlice",
    {
      ...{ addressType: "IPv4", endpoints: [{ addresses: ["10.10.0.9"] }], ports: [] },
    },
  ),
  create("the same by Endpoints", "rights", core("a-web", "endpoints"), "v1", "Endpoints", {}),
  {
    ...{ what: "raises its quota", stop: "rights", method: "PATCH" },
    path: core("a-web", "resourcequotas/tenant"),
    body: { spec: { hard: { pods: "9999" } } },
  },
  create(
    "gives rights away",
    "rights",
    apis("rbac.authorization.k8s.io/v1", "a-web", "rolebindings"),
    "rbac.authorization.k8s.io/v1",
    "RoleBinding",
    {
      roleRef: {
        apiGroup: "rbac.authorization.k8s.io",
        kind: "ClusterRole",
        name: "cluster-admin",
      },
      subjects: [{ apiGroup: "rbac.authorization.k8s.io", kind: "Group", name: "everybody" }],
    },
  ),
  create(
    "selects the shared gateway's pods by a Gateway of its own",
    "rights",
    apis(gatewayApi, "a-web", "gateways"),
    gatewayApi,
    "Gateway",
    {
      spec: {
        gatewayClassName: "istio",
        addresses: [
          {
            type: "Hostname",
            value: "istio-ingress-shared.istio-ingress-shared.svc.cluster.local",
          },
        ],
        listeners: [{ name: "b", hostname: "b.example", port: 80, protocol: "HTTP" }],
      },
    },
  ),
  {
    ...{ what: "takes another tenant's listener over", stop: "rights", method: "PATCH" },
    path: apis(gatewayApi, "istio-ingress-shared", "gateways/team-b"),
    body: { spec: { listeners: [] } },
  },
  create(
    "lets Gateways have Secrets",
    "rights",
    apis("gateway.networking.k8s.io/v1beta1", "a-web", "referencegrants"),
    "gateway.networking.k8s.io/v1beta1",
    "ReferenceGrant",
    {
      spec: {
        from: [{ group: "gateway.networking.k8s.io", kind: "Gateway", namespace: "a-web" }],
        to: [{ group: "", kind: "Secret" }],
      },
    },
  ),
  {
    what: "takes admission away",
    stop: "rights",
    method: "DELETE",
    path: "/apis/admissionregistration.k8s.io/v1/validatingadmissionpolicies/istio-patterns-tenants-pods",
  },
];

/** Of whoever administers team-a. */
export const rights: readonly Attempt[] = [...byRights, ...otherRights];
