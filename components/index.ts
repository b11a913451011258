export * from "./access";
export * from "./cluster";
export * from "./handles";
export * from "./istio";
export * from "./mesh";
export * from "./network";
export * from "./topology";
export * from "./trust";
// The component, not the topology's type of that name.
export { Vpc } from "./network";
