export * from "./description";
export * from "./keys";
export * from "./problem";
export * from "./rule";
export * from "./topology";
