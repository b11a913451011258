export * from "./check";
export * from "./meshTopology";
export * from "./plan";
export * from "./program";
