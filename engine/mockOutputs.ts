/**
 * What providers answer in the in-process engine: computed outputs per resource type, results per function.
 *
 * Only what a program reads and passes on has a row. Values are made from the logical name, so that they differ
 * between resources and stay the same between runs.
 */
import { createHash } from "node:crypto";
import * as pulumi from "@pulumi/pulumi";
import type { Values } from "./graph";

const { specialSecretSig, specialSigKey } = pulumi.runtime;

export interface MockResource {
  type: string;
  name: string;
  urn: string;
  inputs: Values;
  /** Region of the AWS provider, "" where it is not known. */
  region: string;
}

type Outputs = (resource: MockResource) => Record<string, unknown>;

const ACCOUNT = "123456789012";

/** Outputs that a provider computes, by type. Every resource also has its inputs and an id. */
export const computedOutputs = {
  "aws:ec2/vpc:Vpc": (r) => ({
    arn: arn(r, "ec2", `vpc/${mockId(r)}`),
    defaultSecurityGroupId: hashId("sg", r.urn),
    mainRouteTableId: hashId("rtb", r.urn),
    ownerId: ACCOUNT,
  }),
  "aws:ec2/subnet:Subnet": (r) => ({
    arn: arn(r, "ec2", `subnet/${mockId(r)}`),
    availabilityZoneId: `${r.region}-az`,
  }),
  "aws:ec2/securityGroup:SecurityGroup": (r) => ({
    arn: arn(r, "ec2", `security-group/${mockId(r)}`),
    name: r.inputs.name ?? r.name,
    ownerId: ACCOUNT,
  }),
  "aws:ec2/eip:Eip": (r) => ({
    allocationId: hashId("eipalloc", r.urn),
    publicIp: mockAddress(r.urn),
    arn: arn(r, "ec2", `elastic-ip/${mockId(r)}`),
  }),
  "aws:ec2/natGateway:NatGateway": (r) => ({ publicIp: mockAddress(r.urn) }),
  "aws:ec2/managedPrefixList:ManagedPrefixList": (r) => ({
    arn: arn(r, "ec2", `prefix-list/${mockId(r)}`),
    ownerId: ACCOUNT,
    version: 1,
  }),
  "aws:ec2/vpcPeeringConnection:VpcPeeringConnection": () => ({ acceptStatus: "active" }),
  "aws:autoscaling/group:Group": (r) => ({
    arn: arn(
      r,
      "autoscaling",
      `autoScalingGroup:1:autoScalingGroupName/${r.inputs.name ?? r.name}`,
    ),
    name: r.inputs.name ?? r.name,
  }),
  "aws:ec2/launchTemplate:LaunchTemplate": (r) => ({
    arn: arn(r, "ec2", `launch-template/${mockId(r)}`),
    latestVersion: 1,
    defaultVersion: 1,
    name: r.inputs.name ?? r.name,
  }),
  "aws:ec2transitgateway/transitGateway:TransitGateway": (r) => ({
    arn: arn(r, "ec2", `transit-gateway/${mockId(r)}`),
    associationDefaultRouteTableId: hashId("tgw-rtb", r.urn),
    propagationDefaultRouteTableId: hashId("tgw-rtb", r.urn),
    ownerId: ACCOUNT,
  }),
  "aws:ec2transitgateway/peeringAttachment:PeeringAttachment": () => ({ state: "available" }),
  "aws:ram/resourceShare:ResourceShare": (r) => ({
    arn: arn(r, "ram", `resource-share/${mockId(r)}`),
  }),
  "aws:kms/key:Key": (r) => ({ arn: arn(r, "kms", `key/${mockId(r)}`), keyId: mockId(r) }),
  "aws:cloudwatch/logGroup:LogGroup": (r) => ({
    arn: arn(r, "logs", `log-group:${r.inputs.name ?? r.name}`),
    name: r.inputs.name ?? r.name,
  }),
  "aws:ecs/capacityProvider:CapacityProvider": (r) => ({
    arn: arn(r, "ecs", `capacity-provider/${r.inputs.name ?? r.name}`),
    name: r.inputs.name ?? r.name,
  }),
  "aws:ecs/cluster:Cluster": (r) => ({
    arn: arn(r, "ecs", `cluster/${r.inputs.name ?? r.name}`),
    name: r.inputs.name ?? r.name,
  }),
  "aws:ecs/taskDefinition:TaskDefinition": (r) => ({
    arn: arn(r, "ecs", `task-definition/${r.inputs.family}:1`),
    revision: 1,
  }),
  "aws:ecs/service:Service": (r) => ({ name: r.inputs.name ?? r.name }),
  "aws:iam/role:Role": (r) => ({
    arn: `arn:aws:iam::${ACCOUNT}:role/${r.inputs.name ?? r.name}`,
    name: r.inputs.name ?? r.name,
    uniqueId: hashId("AROA", r.urn),
  }),
  "aws:iam/policy:Policy": (r) => ({
    arn: `arn:aws:iam::${ACCOUNT}:policy/${r.inputs.name ?? r.name}`,
    name: r.inputs.name ?? r.name,
  }),
  "aws:eks/cluster:Cluster": (r) => eksCluster(r),
  "aws:eks/nodeGroup:NodeGroup": (r) => ({
    arn: arn(r, "eks", `nodegroup/${r.inputs.nodeGroupName ?? r.name}`),
    status: "ACTIVE",
  }),
  "aws:eks/accessEntry:AccessEntry": (r) => ({
    accessEntryArn: arn(r, "eks", `access-entry/${mockId(r)}`),
  }),
  "aws:eks/addon:Addon": (r) => ({ arn: arn(r, "eks", `addon/${mockId(r)}`) }),
  "aws:eks/podIdentityAssociation:PodIdentityAssociation": (r) => ({
    associationArn: arn(r, "eks", `podidentityassociation/${mockId(r)}`),
    associationId: hashId("a", r.urn),
  }),
  "aws:lb/loadBalancer:LoadBalancer": (r) => ({
    arn: arn(r, "elasticloadbalancing", `loadbalancer/net/${r.inputs.name ?? r.name}`),
    dnsName: `${r.name}.elb.${r.region}.amazonaws.com`,
    zoneId: hashId("Z", r.urn),
  }),
  "aws:lb/targetGroup:TargetGroup": (r) => ({
    arn: arn(r, "elasticloadbalancing", `targetgroup/${r.inputs.name ?? r.name}`),
  }),
  "aws:lb/listener:Listener": (r) => ({
    arn: arn(r, "elasticloadbalancing", `listener/net/${r.name}`),
  }),
  "aws:route53/zone:Zone": (r) => ({
    arn: `arn:aws:route53:::hostedzone/${mockId(r)}`,
    zoneId: mockId(r),
  }),
  "eks:index:Cluster": (r) => remoteEksCluster(r),
  "eks:index:ManagedNodeGroup": (r) => ({ nodeGroup: { nodeGroupName: r.name } }),
  "tls:index/privateKey:PrivateKey": (r) => ({
    privateKeyPem: pem("PRIVATE KEY", r.urn),
    privateKeyPemPkcs8: pem("PRIVATE KEY", `${r.urn} pkcs8`),
    privateKeyOpenssh: pem("OPENSSH PRIVATE KEY", `${r.urn} ssh`),
    publicKeyPem: pem("PUBLIC KEY", r.urn),
  }),
  "tls:index/selfSignedCert:SelfSignedCert": (r) => ({
    certPem: pem("CERTIFICATE", r.urn),
    keyAlgorithm: "ECDSA",
    ...VALIDITY,
  }),
  "tls:index/certRequest:CertRequest": (r) => ({
    certRequestPem: pem("CERTIFICATE REQUEST", r.urn),
  }),
  "tls:index/locallySignedCert:LocallySignedCert": (r) => ({
    certPem: pem("CERTIFICATE", r.urn),
    caKeyAlgorithm: "ECDSA",
    ...VALIDITY,
  }),
  "kubernetes:core/v1:Service": (r) => ({
    status: { loadBalancer: { ingress: [{ hostname: `${r.name}.elb.amazonaws.com` }] } },
  }),
  "kubernetes:core/v1:Secret": (r) =>
    r.inputs.type === "kubernetes.io/service-account-token"
      ? { data: { token: base64(`token ${r.urn}`), "ca.crt": base64(`ca ${r.urn}`) } }
      : {},
  "kubernetes:gateway.networking.k8s.io/v1:Gateway": (r) => ({
    status: { addresses: [{ type: "Hostname", value: `${r.name}.elb.amazonaws.com` }] },
  }),
  "kubernetes:helm.sh/v3:Release": (r) => ({
    status: { name: r.inputs.name, namespace: r.inputs.namespace, status: "deployed" },
  }),
} satisfies Record<string, Outputs>;

