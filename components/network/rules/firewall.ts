/** What is yours to open, and whose addresses an allow list needs. */
import { below, natAddressesOf, pathOf, Severity, written } from "../../topology";
import type { Problem, Relations, Topology } from "../../topology";
import type { NetworkPlan } from "../facts";
import { portsText } from "../firewall/facts";
import { existingVpcs } from "./existing";
import type { NetworkRule } from "./rule";

function checkGroups(_: Topology, __: Relations, { firewall }: NetworkPlan): Problem[] {
  const clusters = [...new Set(firewall.yoursToOpen.map(({ cluster }) => cluster))];
  return clusters.map((cluster) => {
    const openings = firewall.yoursToOpen
      .filter((opening) => opening.cluster === cluster)
      .map(
        (opening) => `${portsText(opening)} from ${opening.from.join(", ")} (${opening.reason})`,
      );
    return {
      path: pathOf("clusters", cluster, "existing", "securityGroupId"),
      got: "nothing",
      allowed: "the security group of nodes and pods, on which the ports are opened then",
      fix: `name it, or open on it yourself: ${[...new Set(openings)].join("; ")}`,
    };
  });
}

function checkNat(topology: Topology, _: Relations, { firewall }: NetworkPlan): Problem[] {
  const called = Object.entries(firewall.publicApi);
  return existingVpcs(topology)
    .filter((vpc) => natAddressesOf(vpc) === 0)
    .flatMap(({ id, path, existing }) => {
      const clusters = called.filter(([, callers]) => callers.includes(id)).map(([name]) => name);
      if (clusters.length === 0) return [];
      return [
        {
          path: below(path, "existing", "natAddresses"),
          got: written(existing.natAddresses),
          allowed: "the public addresses of the VPC's NAT gateways",
          fix: `list them: what stands there calls the API server of cluster ${clusters.join(", ")} from them; without NAT give it api.private, which is called over the link`,
        },
      ];
    });
}

export const firewallRules: NetworkRule[] = [
  {
    id: "existing-vpc-nat-addresses",
    summary:
      "A VPC that exists names its NAT addresses where its istiods, machines or tasks call public API servers elsewhere.",
    why: "Those API servers let in listed addresses only.",
    severity: Severity.Problem,
    check: checkNat,
  },
  {
    id: "existing-cluster-security-group",
    summary:
      "A cluster that exists names its security group where others must reach its pods or API server.",
    why: "Security groups let nothing in by default (https://docs.aws.amazon.com/vpc/latest/userguide/security-group-rules.html), and what is not named cannot be opened here.",
    severity: Severity.Warning,
    check: checkGroups,
  },
];
