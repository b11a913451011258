import { randomUUID } from "node:crypto";
import type { Stored } from "../../base/store";
import { asList, asProps, asText } from "../../base/values";
import type { Props } from "../../base/values";
import { sameVpc, unique } from "../checks";
import { overlap } from "../cidr";
import { arn, to, toAnywhere, toLoosely } from "../table";
import type { Check, Draft, Table } from "../table";
import { valuesAt } from "../world";
import type { World } from "../world";
import { creatorsEntry } from "./access";
import { newestAddon, servedAddons } from "./addons";

const CLUSTER = { clusterName: to("eks.Cluster") };

/** A cluster is an API server that the machine has started under this name. */
const serverOf = ({ inputs, world }: Draft) => asProps(world.fact("clusters", asText(inputs.name)));

const serverIsThere: Check = (draft) =>
  Object.keys(serverOf(draft)).length > 0
    ? undefined
    : `no API server was started for a cluster named '${asText(draft.inputs.name)}'`;

/** Zones of a control plane's subnets, each once. */
function zonesOf(inputs: Props, world: World): string[] {
  const subnets = valuesAt(inputs, "vpcConfig.subnetIds");
  const zones = subnets.map((id) => asText(world.outputs("ec2.Subnet", id).availabilityZone));
  return [...new Set(zones)].sort();
}

/** UpdateClusterConfig: "in the same set of AZs as originally provided" (https://docs.aws.amazon.com/eks/latest/userguide/network-reqs.html). */
const zonesAreFinal: Check = ({ inputs, before, world }) => {
  if (!before) return undefined;
  const [first, now] = [before.inputs, inputs].map((it) => zonesOf(it, world).join(","));
  return first === now
    ? undefined
    : `InvalidParameterException: Provided subnets belong to the AZs '${now}'. But they should belong to the exact set of AZs '${first}' in which subnets were provided during cluster creation.`;
};

const twoZones: Check = ({ inputs, world }) => {
  const subnets = valuesAt(inputs, "vpcConfig.subnetIds");
  const vpcs = subnets.map((id) => world.outputs("ec2.Subnet", id).vpcId);
  if (new Set(vpcs).size > 1) return "InvalidParameterException: subnets of more than one VPC";
  return zonesOf(inputs, world).length >= 2
    ? undefined
    : "InvalidParameterException: subnets specified must be in at least two different AZs";
};

/** https://repost.aws/knowledge-center/eks-lock-api-access-IP-addresses */
const RESERVED = [
  ...["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"],
  ...["100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16"],
];

/** https://docs.aws.amazon.com/eks/latest/userguide/service-quotas.html */
const PUBLIC_CIDRS = 40;

const endpointIsReached: Check = ({ inputs }) => {
  const { endpointPublicAccess = true, endpointPrivateAccess = false } = asProps(inputs.vpcConfig);
  const listed = valuesAt(inputs, "vpcConfig.publicAccessCidrs").map(asText);
  if (!endpointPublicAccess && !endpointPrivateAccess)
    return "InvalidParameterException: Private and public endpoint access cannot be false";
  if (listed.length > PUBLIC_CIDRS)
    return `InvalidParameterException: ${listed.length} CIDRs in publicAccessCidrs, at most ${PUBLIC_CIDRS}`;
  const inside = listed.filter((cidr) => RESERVED.some((range) => overlap(cidr, range)));
  const open = inside.filter((cidr) => cidr !== "0.0.0.0/0");
  return open.length > 0
    ? `InvalidParameterException: The following CIDRs are not allowed in publicAccessCidrs: [${open.join(", ")}]`
    : undefined;
};

/** Auto Mode is all or nothing: compute, storage and load balancing are switched together. */
const autoModeIsWhole: Check = ({ inputs }) => {
  const switches = [
    asProps(inputs.computeConfig).enabled,
    asProps(asProps(inputs.storageConfig).blockStorage).enabled,
    asProps(asProps(inputs.kubernetesNetworkConfig).elasticLoadBalancing).enabled,
  ].map(Boolean);
  return new Set(switches).size === 1
    ? undefined
    : "InvalidParameterException: compute, block storage and load balancing must be enabled together";
};

/** CreateCluster's own words (https://github.com/aws/aws-cdk/pull/33894, https://github.com/terraform-aws-modules/terraform-aws-eks/issues/3366). */
const poolsHaveRole: Check = ({ inputs }) => {
  const { nodePools, nodeRoleArn } = asProps(inputs.computeConfig);
  const hasPools = asList(nodePools).length > 0;
  if (hasPools === Boolean(nodeRoleArn)) return undefined;
  return hasPools
    ? "InvalidParameterException: When Compute Config nodeRoleArn is null or empty, nodePool list cannot be populated."
    : "InvalidParameterException: When Compute Config nodeRoleArn is not null or empty, nodePool value(s) must be provided.";
};

