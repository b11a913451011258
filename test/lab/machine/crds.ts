import * as fs from "node:fs";
import * as path from "node:path";
import { parse } from "yaml";
import type { Json } from "./kube";

interface Brought {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
  readonly plural: string;
  readonly scope: "Namespaced" | "Cluster";
  readonly spec: Json;
}

const text = { type: "string" };
const anything = { type: "object", "x-kubernetes-preserve-unknown-fields": true };

const targetGroupBinding = {
  type: "object",
  required: ["targetGroupARN", "serviceRef"],
  properties: {
    targetGroupARN: { ...text, minLength: 1 },
    targetType: { ...text, enum: ["instance", "ip"] },
    ipAddressType: { ...text, enum: ["ipv4", "ipv6"] },
    vpcID: { ...text, pattern: "^vpc-[0-9a-f]{8}([0-9a-f]{9})?$" },
    serviceRef: {
      type: "object",
      required: ["name", "port"],
      properties: { name: text, port: { "x-kubernetes-int-or-string": true } },
    },
    networking: anything,
    nodeSelector: anything,
    multiClusterTargetGroup: { type: "boolean" },
  },
};

/** Tags that EKS sets itself (https://docs.aws.amazon.com/eks/latest/userguide/create-node-class.html#auto-node-class-spec). */
const keptTags = [
  ...["provisioner-name", "nodepool", "nodeclaim", "managed-by"].map(
    (name) => `karpenter.sh/${name}`,
  ),
  "eks.amazonaws.com/nodeclass",
];

const selectorTerms = (id: string, more: Json = {}) => ({
  type: "array",
  minItems: 1,
  items: {
    type: "object",
    properties: {
      id: { ...text, pattern: `^${id}-[0-9a-z]+$` },
      tags: { type: "object", additionalProperties: text },
      ...more,
    },
  },
});

/**
 * Fields are those of https://docs.aws.amazon.com/eks/latest/userguide/create-node-class.html#auto-node-class-spec that programs
 * here could write; patterns and what is checked of tags, of aws/karpenter-provider-aws, pkg/apis/v1/ec2nodeclass.go.
 */
const nodeClass = {
  type: "object",
  required: ["role", "subnetSelectorTerms", "securityGroupSelectorTerms"],
  properties: {
    role: { ...text, minLength: 1 },
    subnetSelectorTerms: selectorTerms("subnet"),
    securityGroupSelectorTerms: selectorTerms("sg", { name: text }),
    snatPolicy: { ...text, enum: ["Random", "Disabled"] },
    networkPolicy: { ...text, enum: ["DefaultAllow", "DefaultDeny"] },
    networkPolicyEventLogs: { ...text, enum: ["Enabled", "Disabled"] },
    ephemeralStorage: {
      type: "object",
      properties: {
        size: { ...text, pattern: "^[0-9]+(Gi|G|Ti|T)$" },
        iops: { type: "integer", minimum: 3000, maximum: 16000 },
        throughput: { type: "integer", minimum: 125, maximum: 1000 },
        kmsKeyID: text,
      },
    },
    tags: {
      type: "object",
      additionalProperties: text,
      "x-kubernetes-validations": [
        { message: "empty tag keys aren't supported", rule: "self.all(k, k != '')" },
        {
          message: "tag contains a restricted tag matching kubernetes.io/cluster/",
          rule: "self.all(k, !k.startsWith('kubernetes.io/cluster'))",
        },
        ...keptTags.map((tag) => ({
          message: `tag contains a restricted tag matching ${tag}`,
          rule: `self.all(k, k != '${tag}')`,
        })),
      ],
    },
  },
};

/** What EKS and its load-balancer controllers bring and no registry holds, as far as programs write it. */
const brought = [
  ...["eks.amazonaws.com/v1", "elbv2.k8s.aws/v1beta1"].map((api): Brought => {
    const [group, version] = api.split("/");
    const kind = "TargetGroupBinding";
    const plural = "targetgroupbindings";
    return { group, version, kind, plural, scope: "Namespaced", spec: targetGroupBinding };
  }),
  {
    group: "eks.amazonaws.com",
    version: "v1",
    kind: "NodeClass",
    plural: "nodeclasses",
    scope: "Cluster",
    spec: nodeClass,
  },
] satisfies Brought[];

/** Those, and the ones that a folder holds as files. */
export function eksDefinitions(folder: string): Json[] {
  const files = fs.readdirSync(folder).map((name) => path.join(folder, name));
  return [...files.map((file) => parse(fs.readFileSync(file, "utf8"))), ...written()];
}

function written(): Json[] {
  return brought.map(({ group, version, kind, plural, scope, spec }) => ({
    apiVersion: "apiextensions.k8s.io/v1",
    kind: "CustomResourceDefinition",
    metadata: { name: `${plural}.${group}` },
    spec: {
      group,
      scope,
      names: { kind, plural, singular: kind.toLowerCase(), listKind: `${kind}List` },
      versions: [
        {
          name: version,
          served: true,
          storage: true,
          subresources: { status: {} },
          schema: {
            openAPIV3Schema: {
              type: "object",
              required: ["spec"],
              properties: {
                apiVersion: text,
                kind: text,
                metadata: { type: "object" },
                spec,
                status: anything,
              },
            },
          },
        },
      ],
    },
  }));
}
