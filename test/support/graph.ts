/** Assertions on what the in-process engine saw. */
import assert from "node:assert/strict";
import { mockRun as run } from "../../engine";
import type { Graph, Registration, RunOptions, Values } from "../../engine";

export { UNKNOWN } from "../../engine";
export type { Graph, Registration } from "../../engine";

/** Without stack traces of every promise, which are half the time of a run; give `traces` to find an error's place. */
export function mockRun(body: () => unknown, options: RunOptions = {}): Promise<Graph> {
  return run(body, { traces: false, ...options });
}

const RELEASE = "kubernetes:helm.sh/v3:Release";

/** First line of every graph test: an empty graph would pass any claim that something is absent. */
export function floor(graph: Graph, count: number): void {
  const found = istiods(graph).length;
  assert.equal(found, count, `expected ${count} istiod Releases, found ${found}`);
}

/** Floor for components without istiod: exactly so many resources of a type. */
export function floorOf(graph: Graph, type: string, count: number): void {
  const names = graph.ofType(type).map(({ name }) => name);
  assert.equal(names.length, count, `expected ${count} of ${type}, found: ${names.join(", ")}`);
}

/** Releases of a chart, whatever repository it comes from. */
export function releases(graph: Graph, chart: string): Registration[] {
  return graph.ofType(RELEASE).filter(({ inputs }) => chartName(inputs.chart) === chart);
}

/** Releases that run an istiod. */
export function istiods(graph: Graph): Registration[] {
  return releases(graph, "istiod").filter(({ inputs }) => inputs.values.profile !== "remote");
}

/** Releases of the same chart that make only webhooks and rights, in clusters without an istiod. */
export function remotes(graph: Graph): Registration[] {
  return releases(graph, "istiod").filter(({ inputs }) => inputs.values.profile === "remote");
}

/** The Release of a logical name. */
export function release(graph: Graph, name: string): Registration {
  return graph.one(RELEASE, name);
}

/** The Helm values of the Release of a logical name. */
export function valuesOf(graph: Graph, name: string): Values {
  return release(graph, name).inputs.values;
}

export function assertDependsOn(graph: Graph, a: Registration, b: Registration): void {
  assert.ok(graph.dependsOn(a, b), `${label(a)} does not wait for ${label(b)}`);
}

export function assertIndependent(graph: Graph, a: Registration, b: Registration): void {
  assert.ok(!graph.dependsOn(a, b), `${label(a)} waits for ${label(b)}`);
}

export function assertProtected(resource: Registration): void {
  assert.ok(resource.protect, `${label(resource)} is not protected`);
}

/** The input at a path, or one that holds it, is a secret. */
export function assertSecret(resource: Registration, path: string): void {
  const held = resource.secrets.some(
    (secret) => path === secret || path.startsWith(`${secret}.`) || path.startsWith(`${secret}[`),
  );
  const found = resource.secrets.join(", ") || "none";
  assert.ok(held, `${path} of ${label(resource)} is not a secret; secrets: ${found}`);
}

/** Type and name of everything, sorted: the same with known and with unknown outputs. */
export function resourceSet(graph: Graph): string[] {
  return graph.resources.map(({ urn }) => urn).sort();
}

function chartName(chart: string): string {
  return chart.split("/").pop()!;
}

function label({ type, name }: Registration): string {
  return `${type} "${name}"`;
}
