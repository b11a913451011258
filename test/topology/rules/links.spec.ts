import type { TopologyDescription } from "../../../components/topology";
import { linkFormRules } from "../../../components/topology/rules/links";
import { type Claim, testEveryRule, testRules } from "../../support/rules";
import { good } from "./good";

const id = "tgw-0123456789abcdef0";
const owner = { roleArn: "arn:aws:iam::777788889999:role/network" };
const remove = "fix: remove it, or write via: transit-gateway";

const claims: Claim[] = [
  [
    "links-way",
    "an owner, transit gateways and places with peering",
    (description: TopologyDescription) =>
      (description.links = {
        owner,
        transitGateways: { "eu-west-1": { existing: id } },
        reachable: { office: { cidrs: ["172.16.0.0/12"] } },
      }),
    `links.owner: got "arn:aws:iam::777788889999:role/network"; allowed: nothing with via: peering: nothing leads on from a VPC that is peered; ${remove}`,
    `links.transitGateways: got a map of eu-west-1; allowed: nothing with via: peering: nothing leads on from a VPC that is peered; ${remove}`,
    `links.reachable: got a map of office; allowed: nothing with via: peering: nothing leads on from a VPC that is peered; ${remove}`,
  ],
  [
    "links-way",
    "places where somebody else routes",
    (description) =>
      (description.links = {
        via: "existing",
        reachable: { office: { cidrs: ["172.16.0.0/12"] } },
      }),
    `links.reachable: got a map of office; allowed: nothing with via: existing: links and routes are somebody else's; ${remove}`,
  ],
  [
    "links-owner-existing",
    "an owner of transit gateways of yours",
    (description) => (description.links!.transitGateways = { "eu-west-1": { existing: id } }),
    "links: got owner and transitGateways; allowed: owner for transit gateways made here, or transitGateways for yours; fix: remove one of the two",
  ],
  [
    "transit-gateway-id",
    "a name for an id",
    (description) =>
      (description.links = {
        via: "transit-gateway",
        transitGateways: { "eu-west-1": { existing: "hub" } },
      }),
    'links.transitGateways.eu-west-1.existing: got "hub"; allowed: the id of a transit gateway: tgw- and 17 hexadecimal digits; fix: copy it from `aws ec2 describe-transit-gateways`',
  ],
  [
    "reachable-empty",
    "a place without addresses",
    (description) => (description.links!.reachable = { office: { cidrs: [] } }),
    "links.reachable.office.cidrs: got []; allowed: at least one CIDR; fix: list the addresses of office, or remove it",
  ],
];

describe("rules about what links say", () => {
  testRules(linkFormRules, good, claims);
  testEveryRule(linkFormRules, claims);
});
