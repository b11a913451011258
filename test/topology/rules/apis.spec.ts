import { topologyRules } from "../../../components/topology";
import { apiRules } from "../../../components/topology/rules/apis";
import { type Claim, testEveryRule, testRules } from "../../support/rules";
import { good } from "./good";

const command =
  "`pulumi config set --path 'istio-patterns:topology.api.allowFrom[0]' <your address>/32`";

const claims: Claim[] = [
  [
    "api-missing",
    "nothing is said of who reaches API servers",
    (description) => delete description.api,
    `api: got nothing; allowed: { allowFrom: [<CIDR>, ...] }, or { private: true } where Pulumi runs inside the network; fix: ${command}`,
  ],
  [
    "api-missing",
    "nothing is missing where each cluster made here says it",
    (description) => {
      delete description.api;
      for (const name of ["east", "west", "solo"])
        description.clusters[name].api = { private: true };
    },
  ],
  [
    "api-one-way",
    "both, and neither",
    ({ api, clusters }) => {
      api!.private = true;
      clusters.east.api = {};
    },
    "api: got allowFrom and private: true; allowed: allowFrom for a public endpoint, or private: true for none; fix: remove one of the two",
    `clusters.east.api: got neither allowFrom nor private: true; allowed: allowFrom for a public endpoint, or private: true for none; fix: ${command}`,
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
    "api-open",
    "the whole world",
    ({ clusters }) => (clusters.east.api = { allowFrom: ["0.0.0.0/0"] }),
    'clusters.east.api.allowFrom[0]: got "0.0.0.0/0"; allowed: the addresses of those who need the API server; fix: list them, such as the address of your office or CI runner',
  ],
  [
    "api-inside",
    "private addresses at a public endpoint",
    ({ api }) => (api!.allowFrom = ["10.0.0.0/8", "172.32.0.1/32", "172.31.0.0/16"]),
    'api.allowFrom[0]: got "10.0.0.0/8"; allowed: public addresses: the public endpoint sees no others; fix: list the public address that you are seen with, or set private: true and run Pulumi inside the network',
    'api.allowFrom[2]: got "172.31.0.0/16"; allowed: public addresses: the public endpoint sees no others; fix: list the public address that you are seen with, or set private: true and run Pulumi inside the network',
  ],
];

describe("rules about who reaches what", () => {
  testRules(topologyRules, good, claims);
  testEveryRule(apiRules, claims);
});
