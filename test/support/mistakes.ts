/** Changes that a description should be refused for, or warned of. One or more for every rule of every room. */
import type { ApiDescription } from "../../components/topology";
import { inCluster, inMesh, type Mutation, withIngress } from "./changes";
import { accountMistakes } from "./accountMistakes";
import { clusterMistakes } from "./clusterMistakes";
import { federationMistakes } from "./federationMistakes";
import { linkMistakes } from "./linkMistakes";
import { machineMistakes } from "./machineMistakes";
import { placeMistakes } from "./placeMistakes";
import { tenancyMistakes } from "./tenancyMistakes";
import { revisionMistakes } from "./revisionMistakes";
import { taskMistakes } from "./taskMistakes";

function withApi(api: ApiDescription): Mutation {
  return (description) => {
    description.api = api;
  };
}

const references: Record<string, Mutation> = {
  "point a cluster to no network": inCluster((cluster) => (cluster.network += "x")),
  "name the VPC of a network that has one": inCluster((cluster) => (cluster.vpc ??= "main")),
  "misspell a cluster's VPC": inCluster((cluster) => cluster.vpc && (cluster.vpc += "x")),
  "leave out a cluster's VPC": inCluster((cluster) => delete cluster.vpc),
  "misspell a member": inMesh((mesh) => (mesh.clusters.wets = {})),
  "put an ingress gateway elsewhere": inMesh((mesh) => (mesh.ingress = { p: { clusters: ["x"] } })),
  "let a stranger serve a member": inMesh((mesh, choose) => {
    const member = choose.value(mesh.clusters);
    if (member) member.servedBy = ["nobody"];
  }),
  "let nobody serve a member": inMesh((mesh, choose) => {
    const member = choose.value(mesh.clusters);
    if (member) member.servedBy = [];
  }),
  "serve a primary from elsewhere": inMesh((mesh, choose) => {
    const [name, member] = choose.entry(mesh.clusters) ?? [];
    if (name && member) member.servedBy = [name];
  }),
  "put a machine in a mesh that is not there": (description, choose) => {
    const [controlledBy, { network } = { network: "" }] = choose.entry(description.clusters) ?? [
      "",
    ];
    const identity = { namespace: "old", serviceAccount: "old", ports: { http: 8080 } };
    const mesh = choose.of(["nowhere", ...Object.keys(description.meshes)]) ?? "";
    description.virtualMachines = { old: { mesh, controlledBy, network, ...identity } };
  },
};

const names: Record<string, Mutation> = {
  "name the topology as no label": (description) => (description.name = "Demo_1"),
  "name the topology at length": (description) => (description.name = "a".repeat(21)),
  "name the topology as a security group": (description) => (description.name = "sg-main"),
  "give a mesh a reserved name": (description, choose) => {
    const mesh = choose.value(description.meshes);
    if (mesh) description.meshes = { shared: mesh };
  },
  "make VPCs' names meet": (description) => {
    description.networks["a-b"] = { cidr: "10.201.0.0/16" };
    description.networks.a = { vpcs: { b: { cidr: "10.202.0.0/16" } } };
  },
  "make members' names meet": (description, choose) => {
    const { network, vpc } = choose.value(description.clusters) ?? { network: "" };
    Object.assign(description.clusters, { c: { network, vpc }, "b-c": { network, vpc } });
    description.meshes["a-b"] = { istio: { version: "1.31.3" }, clusters: { c: {} } };
    description.meshes.a = { istio: { version: "1.31.3" }, clusters: { "b-c": {} } };
  },
  "name a cluster like a gateway": (description, choose) => {
    const { network, vpc } = choose.value(description.clusters) ?? { network: "" };
    const [[mesh, { clusters }]] = Object.entries(description.meshes);
    const name = [mesh, Object.keys(clusters)[0], "istio-eastwestgateway"].join("-");
    description.clusters[name] = { network, vpc };
  },
  "name a gateway at length": inMesh(
    (mesh) => (mesh.ingress = { ["g".repeat(50)]: { clusters: Object.keys(mesh.clusters) } }),
  ),
};

