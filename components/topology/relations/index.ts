export * from "./federation";
export * from "./gateways";
export * from "./links";
export * from "./machines";
export * from "./types";
