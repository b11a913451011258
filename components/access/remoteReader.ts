import * as aws from "@pulumi/aws";
import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { childOptions } from "../options";
import { RemoteAccess } from "../topology";
import { readerRules } from "./clusterRole";

/** What lets one mesh's istiods read one cluster is made from. */
export interface RemoteReaderArgs {
  /** Name of the ClusterRole, and of the group or service account that has it: one per mesh and cluster. */
  readerName: pulumi.Input<string>;
  /** How the readers authenticate. */
  kind: RemoteAccess;
  /** Name that EKS knows the cluster by. Required with `eks-identity`. */
  clusterName?: pulumi.Input<string>;
  /** ARN of the readers' role. Required with `eks-identity`. */
  roleArn?: pulumi.Input<string>;
  /** Namespace of the service account, with `service-account-token`. */
  namespace: pulumi.Input<string>;
}

/**
 * The watched side of remote access: what the control planes of one mesh may read in one cluster.
 *
 * With `eks-identity` an access entry maps their role to a group; with `service-account-token` a service account has a
 * token that never expires.
 */
export class RemoteReader extends pulumi.ComponentResource {
  /** The service account's token; empty with `eks-identity`. A secret. */
  public readonly token: pulumi.Output<string>;

  constructor(name: string, args: RemoteReaderArgs, opts?: pulumi.ComponentResourceOptions) {
    super("istio-patterns:index:RemoteReader", name, {}, opts);
    const { readerName, kind } = args;
    const children = childOptions(this, opts);
    const role = new k8s.rbac.v1.ClusterRole(
      `${name}-role`,
      { metadata: { name: readerName }, rules: readerRules },
      children,
    );
    const reader = createReader[kind](name, args, children);
    new k8s.rbac.v1.ClusterRoleBinding(
      `${name}-binding`,
      {
        metadata: { name: readerName },
        roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name: readerName },
        subjects: [reader.subject],
      },
      { ...children, dependsOn: [role] },
    );

    this.token = reader.token;
    this.registerOutputs({ token: this.token });
  }
}

interface Reader {
  subject: k8s.types.input.rbac.v1.Subject;
  token: pulumi.Output<string>;
}

type CreateReader = (
  name: string,
  args: RemoteReaderArgs,
  opts: pulumi.CustomResourceOptions,
) => Reader;

const createReader: Record<RemoteAccess, CreateReader> = {
  [RemoteAccess.EksIdentity]: (name, args, opts) => {
    const { clusterName, roleArn } = args;
    if (!clusterName) throw missing("clusterName", args.kind);
    if (!roleArn) throw missing("roleArn", args.kind);
    new aws.eks.AccessEntry(
      name,
      {
        clusterName,
        principalArn: roleArn,
        kubernetesGroups: [args.readerName],
        type: "STANDARD",
      },
      opts,
    );
    const group = { apiGroup: "rbac.authorization.k8s.io", kind: "Group", name: args.readerName };
    return { subject: group, token: pulumi.secret("") };
  },
  [RemoteAccess.ServiceAccountToken]: (name, { readerName, namespace }, opts) => {
    const metadata = { name: readerName, namespace };
    const account = new k8s.core.v1.ServiceAccount(`${name}-account`, { metadata }, opts);
    const secret = new k8s.core.v1.Secret(
      `${name}-token`,
      {
        metadata: {
          ...metadata,
          annotations: { "kubernetes.io/service-account.name": readerName },
        },
        type: "kubernetes.io/service-account-token",
      },
      { ...opts, dependsOn: [account] },
    );
    return {
      subject: { kind: "ServiceAccount", name: readerName, namespace },
      token: pulumi.secret(secret.data.apply(decodeToken)),
    };
  },
};

/** Kubernetes fills the Secret in, and the provider waits for that (pulumi-kubernetes, provider/pkg/await). */
function decodeToken(data: Record<string, string>): string {
  return Buffer.from(data.token, "base64").toString("utf8");
}

function missing(field: string, kind: RemoteAccess) {
  return new pulumi.InputPropertyError({
    propertyPath: field,
    reason: `got nothing; allowed: a value, since kind is ${kind}; fix: give it`,
  });
}
