import { topologyRules, type TopologyDescription } from "../../../components/topology";
import { clusterFormRules } from "../../../components/topology/rules/clusters";
import { type Claim, testEveryRule, testRules } from "../../support/rules";
import { good } from "./good";

/** Lets the brought cluster run istiod for the others, as a member or from outside. */
function asServer({ meshes }: TopologyDescription, mode: "primary-remote" | "external") {
  meshes.prod.ingress = {};
  meshes.prod.controlPlane = { mode, runsIn: ["lab"] };
  if (mode === "primary-remote") return;
  delete meshes.prod.clusters.lab;
  meshes.prod.controlPlane.configCluster = "east";
}

/** What a config cluster that exists is told to say, and by which rule. */
const NEEDED = {
  endpoint: [
    "existing-cluster-endpoint",
    "allowed: URL of the API server; fix: add it: istiod of cluster solo calls this API server",
  ],
  certificateAuthority: [
    "existing-cluster-endpoint",
    "allowed: CA bundle of the API server, base64; fix: add it: istiod of cluster solo calls this API server",
  ],
  eksName: [
    "existing-cluster-eks-name",
    "allowed: the cluster's name in EKS; fix: add it: tokens of eks-identity are made for it; or set remoteAccess: service-account-token",
  ],
} as const;

function neededOfConfigCluster(field: keyof typeof NEEDED): Claim {
  const [id, rest] = NEEDED[field];
  return [
    id,
    `the only member of a mesh with an external istiod, without ${field}`,
    ({ clusters, meshes }) => {
      delete clusters.lab.existing![field];
      delete meshes.prod.clusters.lab;
      meshes.prod.ingress = {};
      const controlPlane = { runsIn: ["solo"], configCluster: "lab" };
      meshes.apart = { istio: { version: "1.31.3" }, controlPlane, clusters: { lab: {} } };
    },
    `clusters.lab.existing.${field}: got nothing; ${rest}`,
  ];
}

