export * from "./access";
export * from "./cluster";
export * from "./istio";
export * from "./mesh";
export * from "./network";
export * from "./topology";
export * from "./trust";
