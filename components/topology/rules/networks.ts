/** Where a network's addresses come from, and what a VPC that exists must say. */
import { Exposure, SubnetTier, type VpcDescription } from "../description";
import { accountId } from "../names";
import { below, pathOf } from "../path";
import { type Problem, written } from "../problem";
import type { Relations } from "../relations";
import { type RelatedRule, type Rule, Severity } from "../rule";
import type { Topology, Vpc, VpcSettings } from "../topology";
import { vpcsOf, when } from "./support";

/** What only a VPC made here can be told. */
const MADE_ONLY = Object.keys({
  zones: true,
  nat: true,
  flowLogs: true,
  endpoints: true,
} satisfies Record<keyof VpcSettings, true>) as (keyof VpcSettings)[];
const SHORT_FORM = [...MADE_ONLY, "cidr", "region", "account", "existing"] as const;

function checkForms({ description }: Topology): Problem[] {
  return Object.entries(description.networks).flatMap(([name, network]) => {
    const short = SHORT_FORM.filter((key) => network[key] !== undefined);
    return when(network.vpcs !== undefined && short.length > 0, {
      path: pathOf("networks", name),
      got: `vpcs and ${short.join(", ")}`,
      allowed: "vpcs alone, or one VPC in the short form",
      fix: `move ${short.join(", ")} into a VPC under vpcs`,
    });
  });
}

function checkNoVpc({ description }: Topology): Problem[] {
  return Object.entries(description.networks).flatMap(([name, { vpcs }]) =>
    when(vpcs !== undefined && Object.keys(vpcs).length === 0, {
      path: pathOf("networks", name, "vpcs"),
      got: "{}",
      allowed: "at least one VPC",
      fix: "describe a VPC, or use the short form: { cidr: 10.10.0.0/16 }",
    }),
  );
}

function checkRange({ path, vpc }: { path: string; vpc: VpcDescription }): Problem[] {
  if (vpc.existing !== undefined)
    return when(vpc.existing.cidrs.length === 0, {
      path: below(path, "existing", "cidrs"),
      got: "[]",
      allowed: "at least one CIDR",
      fix: "list the CIDRs of the VPC that pods, nodes or load balancers use",
    });
  return when(vpc.cidr === undefined, {
    path: below(path, "cidr"),
    got: "nothing",
    allowed: "an IPv4 CIDR from /16 to /22",
    fix: "give the VPC a range, such as cidr: 10.10.0.0/16, or describe one that exists under existing",
  });
}

function checkSources({ path, vpc }: { path: string; vpc: VpcDescription }): Problem[] {
  return when(vpc.cidr !== undefined && vpc.existing !== undefined, {
    path,
    got: "cidr and existing",
    allowed: "cidr for a VPC made here, or existing for yours",
    fix: "remove one of the two; the ranges of yours stand in existing.cidrs",
  });
}

function checkMadeOnly({ path, vpc }: { path: string; vpc: VpcDescription }): Problem[] {
  const settings = MADE_ONLY.filter((key) => vpc[key] !== undefined);
  if (vpc.existing === undefined) return [];
  return settings.map((key) => ({
    path: below(path, key),
    got: written(vpc[key]),
    allowed: "nothing with existing: only the routes of links are changed in a VPC of yours",
    fix: "remove it",
  }));
}

function checkRegion({ vpcs }: Topology): Problem[] {
  return Object.values(vpcs).flatMap(({ path, region }) =>
    when(region === "", {
      path: below(path, "region"),
      got: "nothing",
      allowed: "an AWS region",
      fix: "`pulumi config set aws:region <region>`, or give the VPC a region",
    }),
  );
}

const ROLE_ARN = /^arn:aws(-[a-z-]+)?:iam::\d{12}:role\/[\w+=,.@/-]+$/;

/** Roles of accounts, with what they are for. */
function rolesOf({ vpcs, links }: Topology): { path: string; account?: string; owner: string }[] {
  const ofVpcs = Object.values(vpcs).map(({ path, account }) => ({
    path: below(path, "account", "roleArn"),
    account,
    owner: path,
  }));
  const owner = { path: "links.owner.roleArn", account: links.owner, owner: "links.owner" };
  return [...ofVpcs, owner];
}

function checkRole(topology: Topology): Problem[] {
  return rolesOf(topology).flatMap(({ path, account }) =>
    when(account !== undefined && !ROLE_ARN.test(account), {
      path,
      got: written(account),
      allowed: "the ARN of an IAM role: arn:aws:iam::<12 digits>:role/<name>",
      fix: "copy the role's ARN",
    }),
  );
}

