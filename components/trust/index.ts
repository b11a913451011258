export * from "./create";
export * from "./intermediateCa";
export * from "./pem";
export * from "./facts";
export * from "./plan";
export * from "./rootCa";
export * from "./rules";
