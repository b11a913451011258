/** Mistakes about links between VPCs. */
import { type Mutation, vpcs } from "./changes";
import { meshAll } from "./placeMistakes";

export const linkMistakes: Record<string, Mutation> = {
  "give the account of transit gateways two roles": (description) => {
    const roleOf = (name: string) => ({ roleArn: `arn:aws:iam::111122223333:role/${name}` });
    vpcs(description).forEach((vpc) => (vpc.account = roleOf("deployer")));
    description.links = { via: "transit-gateway", owner: roleOf("network") };
  },
  "give peerings an owner": (description) => {
    const roleArn = "arn:aws:iam::111122223333:role/network";
    description.links = { via: "peering", owner: { roleArn } };
  },
  "own transit gateways of yours": (description) => {
    const roleArn = "arn:aws:iam::111122223333:role/network";
    description.links = {
      via: "transit-gateway",
      owner: { roleArn },
      transitGateways: { "sa-east-1": { existing: "hub" } },
    };
  },
  "lead to nowhere": (description) => {
    description.links = { via: "transit-gateway", reachable: { office: { cidrs: [] } } };
  },
  "lead to a VPC as if it were elsewhere": (description) => {
    const cidrs = ["10.0.0.0/8"];
    description.links = { via: "transit-gateway", reachable: { office: { cidrs } } };
  },
  "join five VPCs by peering": (description) => {
    description.links = { via: "peering" };
    const network = Object.keys(description.networks)[0];
    for (let index = 0; index < 5; index++) {
      description.networks[`p${index}`] = { cidr: `10.${210 + index}.0.0/16` };
      description.clusters[`p${index}`] = { network: `p${index}` };
    }
    meshAll(description);
    description.quotas = { vpcs: network.length };
  },
};
