export * from "./links";
export * from "./types";