/**
 * DeleteCluster waits for nodes of built-in pools too late to delete the group that they carry
 * (https://github.com/aws/aws-k8s-tester/pull/541).
 */
function groupOfNodes(self: Stored, world: World): Stored[] {
  if (asList(asProps(self.inputs.computeConfig).nodePools).length === 0) return [];
  const groups = world.list("ec2.SecurityGroup").filter(({ owner }) => owner === self.id);
  return groups.map((group) => ({ ...group, owner: undefined }));
}

const kubernetesOf = (world: World, cluster: unknown) =>
  asText(world.outputs("eks.Cluster", cluster).version);

/** CreateAddon and UpdateAddon (https://docs.aws.amazon.com/eks/latest/APIReference/API_CreateAddon.html). */
const addonIsServed: Check = ({ inputs, world }) => {
  const { addonName, addonVersion, clusterName } = inputs;
  const served = servedAddons(addonName, kubernetesOf(world, clusterName));
  if (served.length === 0) {
    return `InvalidParameterException: Addon ${asText(addonName)} specified is not supported`;
  }
  return addonVersion === undefined || served.includes(asText(addonVersion))
    ? undefined
    : "InvalidParameterException: Addon version specified is not supported";
};

/** CreateNodegroup and UpdateNodegroupConfig (https://docs.aws.amazon.com/eks/latest/APIReference/API_NodegroupScalingConfig.html). */
const scalingIsInRange: Check = ({ inputs }) => {
  const { minSize, desiredSize, maxSize } = asProps(inputs.scalingConfig);
  const [least, now, most] = [minSize, desiredSize, maxSize].map(Number);
  if (most < 1) return "InvalidParameterException: maxSize must be at least 1";
  if (least > now)
    return `InvalidParameterException: Minimum capacity ${least} can't be greater than desired size ${now}`;
  return now > most
    ? `InvalidParameterException: desired capacity ${now} can't be greater than max size ${most}`
    : undefined;
};

/** AWS Graviton is the `g` behind the generation (https://docs.aws.amazon.com/ec2/latest/instancetypes/instance-type-names.html). */
const typesStartImage: Check = ({ inputs }) => {
  const amiType = asText(inputs.amiType);
  const wanted = amiType.includes("ARM_64");
  const others = asList(inputs.instanceTypes)
    .map(asText)
    .filter((type) => /^(a1|[a-z]+\d+[a-z]*g[a-z]*)\./.test(type) !== wanted);
  return amiType === "" || others.length === 0
    ? undefined
    : `InvalidParameterException: [${others.join()}] is not a valid instance type for requested amiType ${amiType}`;
};

function clusterGroup({ id, account, region, inputs, world }: Draft): Stored[] {
  const [subnet] = valuesAt(inputs, "vpcConfig.subnetIds");
  const { vpcId } = world.outputs("ec2.Subnet", subnet);
  const name = `eks-cluster-sg-${id}`;
  const common = { type: "ec2.SecurityGroup", account, region, owner: id };
  return [
    { ...common, id: groupId(region, id), inputs: { vpcId }, outputs: { vpcId, name, region } },
  ];
}

/**
 * EKS makes the group of its logs where there is none, and leaves it behind with all lines for good
 * (https://docs.aws.amazon.com/eks/latest/userguide/control-plane-logs.html).
 */
function logGroup({ id, account, region, inputs, world }: Draft): Stored[] {
  const name = `/aws/eks/${id}/cluster`;
  const isWritten = asList(inputs.enabledClusterLogTypes).length > 0;
  if (!isWritten || world.find("cloudwatch.LogGroup", name)) return [];
  const group = { inputs: { name }, outputs: { name, retentionInDays: 0 } };
  return [{ type: "cloudwatch.LogGroup", id: name, account, region, ...group }];
}

const groupId = (region: string, cluster: string) =>
  `sg-${Buffer.from(`${region}/${cluster}`).toString("hex").slice(-17).padStart(17, "0")}`;

const clusterArn = arn("eks", ({ inputs }) => `cluster/${asText(inputs.name)}`);
const joined =
  (...fields: string[]) =>
  (draft: Draft) =>
    fields
      .map((field) => asText(draft.inputs[field]))
      .join("#")
      .replaceAll("#", ":");

