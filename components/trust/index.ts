export * from "./createTrust";
export * from "./intermediateCa";
export * from "./pem";
export * from "./plan";
export * from "./planTrust";
export * from "./rootCa";
export * from "./rules";