/** Results of provider functions, by token. */
export const callResults = {
  "aws:index/getAvailabilityZones:getAvailabilityZones": (_, region) => ({
    id: region,
    names: ["a", "b", "c", "d"].map((zone) => `${region}${zone}`),
    zoneIds: [1, 2, 3, 4].map((zone) => `${region}-az${zone}`),
    groupNames: [region],
    state: "available",
  }),
  "aws:index/getCallerIdentity:getCallerIdentity": () => ({
    id: ACCOUNT,
    accountId: ACCOUNT,
    arn: `arn:aws:iam::${ACCOUNT}:user/pulumi`,
    userId: "AIDAMOCK",
  }),
  "aws:index/getRegion:getRegion": (_, region) => ({ id: region, name: region, region }),
  "aws:index/getPartition:getPartition": () => ({
    id: "aws",
    partition: "aws",
    dnsSuffix: "amazonaws.com",
    reverseDnsPrefix: "com.amazonaws",
  }),
  "aws:iam/getPolicyDocument:getPolicyDocument": (inputs) => ({
    id: "policy",
    json: JSON.stringify({ Version: "2012-10-17", Statement: inputs.statements ?? [] }),
  }),
} satisfies Record<string, (inputs: Values, region: string) => Record<string, unknown>>;

/** Physical ids as AWS would form them, so that they read well in a plan. */
const ID_PREFIXES: Record<string, string> = {
  "aws:ec2/vpc:Vpc": "vpc",
  "aws:ec2/subnet:Subnet": "subnet",
  "aws:ec2/securityGroup:SecurityGroup": "sg",
  "aws:ec2/routeTable:RouteTable": "rtb",
  "aws:ec2/internetGateway:InternetGateway": "igw",
  "aws:ec2/natGateway:NatGateway": "nat",
  "aws:ec2/eip:Eip": "eipalloc",
  "aws:ec2/managedPrefixList:ManagedPrefixList": "pl",
  "aws:ec2/vpcPeeringConnection:VpcPeeringConnection": "pcx",
  "aws:ec2transitgateway/transitGateway:TransitGateway": "tgw",
  "aws:ec2transitgateway/vpcAttachment:VpcAttachment": "tgw-attach",
  "aws:ec2transitgateway/peeringAttachment:PeeringAttachment": "tgw-attach",
};

