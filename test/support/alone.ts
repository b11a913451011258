/** Every component of the package by itself, with the least that it takes: what a stranger writes first. */
import type * as pulumi from "@pulumi/pulumi";
import * as components from "../../components";
import { DataPlane, LoadBalancers, PeeringSide, RemoteAccess, RuleSide } from "../../components";

type Maker = (name: string) => pulumi.ComponentResource;

const PEM = "-----BEGIN CERTIFICATE-----\ncm9vdA==\n-----END CERTIFICATE-----\n";
const version = "1.31.3";
const vpcId = "vpc-1";
const cidr = "10.0.0.0/16";
const subnetIds = ["subnet-1", "subnet-2"];
const securityGroupId = "sg-1";
const namespace = "istio-system";
const clusterName = "east";
const roleArn = "arn:aws:iam::123456789012:role/reader";
const endpoint = "https://east.example";
const image = "registry.example/echo:1";
const certificateAuthority = "Y2E=";

/** A group of machines with the least that it takes. */
export const groupArgs: components.VirtualMachineGroupArgs = {
  ...{ group: "legacy", autoScalingGroup: "legacy", region: "eu-west-1", subnetIds },
  ...{ securityGroupId, instanceProfileArn: "arn:aws:iam::123456789012:instance-profile/a" },
  ...{ imageId: "ami-12345678", instanceType: "t3.small" },
  membership: {
    ...{ mesh: "prod", trustDomain: "cluster.local", clusterId: "east", network: "main" },
    ...{ istiodHost: "istiod.example", clusterName, endpoint, certificateAuthority },
    ...{ rootCertificate: PEM, namespace: "legacy", serviceAccount: "legacy" },
  },
};

