export * from "./gateways";
export * from "./links";
export * from "./types";