/** Id of a resource: formed as its provider does where programs or people read it, else made from its name. */
export function mockId({ type, name, urn, inputs }: MockResource): string {
  if (type.startsWith("kubernetes:")) return objectId(name, inputs);
  if (NAMED.has(type)) return inputs.name ?? name;
  const prefix = ID_PREFIXES[type];
  return prefix ? hashId(prefix, urn) : `${name}-id`;
}

/** Types whose id is their physical name. */
const NAMED = new Set(["aws:iam/role:Role", "aws:eks/cluster:Cluster", "eks:index:Cluster"]);

/** Of objects, `<namespace>/<name>`; of a Helm release too. */
function objectId(name: string, { name: release, namespace, metadata }: Values): string {
  const [space, object] = [metadata?.namespace ?? namespace, metadata?.name ?? release ?? name];
  return space ? `${space}/${object}` : object;
}

const VALIDITY = {
  validityStartTime: "2026-01-01T00:00:00Z",
  validityEndTime: "2036-01-01T00:00:00Z",
  readyForRenewal: false,
};

function remoteEksCluster(r: MockResource) {
  const cluster = eksCluster(r);
  const kubeconfig = mockKubeconfig(cluster.name, cluster.endpoint);
  const oidc = `oidc.eks.${r.region}.amazonaws.com/id/${hash(r.urn)}`;
  return {
    eksCluster: { ...cluster, id: cluster.name, urn: `${r.urn}-eksCluster` },
    kubeconfig,
    kubeconfigJson: JSON.stringify(kubeconfig),
    clusterSecurityGroupId: cluster.vpcConfig.clusterSecurityGroupId,
    nodeSecurityGroupId: hashId("sg", `${r.urn} nodes`),
    clusterIngressRuleId: hashId("sgr", r.urn),
    instanceRoles: [],
    autoModeNodeRoleName:
      r.inputs.autoMode?.createNodeRole === false ? "" : `${cluster.name}-auto-mode-node`,
    oidcIssuer: oidc,
    oidcProviderUrl: `https://${oidc}`,
    oidcProviderArn: `arn:aws:iam::${ACCOUNT}:oidc-provider/${oidc}`,
    core: { endpoint: cluster.endpoint, kubeconfig, vpcId: r.inputs.vpcId },
  };
}

