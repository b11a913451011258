/**
 * The in-process engine: runs a Pulumi program as `pulumi preview` would, without a cloud, and returns what the engine would
 * have seen. `istio-patterns plan` and this package's own tests run on it, and yours may.
 */
export { Graph, redacted, SECRET, UNKNOWN } from "./graph";
export type { Call, Registration, Value, Values } from "./graph";
export { EngineRefusal } from "./recorder";
export { mockRun } from "./run";
export type { RunOptions } from "./run";