const claims: Claim[] = [
  [
    "existing-cluster-security-group-twice",
    "two clusters of one security group",
    ({ clusters }) => {
      clusters.twin = structuredClone(clusters.lab);
      clusters.other = structuredClone(clusters.lab);
      clusters.other.existing!.securityGroupId = "sg-other";
    },
    'clusters.twin.existing.securityGroupId: got "sg-1"; allowed: a group of its own; clusters.lab.existing.securityGroupId is this one; fix: name the group that EKS made for the cluster, which no other carries',
  ],
  [
    "kubeconfig-source",
    "two sources",
    ({ clusters }) =>
      (clusters.lab.existing!.kubeconfig!.output = { stack: "acme/lab/prod", name: "kubeconfig" }),
    "clusters.lab.existing.kubeconfig: got secret and output; allowed: secret: <config key>, or output: { stack, name }; fix: remove one of the two",
  ],
  [
    "kubeconfig-source",
    "no source",
    ({ clusters }) => (clusters.lab.existing!.kubeconfig = {}),
    "clusters.lab.existing.kubeconfig: got neither secret nor output; allowed: secret: <config key>, or output: { stack, name }; fix: say where the kubeconfig comes from: `pulumi config set --secret istio-patterns:<key>` and secret: <key>",
  ],
  [
    "existing-cluster-settings",
    "what only a cluster made here can be told",
    ({ clusters }) =>
      Object.assign(clusters.lab, {
        nodes: { kind: "auto-mode" },
        kubernetesVersion: "1.35",
        api: { private: { cidrs: ["172.16.0.0/12"] } },
        access: { admins: ["arn:aws:iam::111122223333:role/admin"] },
        upgradePolicy: "standard",
        zonalShift: true,
        logs: { retentionDays: 30 },
      }),
    "clusters.lab.nodes: got a map of kind; allowed: nothing with existing: a cluster of yours is not changed; fix: remove it; who makes load balancers stands in existing.loadBalancers",
    'clusters.lab.kubernetesVersion: got "1.35"; allowed: nothing with existing: a cluster of yours is not changed; fix: remove it; the version stands in existing.kubernetesVersion',
    "clusters.lab.api: got a map of private; allowed: nothing with existing: a cluster of yours is not changed; fix: remove it; who reaches the API server is decided where the cluster is made",
    "clusters.lab.access: got a map of admins; allowed: nothing with existing: a cluster of yours is not changed; fix: remove it: who uses a cluster of yours is decided where it is made",
    'clusters.lab.upgradePolicy: got "standard"; allowed: nothing with existing: a cluster of yours is not changed; fix: remove it, and set it where the cluster is made',
    "clusters.lab.zonalShift: got true; allowed: nothing with existing: a cluster of yours is not changed; fix: remove it, and set it where the cluster is made",
    "clusters.lab.logs: got a map of retentionDays; allowed: nothing with existing: a cluster of yours is not changed; fix: remove it, and set them where the cluster is made",
  ],
  [
    "existing-cluster-pod-cidrs",
    "no ranges of pods",
    ({ clusters }) => (clusters.lab.existing!.podCidrs = []),
    "clusters.lab.existing.podCidrs: got []; allowed: at least one CIDR; fix: add it: routes and security groups follow from the addresses of pods",
  ],
  [
    "existing-cluster-endpoint",
    "an API server that others watch",
    ({ clusters }) => {
      delete clusters.lab.existing!.endpoint;
      delete clusters.lab.existing!.certificateAuthority;
    },
    "clusters.lab.existing.endpoint: got nothing; allowed: URL of the API server; fix: add it: istiod of cluster east, west calls this API server",
    "clusters.lab.existing.certificateAuthority: got nothing; allowed: CA bundle of the API server, base64; fix: add it: istiod of cluster east, west calls this API server",
  ],
  [
    "existing-cluster-endpoint",
    "nothing is said of a cluster that nobody else watches",
    ({ clusters, meshes }) => {
      delete clusters.lab.existing!.endpoint;
      delete meshes.prod.clusters.lab;
      meshes.prod.ingress = {};
      meshes.apart = { istio: { version: "1.31.3" }, clusters: { lab: {} } };
    },
  ],
  [
    "existing-cluster-eks-name",
    "eks-identity without the name that tokens are for",
    ({ clusters }) => delete clusters.lab.existing!.eksName,
    "clusters.lab.existing.eksName: got nothing; allowed: the cluster's name in EKS; fix: add it: tokens of eks-identity are made for it; or set remoteAccess: service-account-token",
  ],
  [
    "existing-cluster-eks-name",
    "nothing is said with service-account-token",
    ({ clusters }) => {
      delete clusters.lab.existing!.eksName;
      clusters.lab.remoteAccess = "service-account-token";
    },
  ],
  [
    "existing-cluster-load-balancers",
    "a gateway in a cluster that does not say who makes its load balancer",
    ({ clusters }) => delete clusters.lab.existing!.loadBalancers,
    "clusters.lab.existing.loadBalancers: got nothing; allowed: auto-mode, controller; fix: add it: a gateway's load balancer is made by EKS Auto Mode or by the AWS load-balancer controller",
  ],
  [
    "existing-cluster-load-balancers",
    "an istiod that serves others from a cluster that does not say who registers it",
    (description) => {
      asServer(description, "external");
      delete description.clusters.lab.existing!.loadBalancers;
    },
    "clusters.lab.existing.loadBalancers: got nothing; allowed: auto-mode, controller; fix: add it: istiod is registered with its load balancer by EKS Auto Mode or by the AWS load-balancer controller",
  ],
  [
    "existing-cluster-load-balancers",
    "both of them",
    (description) => {
      asServer(description, "primary-remote");
      delete description.clusters.lab.existing!.loadBalancers;
    },
    "clusters.lab.existing.loadBalancers: got nothing; allowed: auto-mode, controller; fix: add it: a gateway's load balancer is made and istiod is registered with its load balancer by EKS Auto Mode or by the AWS load-balancer controller",
  ],
  [
    "existing-cluster-eks-name",
    "an istiod that serves others on Auto Mode",
    (description) => {
      asServer(description, "external");
      delete description.clusters.lab.existing!.eksName;
    },
    "clusters.lab.existing.eksName: got nothing; allowed: the cluster's name in EKS; fix: add it: EKS Auto Mode registers istiod only in target groups that are tagged with it",
  ],
  [
    "existing-cluster-eks-name",
    "nothing is said where the controller registers it",
    (description) => {
      asServer(description, "external");
      description.clusters.lab.existing!.loadBalancers = "controller";
      delete description.clusters.lab.existing!.eksName;
    },
  ],
  neededOfConfigCluster("endpoint"),
  neededOfConfigCluster("certificateAuthority"),
  neededOfConfigCluster("eksName"),
];

describe("rules about clusters that exist", () => {
  testRules(topologyRules, good, claims);
  testEveryRule(clusterFormRules, claims);
});
