/** What is yours to open. */
import { pathOf, Severity } from "../../topology";
import type { Problem, Relations, Topology } from "../../topology";
import type { NetworkPlan } from "../facts";
import { portsText } from "../firewall/facts";
import type { NetworkRule } from "./rule";

function checkGroups(_: Topology, __: Relations, { firewall }: NetworkPlan): Problem[] {
  const clusters = [...new Set(firewall.yoursToOpen.map(({ cluster }) => cluster))];
  return clusters.map((cluster) => {
    const openings = firewall.yoursToOpen
      .filter((opening) => opening.cluster === cluster)
      .map(({ ports, from, reason }) => `${portsText(ports)} from ${from.join(", ")} (${reason})`);
    return {
      path: pathOf("clusters", cluster, "existing", "securityGroupId"),
      got: "nothing",
      allowed: "the security group of nodes and pods, on which the ports are opened then",
      fix: `name it, or open on it yourself: ${openings.join("; ")}`,
    };
  });
}

export const firewallRules: NetworkRule[] = [
  {
    id: "existing-cluster-security-group",
    summary:
      "A cluster that exists names its security group where others must reach its pods or API server.",
    why: "Security groups let nothing in by default (https://docs.aws.amazon.com/vpc/latest/userguide/security-group-rules.html), and what is not named cannot be opened here.",
    severity: Severity.Warning,
    check: checkGroups,
  },
];
