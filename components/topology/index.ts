export * from "./description";
export * from "./keys";
export * from "./parse";
export * from "./path";
export * from "./problem";
export * from "./rule";
export * from "./suggest";
export * from "./topology";
export type { ParseContext, VersionDefaults } from "./normalise";
