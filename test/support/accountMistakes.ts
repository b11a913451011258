/** Mistakes about accounts: IAM roles, and people that use clusters. */
import type { TopologyDescription } from "../../components/topology";
import { type Mutation, vpcs } from "./changes";
import { meshAll } from "./placeMistakes";

/** One mesh over clusters that are each in an account of their own. */
function spreadOverAccounts(
  description: TopologyDescription,
  count: number,
  more: Partial<TopologyDescription>,
): void {
  Object.assign(description, { networks: {}, clusters: {} }, more);
  description.links = { via: "existing" };
  for (let index = 0; index < count; index++) {
    const roleArn = `arn:aws:iam::${String(555500000000 + index)}:role/deploy`;
    const name = `account-${index}`;
    description.networks[name] = { cidr: `10.${index}.0.0/16`, account: { roleArn } };
    description.clusters[name] = { network: name };
  }
  meshAll(description);
}

export const accountMistakes: Record<string, Mutation> = {
  "spread a mesh over a dozen accounts, whose roles have long ARNs": (description) => {
    spreadOverAccounts(description, 12, { iam: { path: `/${"p".repeat(60)}/` } });
  },
  "spread a mesh over more accounts than a quota has room for": (description) =>
    spreadOverAccounts(description, 3, { quotas: { trustPolicyLength: 400 } }),
  "serve more accounts from one istiod than its role may name": (description) => {
    spreadOverAccounts(description, 20, { iam: { path: `/${"p".repeat(510)}/` } });
    description.meshes.wide.controlPlane = { runsIn: ["account-0"] };
  },
  "admit the session of a role": (description) => {
    description.access = { admins: ["arn:aws:sts::111122223333:assumed-role/admin/me"] };
  },
  "admit somebody of another partition": (description) => {
    description.access = { viewers: ["arn:aws-cn:iam::111122223333:role/viewer"] };
  },
  "admit somebody twice": (description) => {
    const [admins, viewers] = [
      ["arn:aws:iam::111122223333:role/a"],
      ["arn:aws:iam::111122223333:role/A"],
    ];
    description.access = { admins, viewers };
  },
  "admit the role that makes the clusters": (description) => {
    const roleArn = "arn:aws:iam::111122223333:role/deploy";
    for (const vpc of vpcs(description)) if (!vpc.existing) vpc.account = { roleArn };
    description.access = { admins: [roleArn] };
  },
  "bound roles by a name": (description) => (description.iam = { permissionsBoundary: "edge" }),
  "bound roles by a policy of another partition": (description) => {
    const permissionsBoundary = "arn:aws-cn:iam::111122223333:policy/edge";
    description.iam = { permissionsBoundary };
  },
  "end a path of roles without a slash": (description) => (description.iam = { path: "/mesh" }),
};
