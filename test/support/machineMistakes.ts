/** Mistakes about groups of machines. */
import type { TopologyDescription, VirtualMachinesDescription } from "../../components/topology";
import type { Choose } from "./choose";
import type { Mutation } from "./changes";

type Change = (group: VirtualMachinesDescription, description: TopologyDescription) => void;

/** A group in some primary of a mesh of sidecars, with a change; nothing where there is no such mesh. */
function withGroup(change: Change): Mutation {
  return (description: TopologyDescription, choose: Choose) => {
    const fit = Object.entries(description.meshes).filter(
      ([, { controlPlane, dataPlane }]) => controlPlane === undefined && dataPlane !== "ambient",
    );
    const [mesh, { clusters } = { clusters: {} }] = choose.of(fit) ?? [];
    const controlledBy = Object.keys(clusters)[0];
    if (mesh === undefined || controlledBy === undefined) return;
    const { network, vpc } = description.clusters[controlledBy] ?? { network: "" };
    const group = {
      ...{ mesh, controlledBy, network, vpc, namespace: "old", serviceAccount: "old" },
      ports: { http: 8080 },
    };
    description.virtualMachines = { old: group };
    change(group, description);
  };
}

export const machineMistakes: Record<string, Mutation> = {
  "let a remote serve machines": withGroup((group, description) => {
    const clusters = Object.keys(description.meshes[group.mesh]!.clusters);
    description.meshes[group.mesh]!.controlPlane = {
      runsIn: clusters.filter((name) => name !== group.controlledBy),
    };
  }),
  "write machines anyhow": withGroup((group, description) => {
    Object.assign(group, {
      ...{ namespace: "istio-system", serviceAccount: "Old", inbound: "none" },
      ports: { HTTP: 15006, web: 15006 },
      ...{ count: { min: 3, max: 2 }, instanceType: "t3small", image: "ubuntu" },
      ...{ policyArns: ["ReadOnlyAccess"], agentPackage: { sha256: "abc" } },
      userData: "apt install it",
    });
    description.virtualMachines = { "7": group };
  }),
  "fetch the agent by http": withGroup((group) => {
    group.agentPackage = { location: "http://mirror/istio" };
  }),
  "relate machines to nothing": withGroup((group, description) => {
    Object.assign(group, { instanceType: "t3.small", architecture: "arm64", revision: "none" });
    group.userData = `#!/bin/sh\n${"# more\n".repeat(3000)}`;
    description.virtualMachines = { old: group, new: { ...group } };
    const { existing } = description.clusters[group.controlledBy]!;
    if (existing) delete existing.eksName;
    const tags = Array.from({ length: 12 }, (_, index) => [`tag-${index}`, "x"]);
    description.tags = Object.fromEntries(tags);
  }),
  "let machines join ambient": withGroup((group, description) => {
    description.meshes[group.mesh]!.dataPlane = "ambient";
  }),
  "stand machines where no private subnet is": withGroup((group, description) => {
    const name = "yours";
    description.networks[name] = {
      existing: {
        ...{ vpcId: "vpc-0123456789abcdef0", cidrs: ["10.250.0.0/16"] },
        subnets: {
          a: {
            ...{ id: "subnet-0123456789abcdef0", cidr: "10.250.0.0/24", zone: "eu-west-1a" },
            tier: "public",
          },
        },
      },
    };
    Object.assign(group, { network: name, vpc: undefined });
  }),
};