/** By the name of the exported class. */
export const alone: Record<string, Maker> = {
  NamespaceTenant: (name) =>
    new components.NamespaceTenant(name, {
      ...{ tenant: "team-a", namespaces: ["a-web"] },
      mesh: { namespace, trustDomain: "cluster.local" },
      network: { inside: [cidr] },
      use: { quota: { pods: 10, istioObjects: 10 }, limits: { memory: "512Mi" } },
    }),
  TenantEgress: (name) =>
    new components.TenantEgress(name, {
      ...{ tenant: "team-a", namespaces: ["a-web"], version, inside: [cidr] },
      ...{ mesh: { namespace, trustDomain: "cluster.local" }, outside: { "api.example": [443] } },
    }),
  TenantAdmins: (name) =>
    new components.TenantAdmins(name, {
      ...{ clusterName, admins: { [roleArn]: ["istio-patterns-tenant-team-a"] } },
    }),
  TenantGuard: (name) =>
    new components.TenantGuard(name, {
      network: "main",
      gatewayNamespaces: [namespace],
      closedRanges: [cidr],
    }),
  FederationGateway: (name) =>
    new components.FederationGateway(name, {
      ...{ version, network: "main", loadBalancerName: "gateway", vpcId, subnetIds },
      ...{ addresses: ["10.0.0.4", "10.0.1.4"], securityGroupId },
    }),
  FederationConfiguration: (name) =>
    new components.FederationConfiguration(name, {
      namespace,
      exchange: { peers: { "shop.example": { mesh: "shop", services: {} } } },
    }),
  EntryPolicy: (name) => new components.EntryPolicy(name),
  MachineRole: (name) =>
    new components.MachineRole(name, { autoScalingGroup: "legacy", region: "eu-west-1" }),
  MachineRegistration: (name) =>
    new components.MachineRegistration(name, {
      ...{ group: "legacy", clusterName, roleArn, kubernetesGroup: "machines" },
      ...{ namespace: "legacy", serviceAccount: "legacy", network: "main" },
    }),
  VirtualMachineGroup: (name) => new components.VirtualMachineGroup(name, groupArgs),
  EcsMeshCluster: (name) =>
    new components.EcsMeshCluster(name, {
      clusterName: "tasks",
      instances: {
        ...{ region: "eu-west-1", vpcId: "vpc-1", subnetIds, instanceType: "c7g.large" },
        imageId: "ami-0123456789abcdef0",
      },
    }),
  TaskRoles: (name) => new components.TaskRoles(name, { region: "eu-west-1", images: [image] }),
  TaskPolicy: (name) => new components.TaskPolicy(name),
  TaskRegistration: (name) =>
    new components.TaskRegistration(name, {
      ...{ service: "echo", clusterName, roleArn, namespace: "ecs", serviceAccount: "echo" },
      ...{ ports: { http: 80 }, network: "main", region: "eu-west-1", zones: { a: "eu-west-1a" } },
    }),
  EcsMeshService: (name) =>
    new components.EcsMeshService(name, {
      ...{ service: "echo", family: "echo", region: "eu-west-1", subnetIds, securityGroupId },
      ...{ clusterArn: "arn:aws:ecs:eu-west-1:123456789012:cluster/tasks" },
      ...{ taskRoleArn: roleArn, executionRoleArn: roleArn, logGroupName: "echo" },
      application: { image, ports: { http: 80 } },
      membership: {
        ...{ clusterId: "east", network: "main", istiodHost: "istiod.example" },
        ...{ ztunnelImage: `registry.example/ztunnel:${version}`, helperImage: image },
        ...{ clusterName, endpoint, certificateAuthority, rootCertificate: PEM },
        ...{ namespace: "ecs", serviceAccount: "echo" },
      },
    }),
  MeshTopology: (name) =>
    new components.MeshTopology(name, {
      region: "eu-west-1",
      topology: {
        api: { allowFrom: ["203.0.113.7/32"] },
        istio: { version: "1.31.3" },
        networks: { main: { cidr } },
        clusters: { main: { network: "main" } },
        meshes: { dev: { clusters: { main: {} } } },
      },
    }),
  Vpc: (name) => new components.Vpc(name, { cidr }),
  VpcPeeringRequest: (name) =>
    new components.VpcPeeringRequest(name, { vpcId, peerVpcId: "vpc-2", peerRegion: "eu-west-1" }),
  VpcPeeringSide: (name) =>
    new components.VpcPeeringSide(name, {
      ...{ side: PeeringSide.Accepter, connectionId: "pcx-1", connectionName: "a-b" },
      ...{ routeTableIds: { private: "rtb-1" }, peerCidrs: [cidr] },
    }),
  TransitGateway: (name) => new components.TransitGateway(name, {}),
  SecurityRules: (name) => {
    const to = { fromPort: 443, toPort: 443, reason: "web" };
    const ingress = [{ name: "web", side: RuleSide.Cidr, value: cidr, ...to }];
    return new components.SecurityRules(name, { securityGroupId, rules: { ingress } });
  },
  InternalBalancer: (name) =>
    new components.InternalBalancer(name, {
      ...{ loadBalancerName: "istiod", vpcId, subnetIds, securityGroupId },
      ...{ addresses: ["10.0.240.4", "10.0.241.4"], ports: { xds: 15012 } },
      ...{ health: { port: 8080, path: "/ready" }, deregistrationDelay: 30 },
    }),
  PrivateZone: (name) =>
    new components.PrivateZone(name, {
      ...{ zoneName: "mesh.internal", vpcId, records: { "istiod.mesh.internal": ["10.0.240.4"] } },
    }),
  PrivateZoneAssociation: (name) =>
    new components.PrivateZoneAssociation(name, { zoneId: "Z1", vpcId }),
  ClusterPeople: (name) =>
    new components.ClusterPeople(name, {
      ...{ clusterName, region: "eu-west-1" },
      ...{ admins: [roleArn], viewers: ["arn:aws:iam::123456789012:user/reader"] },
    }),
  EksCluster: (name) =>
    new components.EksCluster(name, {
      ...{ clusterName, kubernetesVersion: "1.35", vpcId, controlPlaneSubnetIds: subnetIds },
    }),
  AutoModeNodes: (name) =>
    new components.AutoModeNodes(name, {
      ...{ clusterName, kubernetesVersion: "1.35", region: "eu-west-1" },
      ...{ subnetIds, securityGroupId },
    }),
  ManagedNodes: (name) =>
    new components.ManagedNodes(name, {
      ...{ clusterName, kubernetesVersion: "1.35", region: "eu-west-1", subnetIds },
    }),
  LoadBalancerController: (name) =>
    new components.LoadBalancerController(name, {
      ...{ clusterName, region: "eu-west-1", vpcId, chart: "aws-load-balancer-controller" },
    }),
  TargetBinding: (name) =>
    new components.TargetBinding(name, {
      ...{ namespace, service: "istiod", loadBalancers: LoadBalancers.AutoMode },
      targetGroups: { 15012: "arn:aws:elasticloadbalancing:eu-west-1:1:targetgroup/a" },
    }),
  RootCa: (name) => new components.RootCa(name, { commonName: "demo root" }),
  IntermediateCa: (name) =>
    new components.IntermediateCa(name, {
      ...{ commonName: "east", rootCertificate: PEM, rootPrivateKey: PEM },
    }),
  SystemNamespace: (name) => new components.SystemNamespace(name, {}),
  ReaderRole: (name) => new components.ReaderRole(name, { roleName: "reader", namespace }),
  RemoteReader: (name) =>
    new components.RemoteReader(name, {
      ...{ readerName: "readers", kind: RemoteAccess.EksIdentity, clusterName, roleArn, namespace },
    }),
  TokenRefresher: (name) =>
    new components.TokenRefresher(name, {
      ...{ clusterName, namespace, serviceAccounts: ["istiod"], roleArn },
      clusters: [{ cluster: "west", eksName: "west", region: "eu-west-1" }],
    }),
  ConfigClusterAccess: (name) =>
    new components.ConfigClusterAccess(name, {
      ...{ namespace, cluster: "west", endpoint, certificateAuthority },
    }),
  RemoteClusters: (name) =>
    new components.RemoteClusters(name, {
      ...{ namespace, clusters: { west: { endpoint, certificateAuthority } } },
    }),
  IstioControlPlane: (name) => new components.IstioControlPlane(name, { version }),
  MeshConfiguration: (name) => new components.MeshConfiguration(name, { namespace }),
  IstioRemote: (name) =>
    new components.IstioRemote(name, { cluster: "west", version, rootCertificate: PEM }),
  IstiodRelay: (name) =>
    new components.IstiodRelay(name, { version, backends: [["10.0.240.4", "10.0.241.4"]] }),
  RevisionTag: (name) =>
    new components.RevisionTag(name, { tag: "default", revision: "r31", rootCertificate: PEM }),
  GatewayApiCrds: (name) => new components.GatewayApiCrds(name, { istioVersion: version }),
  EastWestGateway: (name) =>
    new components.EastWestGateway(name, { cluster: "east", network: "net-east", version }),
  IngressGateway: (name) => new components.IngressGateway(name, { version }),
};

/** Further least forms, whose resources are others. */
export const otherForms: Record<string, Maker> = {
  "IstioControlPlane, ambient": (name) =>
    new components.IstioControlPlane(name, { version, dataPlane: DataPlane.Ambient }),
  "RemoteReader, by token": (name) =>
    new components.RemoteReader(name, {
      ...{ readerName: "readers", kind: RemoteAccess.ServiceAccountToken, namespace },
    }),
  "EastWestGateway, ambient": (name) =>
    new components.EastWestGateway(name, {
      ...{ cluster: "east", network: "net-east", version, dataPlane: DataPlane.Ambient },
    }),
};

/** Classes of the package that are components. */
export const exported = Object.entries(components)
  .filter(([, value]) => typeof value === "function" && "isInstance" in value)
  .map(([name]) => name);