function checkOneRole(topology: Topology): Problem[] {
  const roles = new Map<string, { account: string; owner: string }>();
  return rolesOf(topology).flatMap(({ path, account, owner }) => {
    if (account === undefined || !ROLE_ARN.test(account)) return [];
    const id = accountId(account)!;
    const first = roles.get(id) ?? { account, owner };
    roles.set(id, first);
    return when(first.account !== account, {
      path,
      got: written(account),
      allowed: `${first.account}, the role that ${first.owner} has for account ${id}`,
      fix: "use one role per account",
    });
  });
}

function checkSubnets(vpc: Vpc, { topology }: Relations): Problem[] {
  const made = Object.values(topology.clusters).filter(
    (cluster) => cluster.vpc === vpc.id && !cluster.existing,
  );
  const subnets = Object.values(vpc.existing?.subnets ?? {});
  const zones = new Set(
    subnets.filter(({ tier }) => tier === SubnetTier.Private).map(({ zone }) => zone),
  );
  return when(made.length > 0 && zones.size < 2, {
    path: below(vpc.path, "existing", "subnets"),
    got: `private subnets in ${zones.size === 0 ? "no zone" : [...zones].join(", ")}`,
    allowed: "private subnets in at least two zones",
    fix: `add private subnets for cluster ${made.map(({ name }) => name).join(", ")}`,
  });
}

function checkPublic(vpc: Vpc, { topology: { meshes, clusters } }: Relations): Problem[] {
  const subnets = Object.values(vpc.existing?.subnets ?? {});
  if (subnets.some(({ tier }) => tier === SubnetTier.Public)) return [];
  const exposed = Object.values(meshes).flatMap((mesh) =>
    Object.entries(mesh.ingress)
      .filter(([, { exposure }]) => exposure === Exposure.Internet)
      .filter(([, gateway]) => gateway.clusters.some((name) => clusters[name]!.vpc === vpc.id))
      .map(([gateway]) => `${mesh.name}/${gateway}`),
  );
  return when(exposed.length > 0, {
    path: below(vpc.path, "existing", "subnets"),
    got: "no public subnet",
    allowed: "at least one public subnet",
    fix: `add the public subnets for ingress ${exposed.join(", ")}, or make it internal`,
  });
}

function perExisting(
  check: (vpc: Vpc, relations: Relations) => Problem[],
): RelatedRule<unknown>["check"] {
  return ({ vpcs }, relations) =>
    Object.values(vpcs)
      .filter((vpc) => vpc.existing)
      .flatMap((vpc) => check(vpc, relations));
}

const severity = Severity.Problem;
const foundation = true;

export const networkFormRules: Rule[] = [
  {
    id: "network-two-forms",
    summary: "A network has one VPC in the short form, or several under vpcs.",
    why: "What stands beside vpcs would belong to no VPC.",
    severity,
    foundation,
    check: checkForms,
  },
  {
    id: "network-without-vpc",
    summary: "A network has a VPC.",
    why: "A network is a set of addresses.",
    severity,
    foundation,
    check: checkNoVpc,
  },
  {
    id: "vpc-without-range",
    summary: "A VPC has a range.",
    why: "Subnets, routes and security-group rules all follow from it.",
    severity,
    foundation,
    check: ({ description }) => vpcsOf(description).flatMap(checkRange),
  },
  {
    id: "vpc-two-sources",
    summary: "A VPC is made here or exists.",
    why: "Nothing is changed in a VPC of yours, its range least of all.",
    severity,
    foundation,
    check: ({ description }) => vpcsOf(description).flatMap(checkSources),
  },
  {
    id: "existing-vpc-settings",
    summary: "A VPC that exists has no settings of a VPC made here.",
    why: "They would have no effect.",
    severity,
    check: ({ description }) => vpcsOf(description).flatMap(checkMadeOnly),
  },
  {
    id: "region-missing",
    summary: "Every VPC is in a region.",
    why: "Providers, names and zones depend on it.",
    severity,
    foundation,
    check: checkRegion,
  },
  {
    id: "role-arn",
    summary: "An account is named by the ARN of a role.",
    why: "Pulumi assumes it (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html#identifiers-arns).",
    severity,
    foundation,
    check: checkRole,
  },
  {
    id: "account-two-roles",
    summary: "There is one role per account.",
    why: "There is one AWS provider per account and region.",
    severity,
    foundation,
    check: checkOneRole,
  },
  {
    id: "existing-vpc-private-subnets",
    summary: "A VPC that exists has private subnets in two zones where a cluster is made in it.",
    why: "EKS asks for two zones (https://docs.aws.amazon.com/eks/latest/userguide/network-reqs.html).",
    severity,
    check: perExisting(checkSubnets),
  },
  {
    id: "existing-vpc-public-subnets",
    summary: "A VPC that exists has public subnets where an ingress gateway faces the internet.",
    why: "An internet-facing load balancer stands in public subnets (https://docs.aws.amazon.com/eks/latest/userguide/network-load-balancing.html).",
    severity,
    check: perExisting(checkPublic),
  },
];
