/** Mistakes about clusters and their nodes. */
import { inCluster, inExistingCluster, type Mutation } from "./changes";
import { meshAll } from "./placeMistakes";

/** Tags a topology whose clusters are on managed nodes. */
function tagManaged(tags: Record<string, string>): Mutation {
  return (description) => {
    for (const cluster of Object.values(description.clusters))
      if (!cluster.existing) cluster.nodes = { kind: "managed" };
    description.tags = tags;
  };
}

export const clusterMistakes: Record<string, Mutation> = {
  "give a kubeconfig two sources": inExistingCluster((existing) => {
    existing.kubeconfig = { secret: "a", output: { stack: "a/b/c", name: "kubeconfig" } };
  }),
  "size a cluster of yours": inExistingCluster((_, cluster) => (cluster.nodes = {})),
  "keep logs for two months and a day": inCluster(
    (cluster) => (cluster.logs = { retentionDays: 61 }),
  ),
  "name a key by its alias": (description) => {
    description.encryption = {
      keys: { "eu-west-1": "arn:aws:kms:eu-west-1:111122223333:alias/a" },
    };
  },
  "name a key where nothing is": (description) => {
    const key = "arn:aws:kms:sa-east-1:111122223333:key/0a1b";
    description.encryption = { keys: { "sa-east-1": key } };
  },
  "count Auto Mode's nodes": inCluster((cluster) => {
    cluster.nodes = { kind: "auto-mode", count: { min: 2, max: 4 } };
  }),
  "want more nodes at least than at most": inCluster((cluster) => {
    cluster.nodes = { kind: "managed", count: { min: 4, max: 2 } };
  }),
  "take a tag of the load-balancer controller's": tagManaged({ "elbv2.k8s.aws/cluster": "mine" }),
  "put a colon before a space into a tag": tagManaged({ owner: "team: mesh" }),
  "misspell an instance type": inCluster((cluster) => {
    cluster.nodes = { ...cluster.nodes, instanceTypes: ["m7glarge"] };
  }),
  "want Graviton of Intel's instances": inCluster((cluster) => {
    cluster.nodes = { ...cluster.nodes, instanceTypes: ["m7i.large"], architectures: ["arm64"] };
  }),
  "mix processors in a group": inCluster((cluster) => {
    cluster.nodes = { kind: "managed", architectures: ["arm64", "x86"] };
  }),
  "forget pod ranges": inExistingCluster((existing) => (existing.podCidrs = [])),
  "give pods an overlay": inExistingCluster((existing) => (existing.podCidrs = ["10.251.0.0/16"])),
  "forget an endpoint": inExistingCluster((existing) => delete existing.endpoint),
  "forget an EKS name": inExistingCluster((existing, cluster) => {
    delete existing.eksName;
    cluster.remoteAccess = "eks-identity";
  }),
  "forget an EKS name that only watches": (description) => {
    const brought = Object.values(description.clusters).find(({ existing }) => existing);
    if (!brought) return;
    delete brought.existing?.eksName;
    brought.remoteAccess = "service-account-token";
    description.clusters = { brought, made: { network: brought.network, vpc: brought.vpc } };
    meshAll(description);
  },
  "forget who makes load balancers": inExistingCluster((existing) => delete existing.loadBalancers),
  "name one security group twice": (description) => {
    for (const { existing } of Object.values(description.clusters))
      if (existing) existing.securityGroupId = "sg-same";
  },
  "forget a security group": inExistingCluster((existing) => delete existing.securityGroupId),
  "take an old Kubernetes": inCluster((cluster) => (cluster.kubernetesVersion = "1.29")),
  "take a future Kubernetes": inCluster((cluster) => (cluster.kubernetesVersion = "1.99")),
  "take a Kubernetes patch": inCluster((cluster) => (cluster.kubernetesVersion = "1.35.1")),
  "take the oldest Kubernetes": inCluster((cluster) => (cluster.kubernetesVersion = "1.32")),
  "allow no EKS cluster": (description) => (description.quotas = { eksClusters: 1 }),
  "make a hundred clusters": (description) => {
    const [first] = Object.values(description.clusters);
    for (let index = 0; index < 101; index++)
      description.clusters[`many-${index}`] = { network: first.network, vpc: first.vpc };
  },
};
