// Exports of @pulumi/pulumi that its published declarations leave out.
import type { Inputs } from "@pulumi/pulumi";
import type { Struct } from "google-protobuf/google/protobuf/struct_pb";

declare module "@pulumi/pulumi/runtime/state.js" {
  export function withLocalStorage<T>(body: () => T): T;
}
declare module "@pulumi/pulumi/runtime/settings.js" {
  export function awaitFeatureSupport(): Promise<void>;
  export function waitForRPCs(): Promise<void>;
}
declare module "@pulumi/pulumi/provider/server.js" {
  export function deserializeInputs(
    inputs: Struct,
    dependencies: { get(key: string): { getUrnsList(): string[] } | undefined },
  ): Promise<Inputs>;
}
