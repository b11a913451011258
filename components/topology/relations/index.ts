export * from "./federation";
export * from "./gateways";
export * from "./links";
export * from "./outside";
export * from "./tenants";
export * from "./types";