export const eks: Table = {
  "eks.Cluster": {
    id: ({ inputs }) => asText(inputs.name),
    arn: clusterArn,
    name: { field: "name", max: 100, pattern: /^[0-9A-Za-z][\w-]*$/ },
    required: ["roleArn", "vpcConfig"],
    computed: ["version"],
    computedIn: { vpcConfig: ["clusterSecurityGroupId", "vpcId"] },
    replace: [
      "name",
      "roleArn",
      "encryptionConfig",
      "bootstrapSelfManagedAddons",
      "accessConfig.bootstrapClusterCreatorAdminPermissions",
      "kubernetesNetworkConfig.ipFamily",
      "kubernetesNetworkConfig.serviceIpv4Cidr",
    ],
    references: {
      roleArn: to("iam.Role"),
      "vpcConfig.subnetIds": to("ec2.Subnet"),
      "vpcConfig.securityGroupIds": to("ec2.SecurityGroup"),
      "encryptionConfig.provider.keyArn": toLoosely("kms.Key"),
      "computeConfig.nodeRoleArn": to("iam.Role"),
    },
    checks: [
      ...[serverIsThere, twoZones, zonesAreFinal],
      ...[endpointIsReached, autoModeIsWhole, poolsHaveRole],
    ],
    leaves: groupOfNodes,
    blocked: (self) =>
      self.inputs.deletionProtection
        ? `InvalidRequestException: ${self.id} has deletion protection`
        : undefined,
    along: (draft) => [...clusterGroup(draft), ...logGroup(draft), ...creatorsEntry(draft)],
    outputs: (draft) => {
      const server = serverOf(draft);
      const [subnet] = valuesAt(draft.inputs, "vpcConfig.subnetIds");
      return {
        endpoint: server.endpoint,
        certificateAuthority: { data: server.certificateAuthority },
        certificateAuthorities: [{ data: server.certificateAuthority }],
        version: draft.inputs.version ?? server.version,
        status: "ACTIVE",
        platformVersion: "eks.1",
        createdAt: draft.before?.outputs.createdAt ?? new Date().toISOString(),
        identities: [{ oidcs: [{ issuer: server.issuer ?? server.endpoint }] }],
        vpcConfig: {
          ...asProps(draft.inputs.vpcConfig),
          vpcId: draft.world.outputs("ec2.Subnet", subnet).vpcId,
          clusterSecurityGroupId: groupId(draft.region, draft.id),
        },
      };
    },
  },
  "eks.PodIdentityAssociation": {
    prefix: "a-",
    required: ["clusterName", "namespace", "roleArn", "serviceAccount"],
    replace: ["clusterName", "namespace", "serviceAccount"],
    references: { ...CLUSTER, roleArn: to("iam.Role"), targetRoleArn: toAnywhere("iam.Role") },
    checks: [unique("ResourceInUseException", "clusterName", "namespace", "serviceAccount")],
    outputs: ({ id, inputs, account, region, before }) => ({
      associationId: id,
      associationArn: `arn:aws:eks:${region}:${account}:podidentityassociation/${asText(inputs.clusterName)}/${id}`,
      externalId: before?.outputs.externalId ?? randomUUID(),
    }),
  },
  "eks.Addon": {
    id: joined("clusterName", "addonName"),
    arn: arn(
      "eks",
      ({ inputs }) => `addon/${asText(inputs.clusterName)}/${asText(inputs.addonName)}`,
    ),
    required: ["clusterName", "addonName"],
    replace: ["clusterName", "addonName"],
    references: { ...CLUSTER, serviceAccountRoleArn: to("iam.Role") },
    checks: [addonIsServed],
    // It is active once its pods run. As quick as where nodes run already: what comes after it comes before Pod Identity knows the
    // roles that were given meanwhile.
    seconds: 1,
    outputs: ({ inputs, world, before }) => ({
      addonVersion:
        inputs.addonVersion ??
        before?.outputs.addonVersion ??
        newestAddon(inputs.addonName, kubernetesOf(world, inputs.clusterName)),
      createdAt: before?.outputs.createdAt ?? new Date().toISOString(),
      modifiedAt: before?.outputs.modifiedAt ?? new Date().toISOString(),
    }),
  },
  "eks.NodeGroup": {
    id: joined("clusterName", "nodeGroupName"),
    arn: arn(
      "eks",
      ({ inputs }) => `nodegroup/${asText(inputs.clusterName)}/${asText(inputs.nodeGroupName)}`,
    ),
    name: { field: "nodeGroupName", max: 63 },
    required: ["clusterName", "nodeRoleArn", "scalingConfig", "subnetIds"],
    replace: [
      "clusterName",
      "nodeGroupName",
      "nodeRoleArn",
      "subnetIds",
      "amiType",
      "capacityType",
      "diskSize",
      "instanceTypes",
      "launchTemplate.id",
      "launchTemplate.name",
    ],
    references: {
      ...CLUSTER,
      nodeRoleArn: to("iam.Role"),
      subnetIds: to("ec2.Subnet"),
      "launchTemplate.id": to("ec2.LaunchTemplate"),
    },
    checks: [sameVpc(["subnetIds", "ec2.Subnet"]), scalingIsInRange, typesStartImage],
    outputs: ({ inputs }) => ({
      status: "ACTIVE",
      resources: [{ autoscalingGroups: [{ name: `eks-${asText(inputs.nodeGroupName)}` }] }],
      version: inputs.version,
    }),
  },
};
