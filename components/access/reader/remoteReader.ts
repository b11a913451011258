import * as aws from "@pulumi/aws";
import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { childOptions } from "../../options";
import { istiodName, ReaderRights, RemoteAccess } from "../../topology";
import { istiodRoles, readerRules, serverRules } from "./clusterRole";

const RBAC = "rbac.authorization.k8s.io";

/** What lets one mesh's istiods read one cluster is made from. */
export interface RemoteReaderArgs {
  /** Name of the group or service account of the readers, and of their ClusterRole: one per mesh and cluster. */
  readerName: pulumi.Input<string>;
  /** How the readers authenticate. */
  kind: RemoteAccess;
  /**
   * Name that EKS knows the cluster by.
   *
   * @default none; required with `eks-identity`
   */
  clusterName?: pulumi.Input<string>;
  /**
   * ARN of the readers' role.
   *
   * @default none; required with `eks-identity`
   */
  roleArn?: pulumi.Input<string>;
  /** Istio's namespace there: of the service account with `service-account-token`, of istiod's own roles with `configure`. */
  namespace: pulumi.Input<string>;
  /**
   * What they may do: `read` services and endpoints of a cluster with an istiod of its own, `serve` the pods of one
   * without, or `configure` the mesh there for an external istiod, by the roles that the `istiod` chart makes for it.
   *
   * @default read
   */
  rights?: ReaderRights;
  /**
   * Names of the mesh's istiods whose roles they get with `configure`: `istiod`, or `istiod-<revision>`.
   *
   * @default the default one, `istiod`
   */
  istiods?: string[];
}

/**
 * The watched side of remote access: what the control planes of one mesh may do in one cluster.
 *
 * With `eks-identity` an access entry maps their role to a group; with `service-account-token` a service account has a
 * token that never expires.
 */
export class RemoteReader extends pulumi.ComponentResource {
  /** The service account's token; empty with `eks-identity`. A secret. */
  public readonly token: pulumi.Output<string>;

  constructor(name: string, args: RemoteReaderArgs, opts?: pulumi.ComponentResourceOptions) {
    super("istio-patterns:index:RemoteReader", name, {}, opts);
    const { kind, rights = ReaderRights.Read } = args;
    const children = childOptions(this, opts);
    const reader = createReader[kind](name, args, children);
    grant[rights](name, args, reader.subject, children);

    this.token = reader.token;
    this.registerOutputs({ token: this.token });
  }
}

type Subject = k8s.types.input.rbac.v1.Subject;

interface Reader {
  subject: Subject;
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
    const group = { apiGroup: RBAC, kind: "Group", name: args.readerName };
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

/** Kubernetes fills the Secret in, and the provider waits for that (pulumi-kubernetes, provider/pkg/await); mocks may not. */
function decodeToken(data?: Record<string, string>): string {
  return Buffer.from(data?.token ?? "", "base64").toString("utf8");
}

function missing(field: string, kind: RemoteAccess) {
  return new pulumi.InputPropertyError({
    propertyPath: field,
    reason: `got nothing; allowed: a value, since kind is ${kind}; fix: give it`,
  });
}

type Grant = (
  name: string,
  args: RemoteReaderArgs,
  subject: Subject,
  opts: pulumi.CustomResourceOptions,
) => void;

const grant: Record<ReaderRights, Grant> = {
  [ReaderRights.Read]: ownRole(readerRules),
  [ReaderRights.Serve]: ownRole(serverRules),
  [ReaderRights.Configure]: rolesOfIstiod,
};

function ownRole(rules: k8s.types.input.rbac.v1.PolicyRule[]): Grant {
  return (name, { readerName }, subject, opts) => {
    const metadata = { name: readerName };
    const role = new k8s.rbac.v1.ClusterRole(`${name}-role`, { metadata, rules }, opts);
    new k8s.rbac.v1.ClusterRoleBinding(
      `${name}-binding`,
      { metadata, roleRef: clusterRole(readerName), subjects: [subject] },
      pulumi.mergeOptions(opts, { dependsOn: [role] }),
    );
  };
}

/**
 * The roles come with the chart's release, which may be later: Kubernetes takes a binding to a role that is not there from
 * whoever may bind any (https://kubernetes.io/docs/reference/access-authn-authz/rbac/#restrictions-on-role-binding-creation-or-update).
 */
function rolesOfIstiod(
  name: string,
  { readerName, namespace, istiods = [istiodName()] }: RemoteReaderArgs,
  subject: Subject,
  opts: pulumi.CustomResourceOptions,
): void {
  const subjects = [subject];
  for (const { clusterRoles, role } of istiods.map(istiodRoles)) {
    for (const prefix of clusterRoles) {
      const metadata = { name: pulumi.interpolate`${readerName}-${prefix}` };
      const roleRef = clusterRole(pulumi.interpolate`${prefix}-${namespace}`);
      new k8s.rbac.v1.ClusterRoleBinding(
        `${name}-${prefix}`,
        { metadata, roleRef, subjects },
        opts,
      );
    }
    const metadata = { name: pulumi.interpolate`${readerName}-${role}`, namespace };
    const roleRef = { apiGroup: RBAC, kind: "Role", name: role };
    new k8s.rbac.v1.RoleBinding(`${name}-${role}`, { metadata, roleRef, subjects }, opts);
  }
}

function clusterRole(name: pulumi.Input<string>) {
  return { apiGroup: RBAC, kind: "ClusterRole", name };
}
