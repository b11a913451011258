import assert from "node:assert/strict";
import { formatProblem, parse, topologyRules } from "../../../components/topology";
import { networkFormRules } from "../../../components/topology/rules/networks";
import { ask, type Claim, testEveryRule, testRules } from "../../support/rules";
import { CONTEXT } from "../../support/topologies";
import { good } from "./good";

const role = "arn:aws:iam::111122223333:role";

const claims: Claim[] = [
  [
    "network-two-forms",
    "the short form beside VPCs",
    ({ networks }) => Object.assign(networks.wide, { cidr: "10.50.0.0/16", zones: 2 }),
    "networks.wide: got vpcs and zones, cidr; allowed: vpcs alone, or one VPC in the short form; fix: move zones, cidr into a VPC under vpcs",
  ],
  [
    "network-without-vpc",
    "an empty map of VPCs",
    ({ networks }) => (networks.spare = { vpcs: {} }),
    "networks.spare.vpcs: got {}; allowed: at least one VPC; fix: describe a VPC, or use the short form: { cidr: 10.10.0.0/16 }",
  ],
  [
    "vpc-without-range",
    "a VPC without cidr, and one of yours without cidrs",
    ({ networks }) => {
      networks.shared = {};
      networks.old.existing!.cidrs = [];
    },
    "networks.old.existing.cidrs: got []; allowed: at least one CIDR; fix: list the CIDRs of the VPC that pods, nodes or load balancers use",
    "networks.shared.cidr: got nothing; allowed: an IPv4 CIDR from /16 to /22; fix: give the VPC a range, such as cidr: 10.10.0.0/16, or describe one that exists under existing",
  ],
  [
    "vpc-two-sources",
    "a range beside a VPC of yours",
    ({ networks }) => (networks.old.cidr = "10.40.0.0/16"),
    "networks.old: got cidr and existing; allowed: cidr for a VPC made here, or existing for yours; fix: remove one of the two; the ranges of yours stand in existing.cidrs",
  ],
  [
    "existing-vpc-settings",
    "what only a VPC made here can be told",
    ({ networks }) => Object.assign(networks.old, { zones: 2, flowLogs: true }),
    "networks.old.zones: got 2; allowed: nothing with existing: only the routes of links are changed in a VPC of yours; fix: remove it",
    "networks.old.flowLogs: got true; allowed: nothing with existing: only the routes of links are changed in a VPC of yours; fix: remove it",
  ],
  [
    "role-arn",
    "a role by its name",
    ({ networks }) => (networks.shared.account = { roleArn: "deployer" }),
    'networks.shared.account.roleArn: got "deployer"; allowed: the ARN of an IAM role: arn:aws:iam::<12 digits>:role/<name>; fix: copy the role\'s ARN',
  ],
  [
    "role-arn",
    "a user for those who own the transit gateways",
    (description) =>
      (description.links = {
        via: "transit-gateway",
        owner: { roleArn: "arn:aws:iam::111122223333:user/admin" },
      }),
    'links.owner.roleArn: got "arn:aws:iam::111122223333:user/admin"; allowed: the ARN of an IAM role: arn:aws:iam::<12 digits>:role/<name>; fix: copy the role\'s ARN',
  ],
  [
    "role-arn",
    "nothing is said of roles with a path, and in other partitions",
    ({ networks, links }) => {
      networks.shared.account = { roleArn: "arn:aws-cn:iam::111122223333:role/ops/deploy+1@acme" };
      links!.owner = { roleArn: "arn:aws-us-gov:iam::444455556666:role/network" };
    },
  ],
  [
    "account-two-roles",
    "two roles of one account",
    ({ networks }) => {
      networks.shared.account = { roleArn: `${role}/a` };
      networks.wide.vpcs!.us.account = { roleArn: `${role}/b` };
    },
    `networks.wide.vpcs.us.account.roleArn: got "${role}/b"; allowed: ${role}/a, the role that networks.shared has for account 111122223333; fix: use one role per account`,
  ],
  [
    "account-two-roles",
    "one role for the VPCs of an account and another for its transit gateways",
    ({ networks, links }) => {
      networks.shared.account = { roleArn: `${role}/a` };
      links!.owner = { roleArn: `${role}/network` };
    },
    `links.owner.roleArn: got "${role}/network"; allowed: ${role}/a, the role that networks.shared has for account 111122223333; fix: use one role per account`,
  ],
  [
    "account-two-roles",
    "nothing is said of one role for both",
    ({ networks, links }) => {
      networks.shared.account = { roleArn: `${role}/a` };
      links!.owner = { roleArn: `${role}/a` };
    },
  ],
  [
    "account-two-roles",
    "nothing is said of what is no role",
    ({ networks }) => {
      networks.shared.account = { roleArn: "deployer" };
      networks.wide.vpcs!.us.account = { roleArn: "admin" };
    },
  ],
  [
    "existing-vpc-private-subnets",
    "a cluster made in a VPC of yours with private subnets in one zone",
    ({ networks, clusters }) => {
      clusters.made = { network: "old" };
      networks.old.existing!.subnets.two.zone = "eu-west-1a";
    },
    "networks.old.existing.subnets: got private subnets in eu-west-1a; allowed: private subnets in at least two zones; fix: add private subnets for cluster made",
  ],
  [
    "existing-vpc-private-subnets",
    "a cluster made in a VPC of yours without private subnets",
    ({ networks, clusters }) => {
      clusters.made = { network: "old" };
      networks.old.existing!.subnets = {};
    },
    "networks.old.existing.subnets: got private subnets in no zone; allowed: private subnets in at least two zones; fix: add private subnets for cluster made",
  ],
  [
    "existing-vpc-public-subnets",
    "an ingress gateway that faces the internet",
    ({ networks }) => delete networks.old.existing!.subnets.three,
    "networks.old.existing.subnets: got no public subnet; allowed: at least one public subnet; fix: add the public subnets for ingress prod/public, or make it internal",
  ],
];

describe("rules about networks", () => {
  testRules(topologyRules, good, claims);
  testEveryRule(networkFormRules, [...claims, ["region-missing", "", () => {}]]);

  it("region-missing: a stack without aws:region", () => {
    const { topology } = parse(good, { ...CONTEXT, region: undefined });
    const lines = ask(topologyRules, topology!).map(formatProblem);
    const rest =
      "got nothing; allowed: an AWS region; fix: `pulumi config set aws:region <region>`, or give the VPC a region";
    assert.deepEqual(lines, [
      `networks.old.region: ${rest}`,
      `networks.shared.region: ${rest}`,
      `networks.wide.vpcs.eu.region: ${rest}`,
    ]);
  });
});
