import assert from "node:assert/strict";
import { checkTopology } from "../../../components/mesh/check";
import { formatProblem, topologyRules } from "../../../components/topology";
import type { Given, TopologyDescription } from "../../../components/topology";
import { type Claim, testRules } from "../../support/rules";
import { good } from "./good";

const here =
  "write it here; outputs of other resources can be given to a MeshTopology in a program of yours";

const claims: Claim[] = [
  [
    "existing-value-place",
    "ids that the program of a whole stack cannot be given",
    ({ networks }) => {
      const { existing } = networks.old;
      delete existing!.vpcId;
      delete existing!.subnets.two.id;
      delete existing!.routeTables!.main.id;
    },
    `networks.old.existing.vpcId: got nothing; allowed: the VPC's id; fix: ${here}`,
    `networks.old.existing.subnets.two.id: got nothing; allowed: the subnet's id; fix: ${here}`,
    `networks.old.existing.routeTables.main.id: got nothing; allowed: the route table's id; fix: ${here}`,
  ],
  [
    "existing-value-place",
    "a cluster without its kubeconfig",
    ({ clusters }) => delete clusters.lab.existing!.kubeconfig,
    `clusters.lab.existing.kubeconfig: got nothing; allowed: secret: <config key>, or output: { stack, name }; fix: ${here}`,
  ],
];

/** What is found where a program gives some values. */
function found(given: Given, change: (description: TopologyDescription) => void): string[] {
  const description = structuredClone(good);
  change(description);
  const { problems } = checkTopology(description, { name: "test", region: "eu-west-1", given });
  return problems.map(formatProblem);
}

const none = { vpcId: false, subnets: [], routeTables: [], natAddresses: 0 };

describe("rules about values that are given", () => {
  testRules(topologyRules, good, claims);

  it("existing-value-place: NAT addresses and a security group that stand in both places", () => {
    const given: Given = {
      vpcs: { old: { ...none, natAddresses: 2 } },
      clusters: { lab: ["securityGroupId"] },
    };
    assert.deepEqual(
      found(given, () => {}),
      [
        'networks.old.existing.natAddresses: got ["198.51.100.1"], and args.existing.vpcs.old.natAddresses as well; allowed: one of the two; fix: remove the other',
        'clusters.lab.existing.securityGroupId: got "sg-1", and args.existing.clusters.lab.securityGroupId as well; allowed: one of the two; fix: remove the other',
      ],
    );
  });

  it("are content with a value that is given, and so are the rules that need it", () => {
    const given: Given = {
      vpcs: { old: { ...none, vpcId: true, subnets: ["two"], natAddresses: 1 } },
      clusters: { lab: ["kubeconfig", "endpoint", "certificateAuthority", "securityGroupId"] },
    };
    const without = ({ networks, clusters }: TopologyDescription) => {
      const { existing } = networks.old;
      delete existing!.vpcId;
      delete existing!.natAddresses;
      delete existing!.subnets.two.id;
      const { kubernetesVersion, podCidrs, eksName, loadBalancers } = clusters.lab.existing!;
      clusters.lab.existing = { kubernetesVersion, podCidrs, eksName, loadBalancers };
    };
    assert.deepEqual(found(given, without), []);
    assert.equal(found({ vpcs: {}, clusters: {} }, without).length, 6);
  });

  it("existing-value-unknown: what stands under no such name", () => {
    const given: Given = {
      vpcs: { shared: none, old: { ...none, routeTables: ["mian"] } },
      clusters: { labb: [] },
    };
    assert.deepEqual(
      found(given, () => {}),
      [
        "networks: got no VPC of yours that args.existing.vpcs.shared is for; allowed: old; fix: describe it here, or leave out args.existing.vpcs.shared",
        'clusters: got no cluster of yours that args.existing.clusters.labb is for; allowed: lab; fix: did you mean "lab"?',
        'networks.old.existing.routeTables: got no route table of yours that args.existing.vpcs.old.routeTableIds.mian is for; allowed: main; fix: did you mean "main"?',
      ],
    );
  });

  it("existing-value-unknown: keys that no value has", () => {
    const unread: Given["unread"] = [
      { of: "vpcs", name: "old", key: "subnets" },
      { of: "clusters", name: "lab", key: "kubeConfig" },
      { of: "clusters", name: "lab", key: "region" },
      { of: "clusters", name: "east", key: "kubeConfig" },
    ];
    assert.deepEqual(
      found({ vpcs: {}, clusters: {}, unread }, () => {}),
      [
        'networks.old.existing: got nothing that args.existing.vpcs.old.subnets is for; allowed: vpcId, subnetIds, routeTableIds, natAddresses; fix: did you mean "subnetIds"?',
        'clusters.lab.existing: got nothing that args.existing.clusters.lab.kubeConfig is for; allowed: kubeconfig, endpoint, certificateAuthority, securityGroupId; fix: did you mean "kubeconfig"?',
        "clusters.lab.existing: got nothing that args.existing.clusters.lab.region is for; allowed: kubeconfig, endpoint, certificateAuthority, securityGroupId; fix: leave out args.existing.clusters.lab.region",
      ],
    );
  });
});
