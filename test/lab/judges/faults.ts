import { Effect } from "../../../cli/diff/replacements";
import type { Values } from "../../../engine";

/** What is wrong in one place, and the rule that must find it there. */
export interface Fault {
  readonly rule: string;
  /** Type of the resource, or kind of the object, that is spoilt: the first one of it. */
  readonly of: string;
  readonly spoil: (values: Values) => void;
}

/** Spoils the properties of a resource. */
export const schemaFaults: Readonly<Record<string, Fault>> = {
  "an unknown property": {
    rule: "E3002",
    of: "AWS::EC2::VPC",
    spoil: (vpc) => (vpc.Dns = true),
  },
  "a property that is missing": {
    rule: "E3003",
    of: "AWS::EKS::Nodegroup",
    spoil: (group) => delete group.Subnets,
  },
  "another type": {
    rule: "E3012",
    of: "AWS::EKS::Nodegroup",
    spoil: (group) => (group.ScalingConfig.MinSize = "two"),
  },
  "no value of an enumeration": {
    rule: "E3030",
    of: "AWS::Logs::LogGroup",
    spoil: (group) => (group.RetentionInDays = 31),
  },
  "a value outside a pattern": {
    rule: "E3031",
    of: "AWS::EKS::Cluster",
    spoil: (cluster) => (cluster.Version = "newest"),
  },
  "a name that is too long": {
    rule: "E3033",
    of: "AWS::IAM::Role",
    spoil: (role) => (role.RoleName = "r".repeat(65)),
  },
  "a number beyond its limit": {
    rule: "E3034",
    of: "AWS::EKS::Nodegroup",
    spoil: (group) => (group.UpdateConfig.MaxUnavailable = 0),
  },
  "an id of something else": {
    rule: "E1151",
    of: "AWS::EC2::RouteTable",
    spoil: (table) => (table.VpcId = "subnet-0123456789abcdef0"),
  },
};

/** What the table of replacements would say of an input that AWS fixes, and of one that it does not. */
export const tableFaults: readonly { at: string; says: Effect }[] = [
  { at: "aws:ec2/vpc:Vpc cidrBlock", says: Effect.Updates },
  { at: "aws:eks/addon:Addon addonVersion", says: Effect.Replaces },
];

/** Spoils the properties of a resource. */
export const templateFaults: Readonly<Record<string, Fault>> = {
  "SSH for the world": {
    rule: "CKV_AWS_24",
    of: "AWS::EC2::SecurityGroupIngress",
    spoil: (rule) => Object.assign(rule, { CidrIp: "0.0.0.0/0", FromPort: 22, ToPort: 22 }),
  },
  "a key that never changes": {
    rule: "CKV_AWS_7",
    of: "AWS::KMS::Key",
    spoil: (key) => (key.EnableKeyRotation = false),
  },
  "Secrets of Kubernetes in plain text": {
    rule: "CKV_AWS_58",
    of: "AWS::EKS::Cluster",
    spoil: (cluster) => delete cluster.EncryptionConfig,
  },
};

/** Spoils an object. */
export const manifestFaults: Readonly<Record<string, Fault>> = {
  "a privileged container": {
    rule: "CKV_K8S_16",
    of: "Deployment",
    spoil: ({ spec }) => (spec.template.spec.containers[0].securityContext.privileged = true),
  },
  "the network of the node": {
    rule: "CKV_K8S_19",
    of: "Deployment",
    spoil: ({ spec }) => (spec.template.spec.hostNetwork = true),
  },
  "no request of memory": {
    rule: "CKV_K8S_12",
    of: "Deployment",
    spoil: ({ spec }) => delete spec.template.spec.containers[0].resources.requests.memory,
  },
};

/** Spoils an object. */
export const formFaults: Readonly<Record<string, Fault>> = {
  "a field that Kubernetes does not have": {
    rule: "field not declared in schema",
    of: "Deployment",
    spoil: ({ spec }) => (spec.template.spec.containers[0].imagePullPolice = "Always"),
  },
  "another type than the API's": {
    rule: "expected numeric (int or float), got string",
    of: "Service",
    spoil: ({ spec }) => (spec.ports[0].port = "https"),
  },
  "a value that no object may have": {
    rule: "Invalid",
    of: "Service",
    spoil: ({ spec }) => (spec.ports[0].port = 65536),
  },
  "a field that Auto Mode does not have": {
    rule: "field not declared in schema",
    of: "NodeClass",
    spoil: ({ spec }) => (spec.subnets = []),
  },
  "a value that Karpenter refuses": {
    rule: "Invalid",
    of: "NodePool",
    spoil: ({ spec }) => (spec.disruption.consolidationPolicy = "WhenIdle"),
  },
  "a field that Istio does not have": {
    rule: "field not declared in schema",
    of: "PeerAuthentication",
    spoil: ({ spec }) => (spec.mutualTls = {}),
  },
};

const addStatement = (policy: Values, statement: Values) =>
  (policy.Statement = [...[policy.Statement].flat(), { Effect: "Allow", ...statement }]);

/** Spoils a policy; `of` is the input that holds it. */
export const policyFaults: Readonly<Record<string, Fault>> = {
  "an action that AWS does not have": {
    rule: "UNKNOWN_ACTION",
    of: "policy",
    spoil: (policy) => addStatement(policy, { Action: "eks:LookAtCluster", Resource: "*" }),
  },
  "every resource where AWS lets one name some": {
    rule: "RESOURCE_STAR",
    of: "policy",
    spoil: (policy) => addStatement(policy, { Action: "eks:DeleteCluster", Resource: "*" }),
  },
  "a resource that the action is never about": {
    rule: "RESOURCE_MISMATCH",
    of: "policy",
    spoil: (policy) =>
      addStatement(policy, { Action: "eks:DeleteCluster", Resource: "arn:aws:s3:::bucket" }),
  },
  "a statement without an effect": {
    rule: "MALFORMED",
    of: "assumeRolePolicy",
    spoil: (policy) => delete policy.Statement[0].Effect,
  },
  "an operator that IAM does not know": {
    rule: "UNKNOWN_OPERATOR",
    of: "assumeRolePolicy",
    spoil: (policy) =>
      (policy.Statement[0].Condition = { StringSame: { "aws:SourceAccount": "1" } }),
  },
};

/** Spoils a workflow; `of` is the file. */
export const workflowFaults: Readonly<Record<string, Fault>> = {
  "a step that does nothing": {
    rule: "github-workflows",
    of: "diff",
    spoil: ({ jobs }) => delete jobs.diff.steps[0].uses,
  },
  "a right that GitHub does not have": {
    rule: "github-workflows",
    of: "preview",
    spoil: ({ jobs }) => (jobs.preview.permissions["id-token"] = "read-write"),
  },
  "a job that waits for none, by a word that GitHub does not know": {
    rule: "github-workflows",
    of: "diff",
    spoil: ({ jobs }) => (jobs.gate.need = "diff"),
  },
};
