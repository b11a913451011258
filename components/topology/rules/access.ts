/** People that use clusters. */
import { partitionOf } from "../aws";
import { holdersOf } from "../normalise";
import { below, pathOf } from "../path";
import { type Problem, written } from "../problem";
import { type Rule, Severity } from "../rule";
import type { Cluster, Topology } from "../topology";
import { listed, type Reference, when } from "./support";

const KINDS = ["admins", "viewers"] as const;

/** Everybody that is named at a path. */
function namedAt(path: string, access: Partial<Record<(typeof KINDS)[number], string[]>> = {}) {
  return KINDS.flatMap((kind) => listed(below(path, kind), access[kind]));
}

/** Those of one cluster alone, and of the tenant that has its mesh. */
function ownOf({ description }: Topology, name: string): Reference[] {
  const { clusters, meshes, tenants } = description;
  return [
    ...namedAt(pathOf("clusters", name, "access"), clusters[name]?.access),
    ...holdersOf(name, meshes, tenants).flatMap(([tenant, { admins }]) =>
      listed(pathOf("tenants", "of", tenant, "admins"), admins),
    ),
  ];
}

/** Everybody that a description names, once for each place. */
function everybody(topology: Topology): Reference[] {
  const { access, clusters } = topology.description;
  const own = Object.keys(clusters).flatMap((name) => ownOf(topology, name));
  const all = [...namedAt("access", access), ...own];
  return [...new Map(all.map((one) => [one.path, one])).values()];
}

/** Everybody of a cluster made here. */
function peopleOf(topology: Topology, { name }: Cluster): Reference[] {
  return [...namedAt("access", topology.description.access), ...ownOf(topology, name)];
}

function made({ clusters }: Topology): Cluster[] {
  return Object.values(clusters).filter(({ existing }) => !existing);
}

const PRINCIPAL = /^arn:(aws|aws-cn|aws-us-gov):iam::\d{12}:(role|user)\/[\w+=,.@/-]*[\w+=,.@-]$/;
const SESSION = /^arn:([\w-]+):sts::(\d{12}):assumed-role\/([^/]+)\//;

function fixOf(principal: string): string {
  const [, partition, account, role] = SESSION.exec(principal) ?? [];
  if (role !== undefined)
    return `a session ends: name its role, arn:${partition}:iam::${account}:role/${role}, with the path that it has`;
  return principal.endsWith(":root")
    ? "nobody works as the root user: name a role that people take"
    : "copy the ARN of a role that people take";
}

function checkForm({ path, name }: Reference): Problem[] {
  return when(!PRINCIPAL.test(name), {
    path,
    got: written(name),
    allowed:
      "the ARN of an IAM role or user: arn:aws:iam::<account>:role/<name>, a path before its name",
    fix: fixOf(name),
  });
}

function checkPartition(topology: Topology): Problem[] {
  const seen = new Set<string>();
  return made(topology).flatMap((cluster) => {
    const region = topology.vpcs[cluster.vpc]?.region ?? "";
    const there = partitionOf(region);
    return peopleOf(topology, cluster).flatMap(({ path, name }) => {
      const [, partition] = PRINCIPAL.exec(name) ?? [];
      if (partition === undefined || partition === there || seen.has(path)) return [];
      seen.add(path);
      return [
        {
          path,
          got: written(name),
          allowed: `somebody of partition ${there}: cluster ${cluster.name} is in ${region}`,
          fix: path.startsWith("access.")
            ? "move the name to the access of the clusters in its partition"
            : `name somebody of arn:${there}`,
        },
      ];
    });
  });
}

/** ARNs differ by case in their last part only, and there IAM knows one name. */
const known = (principal: string) => principal.toLowerCase();

function checkTwice(topology: Topology): Problem[] {
  const told = new Set<string>();
  return made(topology).flatMap((cluster) => {
    const people = peopleOf(topology, cluster);
    return people.flatMap(({ path, name }, index) => {
      const first = people.slice(0, index).find((one) => known(one.name) === known(name));
      if (!first || told.has(path)) return [];
      told.add(path);
      return [
        {
          path,
          got: written(name),
          allowed: `somebody else: ${first.path} is the same`,
          fix: "remove one; whoever administers a cluster sees it too",
        },
      ];
    });
  });
}

function checkOwnRole(topology: Topology): Problem[] {
  return made(topology).flatMap((cluster) => {
    const account = topology.vpcs[cluster.vpc]?.account;
    return peopleOf(topology, cluster)
      .filter(({ name }) => account !== undefined && known(name) === known(account))
      .map(({ path }) => ({
        path,
        got: `the role by which Pulumi makes cluster ${cluster.name}`,
        allowed: "others: who makes a cluster administers it",
        fix: "remove it, unless another identity made the cluster: EKS refuses a second entry",
      }));
  });
}

const severity = Severity.Problem;

export const accessFormRules: Rule[] = [
  {
    id: "access-principal",
    summary: "People are named by the ARNs of IAM roles or users.",
    why: "EKS takes no session of a role, which ends (https://docs.aws.amazon.com/eks/latest/userguide/creating-access-entries.html), and nobody should work as root (https://docs.aws.amazon.com/IAM/latest/UserGuide/root-user-best-practices.html).",
    severity,
    check: (topology) => everybody(topology).flatMap(checkForm),
  },
  {
    id: "access-partition",
    summary: "People are of the partition of the clusters that they use.",
    why: "Accounts of one partition are unknown in another (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html).",
    severity,
    check: checkPartition,
  },
  {
    id: "access-twice",
    summary: "Nobody is named twice for a cluster.",
    why: "A principal has one access entry in a cluster (https://docs.aws.amazon.com/eks/latest/userguide/creating-access-entries.html).",
    severity,
    check: checkTwice,
  },
  {
    id: "access-own-role",
    summary: "The role by which Pulumi makes a cluster is not named again.",
    why: "EKS makes an access entry for whoever makes a cluster, and a principal has one (https://docs.aws.amazon.com/eks/latest/userguide/creating-access-entries.html).",
    severity: Severity.Warning,
    check: checkOwnRole,
  },
];
