import type { Part, Row } from "./row";
import { balancers } from "./tables/balancers";
import { clusterParts, clusters } from "./tables/clusters";
import { linkParts, links, network, unknownThere } from "./tables/network";
import { tasks } from "./tables/tasks";

/** Pulumi's types of AWS that are types of CloudFormation's. */
export const rows: Readonly<Record<string, Row>> = {
  ...network,
  ...links,
  ...balancers,
  ...clusters,
  ...tasks,
};

/** Those that are properties of others there. */
export const parts: Readonly<Record<string, Part>> = { ...linkParts, ...clusterParts };

/** Those that CloudFormation has no type for, and why. */
export const absent: Readonly<Record<string, string>> = unknownThere;
