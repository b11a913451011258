import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import {
  AutoModeNodes,
  EksCluster,
  IngressGateway,
  IntermediateCa,
  IstioControlPlane,
  RootCa,
  RuleSide,
  SecurityRules,
  SystemNamespace,
} from "istio-patterns";
import { cidr, privateSubnetIds, region, routes, vpcId } from "./vpc";

const version = "1.31.4";
const kubernetesVersion = "1.35";

const cluster = new EksCluster("shop", {
  clusterName: "shop",
  kubernetesVersion,
  vpcId,
  controlPlaneSubnetIds: privateSubnetIds,
  publicAccessCidrs: new pulumi.Config().requireObject<string[]>("allowFrom"),
});

const { provider, eksName: clusterName, securityGroupId } = cluster;
const nodes = new AutoModeNodes(
  "nodes",
  { clusterName, kubernetesVersion, region, subnetIds: privateSubnetIds, securityGroupId },
  { provider, dependsOn: [cluster, ...routes] },
);

// What stands in the cluster takes its Kubernetes provider, and waits for what must stand there before it: no input says so.
const inCluster = (...dependsOn: pulumi.Resource[]) => ({
  provider,
  dependsOn: [nodes, ...dependsOn],
});

// Replacing the root cuts every connection in the mesh.
const root = new RootCa("root", { commonName: "shop root" }, { protect: true });
const signing = new IntermediateCa("istiod-ca", {
  commonName: "istiod of shop",
  rootCertificate: root.certificate,
  rootPrivateKey: root.privateKey,
});

// istiod makes a root of its own where it finds none when it starts.
const namespace = new SystemNamespace("istio-system", { signing }, inCluster());
const controlPlane = new IstioControlPlane(
  "istio",
  { version, rootCertificate: root.certificate },
  inCluster(namespace),
);

// Without a group of yours the load balancer gets one that is open to everyone.
const loadBalancer = new aws.ec2.SecurityGroup("web", { vpcId, description: "Gateway web" });
const port = (name: string, number: number, side: RuleSide, value: pulumi.Input<string>) => ({
  ...{ name, side, value, fromPort: number, toPort: number },
  reason: `${name} of gateway web`,
});
const fromClients = [port("https", 443, RuleSide.Cidr, cidr)];
/** What the gateway listens on: 15021 tells the load balancer that it is ready. */
const betweenThem = (peer: pulumi.Input<string>) => [
  port("https", 443, RuleSide.SecurityGroup, peer),
  port("health", 15021, RuleSide.SecurityGroup, peer),
];
const web = new SecurityRules("web", {
  securityGroupId: loadBalancer.id,
  rules: { ingress: fromClients, egress: betweenThem(securityGroupId) },
});
const pods = new SecurityRules("pods", {
  securityGroupId,
  rules: { ingress: betweenThem(loadBalancer.id) },
});

const gateway = new IngressGateway(
  "web",
  { version, securityGroupId: loadBalancer.id },
  inCluster(controlPlane, web, pods),
);

export const kubeconfig = cluster.kubeconfig;
export const gatewayAddress = gateway.address;
