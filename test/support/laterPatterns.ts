/** Patterns whose rooms come later, as their stack files will say them: the schema holds them already. */
import type { TopologyDescription } from "../../components/topology";

const shared = { shared: { cidr: "10.10.0.0/16" } };
const together: TopologyDescription["clusters"] = {
  east: { network: "shared" },
  west: { network: "shared" },
};
const multiPrimary = { prod: { clusters: { east: {}, west: {} } } };

/** By stack file, with the rule that says it cannot be built yet. */
export const laterPatterns: Record<
  string,
  { description: TopologyDescription; refusedBy: string[] }
> = {
  "05-tenancy-cluster": {
    description: {
      istio: { version: "1.31.3" },
      networks: shared,
      clusters: together,
      meshes: multiPrimary,
      tenants: {
        model: "cluster",
        of: {
          "team-a": { mesh: "prod", clusters: ["east"] },
          "team-b": { mesh: "prod", clusters: ["west"] },
        },
      },
    },
    refusedBy: ["not-built-tenants"],
  },
};
