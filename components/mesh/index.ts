export * from "./check";
export * from "./meshTopology";
export * from "./facts";
export * from "./plan";
export * from "./program";
export { stackTagsOf } from "./stackTags";
