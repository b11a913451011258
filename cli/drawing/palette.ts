/** Colours of boxes and lines; boxes say by their titles what they are. */
import { BoxKind, EdgeKind } from "./model";

interface BoxColours {
  fill: string;
  stroke: string;
  /** Other boxes stand in it, so it is drawn below the lines. */
  holds?: true;
}

export const COLOURS = {
  [BoxKind.Network]: { fill: "#f6f8fa", stroke: "#8c959f", holds: true },
  [BoxKind.Vpc]: { fill: "#ffffff", stroke: "#6e7781", holds: true },
  [BoxKind.Cluster]: { fill: "#eef6ff", stroke: "#54aeff", holds: true },
  [BoxKind.Istiod]: { fill: "#fbefff", stroke: "#8250df" },
  [BoxKind.Relay]: { fill: "#fbefff", stroke: "#c297ff" },
  [BoxKind.Pods]: { fill: "#dafbe1", stroke: "#2da44e" },
  [BoxKind.Gateway]: { fill: "#fff8c5", stroke: "#bf8700" },
  [BoxKind.Balancer]: { fill: "#fff1e5", stroke: "#bc4c00" },
  [BoxKind.Machines]: { fill: "#dafbe1", stroke: "#2da44e" },
  [BoxKind.Tasks]: { fill: "#dafbe1", stroke: "#2da44e" },
  [BoxKind.Tenant]: { fill: "#ddf4ff", stroke: "#0969da" },
  [BoxKind.Mesh]: { fill: "#dafbe1", stroke: "#116329" },
  [BoxKind.Link]: { fill: "#eaeef2", stroke: "#424a53" },
  [BoxKind.Internet]: { fill: "#ffebe9", stroke: "#cf222e" },
} satisfies Record<BoxKind, BoxColours> as Record<BoxKind, BoxColours>;

interface EdgeLook {
  stroke: string;
  width: number;
  /** What the legend says. */
  means: string;
}

export const EDGES = {
  [EdgeKind.Mesh]: { stroke: "#116329", width: 2, means: "calls in the mesh, mutual TLS" },
  [EdgeKind.Serves]: { stroke: "#8250df", width: 1.5, means: "configuration and certificates" },
  [EdgeKind.Failover]: {
    stroke: "#c297ff",
    width: 1,
    means: "the same, while the first istiod is away",
  },
  [EdgeKind.Export]: { stroke: "#0969da", width: 1.5, means: "calls of exported services" },
  [EdgeKind.Link]: { stroke: "#8c959f", width: 3, means: "routes between VPCs" },
  [EdgeKind.Internet]: { stroke: "#cf222e", width: 1.5, means: "from the internet" },
  [EdgeKind.Balances]: {
    stroke: "#bc4c00",
    width: 1.5,
    means: "load balancer (NLB) to its targets",
  },
} satisfies Record<EdgeKind, EdgeLook> as Record<EdgeKind, EdgeLook>;
