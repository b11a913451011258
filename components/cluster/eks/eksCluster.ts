import * as aws from "@pulumi/aws";
import * as eks from "@pulumi/eks";
import type * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { after, childOptions, waitingFor } from "../../options";
import type { RoleSettings } from "../../roles";
import { automaticName, ControlPlaneLog, LONGEST, NodeKind, UpgradePolicy } from "../../topology";
import { nodeKinds } from "../nodes/kinds";
import { logGroupName, publicCidrs } from "./controlPlane";
import { clusterProvider } from "./provider";

/** Longest of what `eks.Cluster` adds to its own name for its roles (pulumi-eks, nodejs/eks/cluster/cluster.ts and servicerole.ts). */
const LONGEST_ROLE_SUFFIX = "-nodeRole-role";

/** What an EKS cluster is made from. */
export interface EksClusterArgs {
  /** Name that EKS knows the cluster by, at most 100 characters. */
  clusterName: pulumi.Input<string>;
  /** Kubernetes minor version, such as `1.35`. */
  kubernetesVersion: pulumi.Input<string>;
  /** VPC of the cluster. */
  vpcId: pulumi.Input<string>;
  /**
   * Subnets of the control plane's network interfaces: private, in at least two zones. EKS lets no cluster change its zones
   * (https://docs.aws.amazon.com/eks/latest/userguide/network-reqs.html), and nodes may stand in others, so two are best.
   */
  controlPlaneSubnetIds: pulumi.Input<pulumi.Input<string>[]>;
  /**
   * Whose nodes run pods. There are none until an `AutoModeNodes` or a `ManagedNodes` makes them.
   *
   * @default auto-mode
   */
  nodes?: NodeKind;
  /**
   * Public CIDRs that may call the API server, at most 40; fails where the list is empty, since AWS then lets everyone in.
   *
   * @default none: the API server has only a private endpoint
   */
  publicAccessCidrs?: pulumi.Input<pulumi.Input<string>[]>;
  /**
   * Role that the AWS CLI takes before it asks for a token, for a cluster in another account.
   *
   * @default the program's own credentials
   */
  kubeconfigRoleArn?: pulumi.Input<string>;
  /**
   * Profile that the AWS CLI asks for a token with.
   *
   * @default that of its environment
   */
  kubeconfigProfile?: pulumi.Input<string>;
  /**
   * ARN of a symmetric KMS key for Kubernetes secrets and the logs. It must be of the cluster's region, and let
   * `logs.<region>.amazonaws.com` use it. EKS lets no cluster change the key of its secrets.
   *
   * @default a key of the cluster's own for its secrets, and AWS's for the logs
   */
  encryptionKeyArn?: pulumi.Input<string>;
  /**
   * Logs of the control plane.
   *
   * @default all of them
   */
  logTypes?: ControlPlaneLog[];
  /**
   * Days until CloudWatch Logs deletes a line.
   *
   * @default 90
   */
  logRetentionDays?: number;
  /**
   * EKS refuses to delete the cluster.
   *
   * @default false
   */
  deletionProtection?: boolean;
  /**
   * What EKS does when standard support of the Kubernetes version ends.
   *
   * @default extended
   */
  upgradePolicy?: UpgradePolicy;
  /**
   * AWS, or you, may turn traffic away from an impaired availability zone.
   *
   * @default false
   */
  zonalShift?: boolean;
  /**
   * Kubernetes' NetworkPolicies hold for pods on managed nodes; on Auto Mode's `AutoModeNodes` say so.
   *
   * @default false
   */
  networkPolicies?: boolean;
  /**
   * How the role that EKS acts in is made. Its path is final: EKS lets no cluster change its role.
   *
   * @default at path /, without a boundary
   */
  iam?: RoleSettings;
}

/**
 * An EKS cluster whose secrets are encrypted with a key of its own, and whose control plane logs everything to
 * CloudWatch (`/aws/eks/<name>/cluster`, which goes with the cluster). About USD 73 a month without nodes.
 *
 * Who may use it follows from access entries alone; whoever makes it administers it. Auto Mode's nodes take only IMDSv2
 * within one hop, and encrypt their disks, by themselves.
 */
export class EksCluster extends pulumi.ComponentResource {
  /** Name that EKS knows the cluster by. Known in a preview; what takes it waits for the cluster. */
  public readonly eksName: pulumi.Output<string>;
  /** Kubeconfig that runs `aws eks get-token`. A secret. */
  public readonly kubeconfig: pulumi.Output<string>;
  /** API server URL. */
  public readonly endpoint: pulumi.Output<string>;
  /** API server's CA bundle, base64. */
  public readonly certificateAuthority: pulumi.Output<string>;
  /** VPC of the cluster. */
  public readonly vpcId: pulumi.Output<string>;
  /** Security group that EKS makes, and that control plane, nodes and pods carry. */
  public readonly securityGroupId: pulumi.Output<string>;
  /** Name of the role that EKS acts in. */
  public readonly roleName: pulumi.Output<string>;

