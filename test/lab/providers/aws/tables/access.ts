/** Who uses a cluster, in EKS's own list. */
import type { Stored } from "../../base/store";
import { asList, asProps, asText } from "../../base/values";
import { others } from "../checks";
import { to, unlisted } from "../table";
import type { Check, Draft, Table } from "../table";

const CLUSTER = { clusterName: to("eks.Cluster") };

const entriesNeedApi: Check = ({ inputs, world }) => {
  const cluster = world.find("eks.Cluster", inputs.clusterName);
  const mode = asProps(cluster?.inputs.accessConfig).authenticationMode;
  return mode === "API" || mode === "API_AND_CONFIG_MAP"
    ? undefined
    : `InvalidRequestException: ${asText(inputs.clusterName)} has authentication mode ${asText(mode) || "CONFIG_MAP"}`;
};

/** Access policies go with entries of two types (https://docs.aws.amazon.com/eks/latest/userguide/creating-access-entries.html). */
const entryTakesPolicies: Check = ({ inputs, world }) => {
  const entry = world
    .list("eks.AccessEntry")
    .find(
      (it) =>
        it.inputs.clusterName === inputs.clusterName &&
        it.inputs.principalArn === inputs.principalArn,
    );
  if (!entry) {
    return `ResourceNotFoundException: no access entry for ${asText(inputs.principalArn)} in ${asText(inputs.clusterName)}`;
  }
  const type = asText(entry.inputs.type);
  return ["STANDARD", "EC2"].includes(type)
    ? undefined
    : `InvalidRequestException: an access entry of type ${type} takes no access policies`;
};

/** CreateAccessEntry (https://docs.aws.amazon.com/eks/latest/userguide/creating-access-entries.html): no session of a role. */
const principalIsLasting: Check = ({ inputs, account }) => {
  const principal = asText(inputs.principalArn);
  const [, owner, kind] = /^arn:aws:iam::(\d{12}):(root$|role\/|user\/)/.exec(principal) ?? [];
  if (kind === undefined)
    return "InvalidParameterException: The specified principalArn is invalid: invalid principal.";
  const isPeople = (inputs.type ?? "STANDARD") === "STANDARD";
  return isPeople || (kind === "role/" && owner === account)
    ? undefined
    : `InvalidParameterException: an access entry of type ${asText(inputs.type)} takes a role of the cluster's account`;
};

/** A principal has one entry in a cluster, whoever made it. */
const principalIsFree: Check = (draft) => {
  const { clusterName, principalArn } = draft.inputs;
  const twin = others(draft).find(
    ({ inputs }) =>
      inputs.clusterName === clusterName &&
      asText(inputs.principalArn).toLowerCase() === asText(principalArn).toLowerCase(),
  );
  return (
    twin &&
    "ResourceInUseException: The specified access entry resource is already in use on this cluster."
  );
};

/** Those for people and nodes; AWS has others for services of its own (https://docs.aws.amazon.com/eks/latest/userguide/access-policy-permissions.html). */
const ACCESS_POLICIES = [
  ...["AmazonEKSAdminPolicy", "AmazonEKSClusterAdminPolicy", "AmazonEKSAdminViewPolicy"],
  ...["AmazonEKSEditPolicy", "AmazonEKSViewPolicy", "AmazonEKSAutoNodePolicy"],
];

const policyIsKnown: Check = ({ inputs }) => {
  const [, name = ""] =
    /^arn:aws:eks::aws:cluster-access-policy\/(\w+)$/.exec(asText(inputs.policyArn)) ?? [];
  return ACCESS_POLICIES.includes(name)
    ? undefined
    : `InvalidParameterException: The policyArn parameter is invalid: ${asText(inputs.policyArn)}`;
};

/**
 * EKS makes the entry of whoever makes a cluster, unless told not to
 * (https://docs.aws.amazon.com/eks/latest/APIReference/API_CreateAccessConfigRequest.html).
 */
export function creatorsEntry({ id, account, region, inputs, caller }: Draft): Stored[] {
  const { authenticationMode: mode, bootstrapClusterCreatorAdminPermissions: isAdmin = true } =
    asProps(inputs.accessConfig);
  if (!isAdmin || !["API", "API_AND_CONFIG_MAP"].includes(asText(mode))) return [];
  const common = { account, region, owner: id };
  const own = { clusterName: id, principalArn: caller };
  const policyArn = "arn:aws:eks::aws:cluster-access-policy/AmazonEKSClusterAdminPolicy";
  const admin = { ...own, policyArn, accessScope: { type: "cluster" } };
  const entry = { ...own, type: "STANDARD", userName: caller };
  return [
    { ...common, type: "eks.AccessEntry", id: `${id}:${caller}`, inputs: own, outputs: entry },
    {
      ...{ ...common, type: "eks.AccessPolicyAssociation", id: `${id}#${caller}#${policyArn}` },
      ...{ inputs: admin, outputs: admin },
    },
  ];
}

const groupsAreAllowed: Check = ({ inputs }) => {
  const bad = asList(inputs.kubernetesGroups).find((it) =>
    /^(system:|eks:|aws:|amazon:)/.test(asText(it)),
  );
  return bad === undefined
    ? undefined
    : `InvalidParameterException: the Kubernetes group name ${asText(bad)} has a reserved prefix`;
};

export const access: Table = {
  "eks.AccessEntry": {
    id: ({ inputs }) => `${asText(inputs.clusterName)}:${asText(inputs.principalArn)}`,
    required: ["clusterName", "principalArn"],
    defaults: { type: "STANDARD" },
    replace: ["clusterName", "principalArn", "type"],
    references: { ...CLUSTER, principalArn: { ...unlisted("iam.Role"), anywhere: true } },
    checks: [entriesNeedApi, groupsAreAllowed, principalIsLasting, principalIsFree],
    outputs: ({ inputs, account, region, before }) => ({
      accessEntryArn: `arn:aws:eks:${region}:${account}:access-entry/${asText(inputs.clusterName)}/${asText(inputs.principalArn).split(":").slice(4).join("/")}`,
      userName: inputs.userName ?? inputs.principalArn,
      createdAt: before?.outputs.createdAt ?? new Date().toISOString(),
      modifiedAt: before?.outputs.modifiedAt ?? new Date().toISOString(),
    }),
  },
  "eks.AccessPolicyAssociation": {
    id: ({ inputs }) =>
      [inputs.clusterName, inputs.principalArn, inputs.policyArn].map(asText).join("#"),
    required: ["clusterName", "principalArn", "policyArn", "accessScope"],
    replace: ["clusterName", "principalArn", "policyArn", "accessScope"],
    references: CLUSTER,
    checks: [entryTakesPolicies, policyIsKnown],
    outputs: ({ before }) => ({
      associatedAt: before?.outputs.associatedAt ?? new Date().toISOString(),
      modifiedAt: before?.outputs.modifiedAt ?? new Date().toISOString(),
    }),
  },
};
