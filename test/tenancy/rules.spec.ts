import { tenancyRules } from "../../components/tenancy/rules";
import { topologyRules } from "../../components/topology";
import { tenantFormRules } from "../../components/topology/rules/tenants";
import { type Claim, testEveryRule, testRules } from "../support/rules";
import { good, HOST, shareOf, tenantOf } from "./good";
import { hostClaims, hostFoundation } from "./hostClaims";

const share = `tenants.of.team-a.shares["${HOST}"]`;

const claims: Claim[] = [
  [
    "tenant-namespaces",
    "a tenant without a namespace, and names that Kubernetes does not take",
    (description) => {
      tenantOf(description, "team-b").namespaces = [];
      tenantOf(description, "team-c").namespaces = ["C_web"];
    },
    "tenants.of.team-b.namespaces: got none; allowed: at least one; fix: name the tenant's namespaces",
    'tenants.of.team-c.namespaces[0]: got "C_web"; allowed: lower-case letters, digits and hyphens, at most 63; fix: rename it',
  ],
  [
    "tenant-namespace-taken",
    "namespaces of Istio's, of Kubernetes', of machines and of tasks",
    (description) => {
      const namespaces = ["istio-system", "kube-system", "legacy", "ecs"];
      tenantOf(description, "team-b").namespaces = namespaces;
      description.ecsServices = {
        echo: {
          ...{ mesh: "prod", controlledBy: "east", namespace: "ecs" },
          ...{ serviceAccount: "echo", image: "echo:1", ports: { http: 8080 } },
        },
      };
      description.virtualMachines = {
        legacy: {
          ...{ mesh: "prod", controlledBy: "east", network: "net-east", namespace: "legacy" },
          ...{ serviceAccount: "legacy", ports: { http: 8080 } },
        },
      };
    },
    'tenants.of.team-b.namespaces[0]: got "istio-system"; allowed: a namespace of the tenant\'s own, not one of Kubernetes, AWS, Istio or this package; fix: choose another name',
    'tenants.of.team-b.namespaces[1]: got "kube-system"; allowed: a namespace of the tenant\'s own, not one of Kubernetes, AWS, Istio or this package; fix: choose another name',
    'tenants.of.team-b.namespaces[2]: got "legacy"; allowed: a namespace of the tenant\'s own, not one of machines legacy; fix: choose another name',
    'tenants.of.team-b.namespaces[3]: got "ecs"; allowed: a namespace of the tenant\'s own, not one of tasks echo; fix: choose another name',
  ],
  [
    "tenant-namespace-twice",
    "one namespace of two tenants",
    (description) => (tenantOf(description, "team-c").namespaces = ["a-db"]),
    'tenants.of.team-c.namespaces[0]: got "a-db"; allowed: a namespace that no tenant of mesh prod has yet: tenants.of.team-a.namespaces[1] is the same; fix: remove one of the two, or rename it',
  ],
  [
    "tenant-namespace-clusters",
    "a tenant with namespaces in one cluster alone",
    (description) => (tenantOf(description, "team-c").clusters = ["east"]),
    'tenants.of.team-c.clusters: got ["east"]; allowed: nothing with model namespace: its namespaces stand in every cluster of mesh prod; fix: remove it',
  ],
  [
    "tenant-quantity",
    "CPU and memory in other words",
    (description) => {
      tenantOf(description).quota = { cpu: "two", memory: "1 GiB" };
      tenantOf(description, "team-b").limits = { cpu: "-1", memory: "512MB" };
    },
    'tenants.of.team-a.quota.cpu: got "two"; allowed: CPU as Kubernetes writes it: 2, 0.5, 500m; fix: correct it',
    'tenants.of.team-a.quota.memory: got "1 GiB"; allowed: memory as Kubernetes writes it: 512Mi, 64Gi; fix: correct it',
    'tenants.of.team-b.limits.cpu: got "-1"; allowed: CPU as Kubernetes writes it: 2, 0.5, 500m; fix: correct it',
    'tenants.of.team-b.limits.memory: got "512MB"; allowed: memory as Kubernetes writes it: 512Mi, 64Gi; fix: correct it',
  ],
  [
    "tenant-share",
    "a service of somebody else's, to nobody, of no pod and no port",
    (description) => {
      const of = tenantOf(description);
      of.shares = { "web.b-web.svc.cluster.local": { to: [], pods: {}, ports: [] } };
    },
    'tenants.of.team-a.shares["web.b-web.svc.cluster.local"]: got "web.b-web.svc.cluster.local"; allowed: <service>.<namespace>.svc.cluster.local, the namespace one of a-web, a-db; fix: write the full name of one Service of the tenant',
    'tenants.of.team-a.shares["web.b-web.svc.cluster.local"].to: got no tenant; allowed: tenants of the same mesh, or *; fix: say who may call it, or remove it',
    'tenants.of.team-a.shares["web.b-web.svc.cluster.local"].pods: got no label; allowed: the selector of the Service: without a label it would be every pod of the namespace; fix: write the labels that its pods alone have',
    'tenants.of.team-a.shares["web.b-web.svc.cluster.local"].ports: got no port; allowed: at least one; fix: write the ports that its pods listen on',
  ],
  [
    "tenant-injection",
    "sidecars that need a privilege",
    ({ meshes }) => (meshes.prod!.injection = "init-container"),
    "meshes.prod.injection: got init-container, in a mesh with tenants team-a, team-b, team-c; allowed: cni, which tenants have by themselves; fix: remove it: namespaces of tenants take no pod with NET_ADMIN",
  ],
  [
    "tenant-egress",
    "what only sidecars hold, in an ambient mesh",
    ({ meshes }) => (meshes.prod!.dataPlane = "ambient"),
    "tenants.of.team-b.egress: got registry-only, in an ambient mesh; allowed: none or open: ztunnel sends on what it does not know; fix: say one of these",
  ],
  [
    "tenant-outside",
    "an egress gateway to nowhere, and hosts without one",
    (description) => {
      tenantOf(description).egress = "gateway";
      tenantOf(description, "team-b").outside = { "api.example.com": [443] };
    },
    "tenants.of.team-a.outside: got no host, with egress gateway; allowed: at least one; fix: name the hosts that its pods call, such as { api.example.com: [443] }, or say egress none",
    "tenants.of.team-b.outside: got api.example.com, with egress registry-only; allowed: nothing without egress gateway; fix: say egress: gateway, or remove it",
  ],
  [
    "tenant-outside-host",
    "a wildcard, and a name inside",
    (description) => {
      tenantOf(description).egress = "gateway";
      tenantOf(description).outside = { "*.example.com": [443], "web.b-web.svc": [443] };
    },
    'tenants.of.team-a.outside["*.example.com"]: got "*.example.com"; allowed: a DNS name of a host outside, of at least two labels in lower case, without *; fix: write each host by its whole name',
    'tenants.of.team-a.outside["web.b-web.svc"]: got "web.b-web.svc"; allowed: a DNS name of a host outside, of at least two labels in lower case, without *; fix: write each host by its whole name',
  ],
  [
    "tenant-outside-port",
    "no port, a port twice, and one of a proxy",
    (description) => {
      tenantOf(description).egress = "gateway";
      tenantOf(description).outside = { "a.example.com": [], "b.example.com": [443, 443, 15001] };
    },
    'tenants.of.team-a.outside["a.example.com"]: got no port; allowed: at least one at which it speaks TLS; fix: write [443] for HTTPS',
    'tenants.of.team-a.outside["b.example.com"][1]: got 443; allowed: each port once, and none that proxies keep for themselves: 15000, 15001, 15002, 15004, 15006, 15008, 15020, 15021, 15053, 15090; fix: remove it',
    'tenants.of.team-a.outside["b.example.com"][2]: got 15001; allowed: each port once, and none that proxies keep for themselves: 15000, 15001, 15002, 15004, 15006, 15008, 15020, 15021, 15053, 15090; fix: remove it',
  ],
  [
    "tenant-admins",
    "a group of Kubernetes'",
    (description) => (tenantOf(description).admins = ["group-a"]),
    'tenants.of.team-a.admins[0]: got "group-a"; allowed: the ARN of an IAM role or user: arn:aws:iam::<account>:role/<name>; fix: copy the ARN of a role that people take; a session of a role ends',
  ],
  [
    "tenant-admins",
    "what every JavaScript object has",
    (description) => (tenantOf(description).admins = ["constructor"]),
    'tenants.of.team-a.admins[0]: got "constructor"; allowed: the ARN of an IAM role or user: arn:aws:iam::<account>:role/<name>; fix: copy the ARN of a role that people take; a session of a role ends',
  ],
  [
    "tenant-admins-access",
    "somebody who administers the clusters already",
    (description) => (description.access = { admins: ["arn:aws:iam::123456789012:role/team-a"] }),
    'tenants.of.team-a.admins[0]: got "arn:aws:iam::123456789012:role/team-a"; allowed: nobody who uses all of cluster east by `access`: EKS takes one entry for a principal; fix: name a role that only the tenant takes',
  ],
  [
    "tenant-network-shared",
    "clusters whose pods call each other directly",
    ({ clusters }) => (clusters.west!.network = "net-east"),
    'clusters.east.network: got "net-east", that of west too; allowed: a network of its own, in mesh prod with tenants team-a, team-b, team-c; fix: leave it where identities are enough to keep tenants apart: a NetworkPolicy knows pods of other clusters by the ranges that they all have, and lets every tenant\'s in',
    'clusters.west.network: got "net-east", that of east too; allowed: a network of its own, in mesh prod with tenants team-a, team-b, team-c; fix: leave it where identities are enough to keep tenants apart: a NetworkPolicy knows pods of other clusters by the ranges that they all have, and lets every tenant\'s in',
  ],
  [
    "tenant-brought",
    "a cluster of yours that is not on EKS",
    ({ clusters }) => {
      clusters.west = {
        network: "net-west",
        existing: {
          ...{ kubeconfig: { secret: "west" }, kubernetesVersion: "1.35" },
          ...{ podCidrs: ["10.20.0.0/16"], endpoint: "https://west.example" },
          ...{ certificateAuthority: "Q0E=", securityGroupId: "sg-1", loadBalancers: "controller" },
        },
      };
    },
    "clusters.west: got a cluster of yours, with tenants; allowed: one where NetworkPolicies hold, and who is in the groups istio-patterns-tenant-team-a, istio-patterns-tenant-team-b, istio-patterns-tenant-team-c; fix: see to it: where nothing enforces NetworkPolicies they are taken all the same",
  ],
  [
    "tenant-tracing",
    "a collector that tenants do not reach",
    ({ meshes }) => (meshes.prod!.observability = { tracing: { address: "otel.obs.svc:4317" } }),
    "meshes.prod.observability.tracing: got a collector, in a mesh with tenants team-a, team-b, team-c; allowed: one that tenants' pods reach; fix: write NetworkPolicies of yours into the tenants' namespaces that let them to it, and say exportTo * on its Service: until then no span of theirs arrives",
  ],
  ...hostClaims,
];

const foundation: Claim[] = [
  [
    "tenant-share-to",
    "a service that is shared to nobody who is there, and to its own tenant",
    (description) => (shareOf(description).to = ["team-d", "team-a"]),
    `${share}.to[0]: got "team-d"; allowed: *, team-b, team-c; fix: did you mean "team-b"?`,
    `${share}.to[1]: got "team-a"; allowed: *, team-b, team-c; fix: did you mean "team-b"?`,
  ],
  ...hostFoundation,
];

describe("rules about tenants that share a mesh", () => {
  testRules(tenancyRules, good, claims);
  testEveryRule(tenancyRules, claims);
  testRules(topologyRules, good, foundation);
  testEveryRule(tenantFormRules, foundation);
});
