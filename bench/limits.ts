/** What the measurements must keep to. */
import type { Measured } from "./measure";

export interface Check {
  claim: string;
  got: number;
  limit: number;
  ok: boolean;
}

/** What a plan may come to. Of the sizes, each must have been measured. */
export interface Limits {
  /** Resources at `size`: so many whatever the size, and so many for each cluster. */
  resources: { size: number; once: number; each: number };
  /** Sizes between which resources grow linearly. */
  linear: [from: number, to: number];
  /** Sizes between which the time for one resource hardly grows. */
  processor: [from: number, to: number];
  /** Sizes between which `up` hardly takes longer. */
  makespan: [from: number, to: number];
}

/** Milliseconds of processor time. */
export function perResource({
  processor,
  resources,
}: Pick<Measured, "processor" | "resources">): number {
  return (processor / resources) * 1000;
}

/** Every claim about how a plan grows, with the number found. */
export function checkGrowth(measured: Measured[], limits: Limits): Check[] {
  const at = (clusters: number) => measured.find((each) => each.clusters === clusters)!;
  const { size, once, each } = limits.resources;
  const [few, many] = limits.linear;
  const [small, large] = limits.processor;
  const [first, last] = limits.makespan;
  return [
    atMost(
      `resources at ${many} clusters grow linearly from ${few}`,
      at(many).resources,
      (many / few) * 1.05 * at(few).resources,
    ),
    atMost(
      `resources at ${size} clusters: ${once} + ${each} for each`,
      at(size).resources,
      once + each * size,
    ),
    atMost(
      `processor ms per resource at ${large} clusters: 1.5 times that at ${small}`,
      perResource(at(large)),
      1.5 * perResource(at(small)),
    ),
    atMost(
      `seconds of \`up\` at ${last} clusters: 1.1 times that at ${first}`,
      at(last).makespan,
      1.1 * at(first).makespan,
    ),
  ];
}

/** A plan of one cluster that tenants share. */
export type Shared = Pick<Measured, "processor" | "resources"> & { tenants: number };

/** Every claim about how a plan grows with tenants, of which there are at least three sizes. */
export function checkTenants(measured: Shared[]): Check[] {
  const [few, next] = measured as [Shared, Shared];
  const many = measured.at(-1)!;
  const each = (next.resources - few.resources) / (next.tenants - few.tenants);
  return [
    atMost(
      `resources of ${many.tenants} tenants, each as many as of ${few.tenants}`,
      many.resources,
      few.resources + each * (many.tenants - few.tenants),
    ),
    atMost(
      `processor ms per resource at ${many.tenants} tenants: twice that at ${few.tenants}`,
      perResource(many),
      2 * perResource(few),
    ),
  ];
}

/** A plan and the least that its resources take, by seconds of processor time. */
export interface Compared {
  clusters: number;
  plan: number;
  floor: number;
  /** The plan by the floor. */
  ratio: number;
  /** URNs of resources that only one of them registered. */
  strangers: string[];
}

/** Holds a plan against its floor, which says something only where both register the same. */
export function checkFloor({ clusters, ratio, strangers }: Compared): Check[] {
  return [
    atMost(
      `resources that a plan of ${clusters} clusters and its floor do not share`,
      strangers.length,
      0,
    ),
    atMost(`times its floor that planning ${clusters} clusters takes`, ratio, 1.15),
  ];
}

/** A plan of one cluster, and a program of one resource. */
export interface Started {
  /** With what Node has compiled at an earlier start of the command, or without it. */
  how: string;
  /** The plan by the program, of processor time. */
  ratio: number;
}

export function checkStart({ how, ratio }: Started): Check {
  return atMost(`times a program of one resource that \`plan\` takes ${how}`, ratio, 1.5);
}

function atMost(claim: string, got: number, limit: number): Check {
  return { claim, got, limit, ok: got <= limit };
}