function eksCluster(r: MockResource) {
  const name: string = r.inputs.name ?? r.name;
  return {
    name,
    arn: arn(r, "eks", `cluster/${name}`),
    endpoint: `https://${hash(r.urn)}.eks.${r.region}.amazonaws.com`,
    certificateAuthority: { data: base64(`certificate authority of ${name}`) },
    certificateAuthorities: [{ data: base64(`certificate authority of ${name}`) }],
    version: r.inputs.version,
    status: "ACTIVE",
    roleArn: `arn:aws:iam::${ACCOUNT}:role/${name}-eksRole-role`,
    vpcConfig: {
      vpcId: r.inputs.vpcId ?? r.inputs.vpcConfig?.vpcId,
      clusterSecurityGroupId: hashId("sg", r.urn),
      subnetIds: r.inputs.subnetIds ?? r.inputs.vpcConfig?.subnetIds ?? [],
    },
    identities: [{ oidcs: [{ issuer: `https://oidc.eks.${r.region}.amazonaws.com/id/mock` }] }],
  };
}

function mockKubeconfig(name: string, server: string) {
  return {
    apiVersion: "v1",
    kind: "Config",
    clusters: [{ name, cluster: { server } }],
    contexts: [{ name, context: { cluster: name, user: name } }],
    "current-context": name,
    users: [{ name, user: { exec: { command: "aws", args: ["eks", "get-token", name] } } }],
  };
}

function arn(r: MockResource, service: string, resource: string): string {
  return `arn:aws:${service}:${r.region}:${ACCOUNT}:${resource}`;
}

/** An address of 198.18.0.0/15, which is reserved for tests (RFC 2544). */
function mockAddress(seed: string): string {
  const digest = createHash("sha256").update(seed).digest();
  return `198.${18 + (digest.readUInt8() % 2)}.${digest[1]}.${digest[2]}`;
}

function pem(label: string, seed: string): string {
  const body = base64(seed).match(/.{1,64}/g)!;
  return [`-----BEGIN ${label}-----`, ...body, `-----END ${label}-----`, ""].join("\n");
}

const hash = (seed: string) => createHash("sha256").update(seed).digest("hex").slice(0, 17);
const hashId = (prefix: string, seed: string) => `${prefix}-${hash(seed)}`;
const base64 = (text: string) => Buffer.from(text).toString("base64");

/** Marks a value as the engine's wire format does. */
export function secretly(value: unknown): unknown {
  return { [specialSigKey]: specialSecretSig, value };
}