  constructor(name: string, args: EksClusterArgs, opts?: pulumi.ComponentResourceOptions) {
    super("istio-patterns:index:EksCluster", name, {}, opts);
    const children = childOptions(this, opts);
    const keyArn = args.encryptionKeyArn ?? createKey(name, args, children).arn;
    const logs = createLogGroup(name, args, children);
    const cluster = createCluster(name, args, keyArn, waitingFor(children, logs));
    const made = cluster.eksCluster;
    providers.set(
      this,
      once(() => clusterProvider(name, this, { parent: this })),
    );

    this.eksName = after(args.clusterName, [cluster]);
    this.kubeconfig = pulumi.secret(cluster.kubeconfigJson);
    // Mocks of a user's may leave the cluster out.
    this.endpoint = made.apply((found) => found?.endpoint);
    this.certificateAuthority = made.apply((found) => found?.certificateAuthority).data;
    this.vpcId = pulumi.output(args.vpcId);
    this.securityGroupId = made.apply((found) => found?.vpcConfig).clusterSecurityGroupId;
    this.roleName = made
      .apply((found) => found?.roleArn)
      .apply((arn?: string) => arn?.split("/").at(-1) ?? "");
    this.registerOutputs({
      eksName: this.eksName,
      kubeconfig: this.kubeconfig,
      endpoint: this.endpoint,
      certificateAuthority: this.certificateAuthority,
      vpcId: this.vpcId,
      securityGroupId: this.securityGroupId,
      roleName: this.roleName,
    });
  }

  /** Kubernetes provider of the cluster, for what your program puts into it. Made when it is first asked for. */
  get provider(): k8s.Provider {
    return providers.get(this)!();
  }
}

/** Beside the class: a field of a component would become an output of its schema, private or not. */
const providers = new WeakMap<EksCluster, () => k8s.Provider>();

function once<T>(make: () => T): () => T {
  let made: { value: T } | undefined;
  return () => (made ??= { value: make() }).value;
}

function createKey(
  name: string,
  { clusterName }: EksClusterArgs,
  opts: pulumi.CustomResourceOptions,
): aws.kms.Key {
  const key = new aws.kms.Key(
    `${name}-key`,
    {
      description: pulumi.interpolate`Kubernetes secrets of EKS cluster ${clusterName}`,
      enableKeyRotation: true,
    },
    opts,
  );
  new aws.kms.Alias(
    `${name}-key`,
    { name: pulumi.interpolate`alias/eks/${clusterName}`, targetKeyId: key.keyId },
    opts,
  );
  return key;
}

/** Before the cluster: EKS makes it otherwise, without an end to its lines and without a key, and leaves it behind. */
function createLogGroup(
  name: string,
  { clusterName, encryptionKeyArn, logTypes = ALL_LOGS, logRetentionDays = 90 }: EksClusterArgs,
  opts: pulumi.CustomResourceOptions,
): pulumi.Resource[] {
  if (logTypes.length === 0) return [];
  const group = new aws.cloudwatch.LogGroup(
    `${name}-logs`,
    {
      name: pulumi.output(clusterName).apply(logGroupName),
      retentionInDays: logRetentionDays,
      kmsKeyId: encryptionKeyArn,
    },
    opts,
  );
  return [group];
}

const ALL_LOGS = Object.values(ControlPlaneLog);

const supportTypes = {
  [UpgradePolicy.Standard]: "STANDARD",
  [UpgradePolicy.Extended]: "EXTENDED",
} satisfies Record<UpgradePolicy, string>;

/** What `eks.Cluster` has no arguments for (pulumi-eks v4.3.0, nodejs/eks/cluster/cluster.ts and servicerole.ts). */
function transformsOf({ zonalShift, iam }: EksClusterArgs): pulumi.ResourceTransform[] {
  return [rolesOf(iam), ...(zonalShift ? [shiftZones] : [])];
}

const shiftZones: pulumi.ResourceTransform = ({ type, props, opts }) =>
  type === "aws:eks/cluster:Cluster"
    ? { props: { ...props, zonalShiftConfig: { enabled: true } }, opts }
    : undefined;

/** Another path would make the role anew, and with it the cluster; so would a role of our own, where there is a cluster already. */
function rolesOf(iam: RoleSettings = {}): pulumi.ResourceTransform {
  return ({ type, props, opts }) =>
    type === "aws:iam/role:Role"
      ? {
          props: { ...props, ...iam },
          opts: pulumi.mergeOptions(opts as pulumi.CustomResourceOptions, {
            ignoreChanges: ["path"],
          }),
        }
      : undefined;
}

function createCluster(
  name: string,
  args: EksClusterArgs,
  encryptionConfigKeyArn: pulumi.Input<string>,
  opts: pulumi.ComponentResourceOptions,
): eks.Cluster {
  const { nodes = NodeKind.AutoMode, publicAccessCidrs, logTypes = ALL_LOGS } = args;
  const { upgradePolicy = UpgradePolicy.Extended, deletionProtection = false } = args;
  const { kubeconfigRoleArn: roleArn, kubeconfigProfile: profileName } = args;
  return new eks.Cluster(
    automaticName(name, LONGEST.role - LONGEST_ROLE_SUFFIX.length),
    {
      name: args.clusterName,
      version: args.kubernetesVersion,
      vpcId: args.vpcId,
      privateSubnetIds: args.controlPlaneSubnetIds,
      authenticationMode: eks.AuthenticationMode.Api,
      skipDefaultSecurityGroups: true,
      skipDefaultNodeGroup: true,
      // Auto Mode's nodes answer DNS themselves: two pods more would only keep nodes from going away
      // (https://github.com/pulumi/pulumi-eks/issues/1726). On managed ones `ManagedNodes` makes it, once there are nodes for it.
      corednsAddonOptions: { enabled: false },
      encryptionConfigKeyArn,
      enabledClusterLogTypes: logTypes,
      deletionProtection,
      upgradePolicy: { supportType: supportTypes[upgradePolicy] },
      endpointPrivateAccess: true,
      endpointPublicAccess: publicAccessCidrs !== undefined,
      publicAccessCidrs: publicAccessCidrs && pulumi.output(publicAccessCidrs).apply(publicCidrs),
      providerCredentialOpts: roleArn || profileName ? { roleArn, profileName } : undefined,
      ...nodeKinds[nodes].eks(args),
    },
    { ...opts, transforms: transformsOf(args) },
  );
}
