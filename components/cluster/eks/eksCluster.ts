import * as aws from "@pulumi/aws";
import * as eks from "@pulumi/eks";
import type * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { childOptions } from "../../options";
import { automaticName, LONGEST, NodeKind } from "../../topology";
import { nodeKinds } from "../nodes/kinds";
import { controlPlaneLogs, publicCidrs } from "./controlPlane";
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
}

/**
 * An EKS cluster whose secrets are encrypted with a key of its own, and whose control plane logs everything to
 * CloudWatch (`/aws/eks/<name>/cluster`, which outlives the cluster). About USD 73 a month without nodes.
 *
 * Who may use it follows from access entries alone; whoever makes it administers it. Auto Mode's nodes take only IMDSv2
 * within one hop, and encrypt their disks, by themselves.
 */
export class EksCluster extends pulumi.ComponentResource {
  /** Name that EKS knows the cluster by. */
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

  constructor(name: string, args: EksClusterArgs, opts?: pulumi.ComponentResourceOptions) {
    super("istio-patterns:index:EksCluster", name, {}, opts);
    const children = childOptions(this, opts);
    const key = createKey(name, args, children);
    const cluster = createCluster(name, args, key, children);
    const made = cluster.eksCluster;
    providers.set(
      this,
      once(() => clusterProvider(name, this, { parent: this })),
    );

    this.eksName = pulumi.output(args.clusterName);
    this.kubeconfig = pulumi.secret(cluster.kubeconfigJson);
    // Mocks of a user's may leave the cluster out.
    this.endpoint = made.apply((found) => found?.endpoint);
    this.certificateAuthority = made.apply((found) => found?.certificateAuthority).data;
    this.vpcId = pulumi.output(args.vpcId);
    this.securityGroupId = made.apply((found) => found?.vpcConfig).clusterSecurityGroupId;
    this.registerOutputs({
      eksName: this.eksName,
      kubeconfig: this.kubeconfig,
      endpoint: this.endpoint,
      certificateAuthority: this.certificateAuthority,
      vpcId: this.vpcId,
      securityGroupId: this.securityGroupId,
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

function createCluster(
  name: string,
  args: EksClusterArgs,
  key: aws.kms.Key,
  opts: pulumi.CustomResourceOptions,
): eks.Cluster {
  const { nodes = NodeKind.AutoMode, publicAccessCidrs } = args;
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
      encryptionConfigKeyArn: key.arn,
      enabledClusterLogTypes: controlPlaneLogs,
      endpointPrivateAccess: true,
      endpointPublicAccess: publicAccessCidrs !== undefined,
      publicAccessCidrs: publicAccessCidrs && pulumi.output(publicAccessCidrs).apply(publicCidrs),
      providerCredentialOpts: roleArn || profileName ? { roleArn, profileName } : undefined,
      ...nodeKinds[nodes].eks(args.kubernetesVersion),
    },
    opts,
  );
}
