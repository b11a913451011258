/** Facts as MeshTopology would hand them to the values planners. */
import type { ControlPlaneFacts } from "../../components/istio/controlPlane/valueFacts";
import type { ControlPlanePlan, IstioPlan } from "../../components/istio/facts";
import { hasRevisions } from "../../components/istio/revisions/values";
import type { MeshDescription, TopologyDescription } from "../../components/topology";
import { factsOf as planRooms } from "../support/topologies";

export const CA_BUNDLE = "Y2VydGlmaWNhdGUK";
export const ROOTS_DIGEST = "5e884898da28047151d0e56f8dc62927";

const api = { allowFrom: ["192.0.2.1/32"] };

/** One cluster `main` in a mesh `dev`. */
export function single(mesh: Partial<MeshDescription> = {}): TopologyDescription {
  return {
    api,
    istio: { version: "1.31.3" },
    networks: { shared: { cidr: "10.10.0.0/16" } },
    clusters: { main: { network: "shared" } },
    meshes: { dev: { clusters: { main: {} }, ...mesh } },
  };
}

/** Clusters `east` and `west` in a mesh `prod`, on one network or on one each. */
export function pair(
  networks: "same" | "different",
  mesh: Partial<MeshDescription> = {},
  rest: Partial<TopologyDescription> = {},
): TopologyDescription {
  const shared = networks === "same";
  return {
    api,
    istio: { version: "1.31.3" },
    networks: shared
      ? { shared: { cidr: "10.10.0.0/16" } }
      : { "net-east": { cidr: "10.10.0.0/16" }, "net-west": { cidr: "10.20.0.0/16" } },
    clusters: {
      east: { network: shared ? "shared" : "net-east" },
      west: { network: shared ? "shared" : "net-west" },
    },
    meshes: {
      prod: { trustDomain: "prod.example", clusters: { east: {}, west: {} }, ...mesh },
    },
    ...rest,
  };
}

/** Two revisions side by side; the older is what has no label of a revision. */
export const twoRevisions = {
  revisions: { canary: { version: "1.31.3" }, stable: { version: "1.31.2" } },
  tags: { default: "stable", next: "canary" },
} satisfies TopologyDescription["istio"];

/** Cluster `east` runs the istiods of two revisions and serves `west`, which picks the other one. */
export function primaryRemote(
  networks: "same" | "different",
  revision = "canary",
): TopologyDescription {
  return pair(
    networks,
    {
      controlPlane: { mode: "primary-remote", runsIn: ["east"] },
      revision: "stable",
      clusters: { east: {}, west: { revision } },
    },
    { istio: twoRevisions },
  );
}

/** Two clusters run the istiods of the meshes `prod` and `test`, which serve `east` with `west`, and `lab`. */
export function external(): TopologyDescription {
  const networks = Object.fromEntries(
    ["mgmt-a", "mgmt-b", "east", "west", "lab"].map((name, index) => [
      name,
      { cidr: `10.${10 * (index + 1)}.0.0/16` },
    ]),
  );
  const mode = "external";
  return {
    api,
    istio: { version: "1.31.3" },
    networks,
    clusters: Object.fromEntries(Object.keys(networks).map((name) => [name, { network: name }])),
    meshes: {
      prod: {
        controlPlane: { mode, runsIn: ["mgmt-a", "mgmt-b"], configCluster: "east" },
        clusters: { east: {}, west: { servedBy: ["mgmt-b", "mgmt-a"] } },
      },
      test: {
        controlPlane: { mode, runsIn: ["mgmt-a"], configCluster: "lab" },
        clusters: { lab: {} },
      },
    },
  };
}

export function planOf(description: TopologyDescription): IstioPlan {
  return planRooms(description).istio;
}

/** Facts of one control plane, with the webhooks' bundle. */
export function factsOf(plan: IstioPlan, key: string): ControlPlanePlan & ControlPlaneFacts {
  const controlPlane = plan.controlPlanes[key];
  const named = hasRevisions(controlPlane.istiods);
  const roots = { caBundle: CA_BUNDLE, rootsDigest: ROOTS_DIGEST };
  return { ...controlPlane, hasRevisions: named, ...roots };
}

/** Dotted paths of every leaf; lists are leaves. */
export function leafPaths(values: unknown, path: string[] = []): string[] {
  if (typeof values !== "object" || values === null || Array.isArray(values))
    return [path.join(".")];
  return Object.entries(values).flatMap(([key, value]) => leafPaths(value, [...path, key]));
}
