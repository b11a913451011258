/** Who workloads outside Kubernetes are: a service account, whose tokens their IAM role makes. */
import * as aws from "@pulumi/aws";
import * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";

const RBAC = "rbac.authorization.k8s.io";

interface IdentityArgs {
  /** Name that EKS knows the cluster by. */
  clusterName: pulumi.Input<string>;
  roleArn: pulumi.Input<string>;
  /** Kubernetes group of that role. */
  kubernetesGroup: pulumi.Input<string>;
  namespace: pulumi.Input<string>;
  serviceAccount: string;
  /** What the names of its RBAC objects end in. */
  kind: string;
  /** What the role may do in the namespace. */
  rules: pulumi.Input<k8s.types.input.rbac.v1.PolicyRule>[];
}

/** Lets an IAM role in to a namespace of a cluster, for a service account that is made there. */
export function createIdentity(
  name: string,
  args: IdentityArgs,
  opts: pulumi.CustomResourceOptions,
): void {
  const { clusterName, roleArn: principalArn, kubernetesGroup, namespace, serviceAccount } = args;
  new aws.eks.AccessEntry(
    name,
    { clusterName, principalArn, kubernetesGroups: [kubernetesGroup], type: "STANDARD" },
    opts,
  );
  const metadata = { name: serviceAccount, namespace };
  // Pods that take it get no token unless they say so.
  const account = { metadata, automountServiceAccountToken: false };
  new k8s.core.v1.ServiceAccount(name, account, opts);
  const named = { name: `${serviceAccount}-${args.kind}`, namespace };
  const role = new k8s.rbac.v1.Role(name, { metadata: named, rules: args.rules }, opts);
  new k8s.rbac.v1.RoleBinding(
    name,
    {
      metadata: named,
      roleRef: { apiGroup: RBAC, kind: "Role", name: role.metadata.name },
      subjects: [{ apiGroup: RBAC, kind: "Group", name: kubernetesGroup }],
    },
    opts,
  );
}
