import { LoadBalancers, NodeKind } from "./description";

/** What follows from whose nodes run pods. */
export const NODES = {
  [NodeKind.AutoMode]: {
    label: "Auto Mode",
    // Auto Mode brings a controller of its own.
    loadBalancers: LoadBalancers.AutoMode,
  },
  [NodeKind.Managed]: {
    label: "managed nodes",
    loadBalancers: LoadBalancers.Controller,
  },
} satisfies Record<NodeKind, { label: string; loadBalancers: LoadBalancers }>;