const meshes: Record<string, Mutation> = {
  "name an external mesh at length": (description) => {
    const [network] = Object.keys(description.networks);
    Object.assign(description.clusters, { mgmt: { network }, apps: { network } });
    description.meshes["m".repeat(48)] = {
      istio: { version: "1.31.3" },
      controlPlane: { mode: "external", runsIn: ["mgmt"], configCluster: "apps" },
      clusters: { apps: {} },
    };
  },
  "describe no mesh": (description) => (description.meshes = {}),
  "empty a mesh": inMesh((mesh) => (mesh.clusters = {})),
  "put every cluster in a mesh": inMesh((mesh, _, all) => {
    mesh.clusters = Object.fromEntries(all.map((name) => [name, {}]));
    delete mesh.controlPlane;
  }),
  "name a cluster twice": inMesh((mesh) => {
    const names = Object.keys(mesh.clusters);
    mesh.controlPlane = { runsIn: [...names, names[0]] };
  }),
  "run istiod nowhere": inMesh((mesh) => (mesh.controlPlane = { runsIn: [] })),
  "run istiod in one cluster": inMesh((mesh, choose, all) => {
    mesh.controlPlane = { runsIn: [choose.of(all) ?? ""] };
  }),
  "run istiod everywhere": inMesh((mesh, _, all) => (mesh.controlPlane = { runsIn: all })),
  "say another mode": inMesh((mesh, choose) => {
    mesh.controlPlane = { mode: choose.of(["primary-remote", "external", "multi-primary"]) };
  }),
  "name a config cluster": inMesh((mesh) => (mesh.controlPlane = { configCluster: "c0" })),
  "misspell a trust domain": inMesh((mesh) => (mesh.trustDomain = "spiffe://Prod")),
  "prefer near endpoints in an ambient mesh": inMesh((mesh) => {
    Object.assign(mesh, { dataPlane: "ambient", locality: "near" });
  }),
  "send spans to a URL": inMesh((mesh) => {
    mesh.observability = { tracing: { address: "http://otel:4317" } };
  }),
  "let the world scrape": inMesh((mesh) => {
    mesh.observability = { metrics: { from: ["0.0.0.0/0"] } };
  }),
  "take plaintext": inMesh((mesh) => (mesh.mtls = "permissive")),
  "give the mesh no ingress cluster": inMesh((mesh) => (mesh.ingress = { p: { clusters: [] } })),
  "expose a mesh": withIngress({ exposure: "internet" }),
  "override a chart value": inMesh((mesh) => {
    mesh.values = { istiod: { global: { meshID: "mine" } } };
  }),
  "give a gateway the proxy's own port": withIngress({ ports: { admin: 15000 } }),
  "give a gateway no port": withIngress({ ports: {} }),
  "call a port as health checks are": withIngress({ ports: { health: 9000 } }),
  "override a member's chart value": inMesh((mesh, choose) => {
    const member = choose.value(mesh.clusters);
    if (member) member.values = { istiod: { global: { network: "mine" } } };
  }),
  "override a gateway's value": withIngress({ values: { service: { type: "ClusterIP" } } }),
  "say values of a chart of the other data plane": inMesh((mesh) => {
    mesh.values = { ztunnel: { logLevel: "debug" } };
    mesh.dataPlane = "sidecar";
  }),
  "share an identity": (description) => {
    for (const mesh of Object.values(description.meshes)) {
      delete mesh.trust;
      delete mesh.trustDomain;
    }
  },
};

const sources: Record<string, Mutation> = {
  "say nothing of the API servers": (description) => delete description.api,
  "say too much of the API servers": withApi({
    allowFrom: ["192.0.2.1/32"],
    private: { cidrs: ["172.16.0.0/12"] },
  }),
  "let a host name in": withApi({ allowFrom: ["office.example"] }),
  "let the world in": withApi({ allowFrom: ["0.0.0.0/0"] }),
  "let private addresses in": withApi({ allowFrom: ["10.1.2.3/32"] }),
  "let a crowd in": withApi({
    allowFrom: Array.from({ length: 41 }, (_, index) => `203.0.113.${index}/32`),
  }),
  "let a misspelt range into a private API server": withApi({ private: { cidrs: ["office"] } }),
  "let nobody into a private API server": withApi({ private: { cidrs: [] } }),
  "let a group into every private API server": withApi({
    private: { securityGroups: ["sg-0123456789abcdef0"] },
  }),
  "name a group that is let in": withApi({ private: { securityGroups: ["runners"] } }),
  "sign below no root": (description) => (description.trust = { signing: "old" }),
  "paste a root": (description) => (description.trust = { roots: { own: { secret: "a b" } } }),
  "list two roots": (description) =>
    (description.trust = { roots: { old: {}, new: {} }, signing: "new" }),
  "list one root twice": (description) =>
    (description.trust = { roots: { a: { secret: "x" }, b: { secret: "x" } }, signing: "a" }),
  "make roots' names meet": (description, choose) => {
    const { network, vpc } = choose.value(description.clusters) ?? { network: "" };
    Object.assign(description.clusters, { r1: { network, vpc }, r2: { network, vpc } });
    description.meshes["a-b"] = {
      istio: { version: "1.31.3" },
      trust: { roots: { c: {} } },
      clusters: { r1: {} },
    };
    description.meshes.a = {
      istio: { version: "1.31.3" },
      trust: { roots: { "b-c": {} } },
      clusters: { r2: {} },
    };
  },
  "tag as AWS does": (description) => (description.tags = { "aws:team": "platform" }),
  "tag with a sign of its own": (description) => (description.tags = { team: "a|b" }),
  "tag twice but for the case": (description) => (description.tags = { Team: "a", team: "b" }),
  "put an equals sign into a tag's key": (description) => (description.tags = { "a=b": "c" }),
  "take a tag of EKS's": (description) => {
    description.tags = { "kubernetes.io/cluster/demo": "owned" };
  },
  "tag without end": (description) =>
    (description.tags = Object.fromEntries(Array.from({ length: 41 }, (_, n) => [`t${n}`, ""]))),
  "protect nothing": (description) => (description.protect = false),
  "have small quotas": (description) => {
    description.quotas = { vpcs: 1, elasticIps: 1, routesPerTable: 1, securityGroupRules: 1 };
  },
};

export const mistakes: Record<string, Mutation> = {
  ...references,
  ...names,
  ...placeMistakes,
  ...clusterMistakes,
  ...accountMistakes,
  ...linkMistakes,
  ...revisionMistakes,
  ...machineMistakes,
  ...taskMistakes,
  ...federationMistakes,
  ...tenancyMistakes,
  ...meshes,
  ...sources,
};
