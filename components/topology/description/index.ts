/**
 * The description of a deployment: what a user writes under `istio-patterns:topology`, a file per section.
 *
 * These interfaces are the source of the zod schema, of the published JSON Schema and of the package schema.
 * Closed sets are `as const` maps because Pulumi's schema inference refuses union types
 * (https://www.pulumi.com/docs/iac/using-pulumi/extending-pulumi/build-a-component/).
 */
export * from "./access";
export * from "./api";
export * from "./clusters";
export * from "./ecs";
export * from "./federation";
export * from "./iam";
export * from "./istio";
export * from "./links";
export * from "./meshes";
export * from "./networks";
export * from "./observability";
export * from "./protection";
export * from "./tenants";
export * from "./topology";
export * from "./trust";
export * from "./virtualMachines";
