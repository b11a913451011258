import { topologyRules } from "../../../components/topology";
import { apiRules } from "../../../components/topology/rules/apis";
import { type Claim, testEveryRule, testRules } from "../../support/rules";
import { good } from "./good";

const command =
  "`pulumi config set --path 'istio-patterns:topology.api.allowFrom[0]' '<your address>/32'`";

const nobody =
  "got []; allowed: the private addresses that Pulumi runs at, as CIDRs; fix: list them: an API server that lets nobody in cannot be installed on";

const world =
  'got "0.0.0.0/0"; allowed: the addresses of those who need the API server; fix: list them, such as the address of your office or CI runner';

const INSIDE = [
  ...["10.0.0.0/8", "172.31.0.0/16", "192.168.7.1/32", "100.64.0.0/16"],
  ...["127.0.0.1/32", "169.254.0.0/16"],
];

function inside(cidr: string): string {
  return `got "${cidr}"; allowed: public addresses: the public endpoint sees no others; fix: list the public address that you are seen with, or use private and run Pulumi inside the network`;
}

const claims: Claim[] = [
  [
    "api-missing",
    "nothing is said of who reaches API servers",
    (description) => delete description.api,
    `api: got nothing; allowed: { allowFrom: [<CIDR>, ...] }, or { private: { cidrs: [<CIDR>, ...] } } where Pulumi runs inside the network; fix: ${command}`,
  ],
  [
    "api-missing",
    "nothing is missing where each cluster made here says it",
    (description) => {
      delete description.api;
      for (const name of ["east", "west", "solo"])
        description.clusters[name].api = { private: { cidrs: ["172.16.0.0/12"] } };
    },
  ],
  [
    "api-one-way",
    "both, and neither",
    ({ api, clusters }) => {
      api!.private = { cidrs: ["172.16.0.0/12"] };
      clusters.east.api = {};
    },
    "api: got allowFrom and private; allowed: allowFrom for a public endpoint, or private for none; fix: remove one of the two",
    `clusters.east.api: got neither allowFrom nor private; allowed: allowFrom for a public endpoint, or private for none; fix: ${command.replace("topology.api", "topology.clusters.east.api")}`,
  ],
  [
    "allow-from-cidr",
    "an address, a name, an IPv6 range, a mask",
    ({ api, meshes }) => {
      api!.allowFrom = ["203.0.113.7", "office.example", "2001:db8::/32", "203.0.113.0/33"];
      meshes.prod.ingress!.public.allowFrom = ["203.0.113.0/255.255.255.0"];
    },
    'api.allowFrom[0]: got "203.0.113.7"; allowed: an IPv4 CIDR, such as 203.0.113.7/32; fix: write 203.0.113.7/32',
    'api.allowFrom[1]: got "office.example"; allowed: an IPv4 CIDR, such as 203.0.113.7/32; fix: write an address and a prefix length',
    'api.allowFrom[2]: got "2001:db8::/32"; allowed: an IPv4 CIDR, such as 203.0.113.7/32; fix: write an address and a prefix length',
    'api.allowFrom[3]: got "203.0.113.0/33"; allowed: an IPv4 CIDR, such as 203.0.113.7/32; fix: write an address and a prefix length',
    'meshes.prod.ingress.public.allowFrom[0]: got "203.0.113.0/255.255.255.0"; allowed: an IPv4 CIDR, such as 203.0.113.7/32; fix: write an address and a prefix length',
  ],
  [
    "allow-from-cidr",
    "an address and a name among the private ones",
    (description) => (description.api = { private: { cidrs: ["10.1.2.3", "vpn.example"] } }),
    'api.private.cidrs[0]: got "10.1.2.3"; allowed: an IPv4 CIDR, such as 203.0.113.7/32; fix: write 10.1.2.3/32',
    'api.private.cidrs[1]: got "vpn.example"; allowed: an IPv4 CIDR, such as 203.0.113.7/32; fix: write an address and a prefix length',
  ],
  [
    "api-private-shared-ids",
    "groups and lists for everyone",
    (description) =>
      (description.api = {
        private: {
          securityGroups: ["sg-0123456789abcdef0"],
          prefixLists: ["pl-0123456789abcdef0"],
        },
      }),
    'api.private.securityGroups: got ["sg-0123456789abcdef0"]; allowed: ids in a cluster\'s own api only: they are of one region and account; fix: move them to clusters.<name>.api.private.securityGroups',
    'api.private.prefixLists: got ["pl-0123456789abcdef0"]; allowed: ids in a cluster\'s own api only: they are of one region and account; fix: move them to clusters.<name>.api.private.prefixLists',
  ],
  [
    "api-private-ids",
    "names for ids",
    ({ clusters }) =>
      (clusters.east.api = {
        private: { securityGroups: ["sg-0123456789abcdef0", "runners"], prefixLists: ["office"] },
      }),
    'clusters.east.api.private.securityGroups[1]: got "runners"; allowed: the id of a security group: sg- and 17 hexadecimal digits; fix: copy its id',
    'clusters.east.api.private.prefixLists[0]: got "office"; allowed: the id of a managed prefix list: pl- and 17 hexadecimal digits; fix: copy its id',
  ],
  [
    "api-private-way-in",
    "nobody, at everyone's API servers and at a cluster's own",
    (description) => {
      description.api = { private: { cidrs: [] } };
      description.clusters.east.api = { private: { cidrs: [] } };
    },
    `api.private.cidrs: ${nobody}`,
    `clusters.east.api.private.cidrs: ${nobody}`,
  ],
  [
    "api-open",
    "the whole world, at public API servers and at private ones",
    ({ clusters }) => {
      clusters.east.api = { allowFrom: ["203.0.113.7/32", "0.0.0.0/0"] };
      clusters.west.api = { private: { cidrs: ["0.0.0.0/0", "10.0.0.0/8"] } };
    },
    `clusters.east.api.allowFrom[1]: ${world}`,
    `clusters.west.api.private.cidrs[0]: ${world}`,
  ],
  [
    "api-inside",
    "private addresses at a public endpoint, those that EKS has for pods and those of a host itself",
    ({ api }) => (api!.allowFrom = [...INSIDE]),
    ...INSIDE.map((cidr, index) => `api.allowFrom[${index}]: ${inside(cidr)}`),
  ],
  [
    "api-inside",
    "a range with private addresses among others",
    ({ api }) => (api!.allowFrom = ["10.0.0.0/7", "203.0.113.7/32", "160.0.0.0/3"]),
    `api.allowFrom[0]: ${inside("10.0.0.0/7")}`,
    `api.allowFrom[2]: ${inside("160.0.0.0/3")}`,
  ],
  [
    "api-inside",
    "nothing is said of what lies beside private addresses, nor again of the whole world",
    ({ api }) =>
      (api!.allowFrom = [
        ...["9.255.255.255/32", "11.0.0.0/8", "100.63.0.0/16", "100.128.0.0/16"],
        ...["172.15.0.0/16", "172.32.0.1/32", "192.167.0.0/16", "126.0.0.0/8", "0.0.0.0/0"],
      ]),
  ],
];

describe("rules about who reaches what", () => {
  testRules(topologyRules, good, claims);
  testEveryRule(apiRules, claims);
});
