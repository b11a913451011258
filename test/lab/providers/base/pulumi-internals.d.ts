// Modules of @pulumi/pulumi that ship without declarations.
declare module "@pulumi/pulumi/proto/provider_grpc_pb.js" {
  import type { ServiceDefinition, UntypedServiceImplementation } from "@grpc/grpc-js";
  export const ResourceProviderService: ServiceDefinition<UntypedServiceImplementation>;
}
declare module "@pulumi/pulumi/proto/language_grpc_pb.js" {
  import type { ServiceDefinition, UntypedServiceImplementation } from "@grpc/grpc-js";
  export const LanguageRuntimeService: ServiceDefinition<UntypedServiceImplementation>;
}
declare module "@pulumi/pulumi/proto/status_pb.js" {
  import type { Any } from "google-protobuf/google/protobuf/any_pb";
  export class Status {
    setCode(code: number): void;
    setMessage(message: string): void;
    addDetails(details: Any): void;
    serializeBinary(): Uint8Array;
  }
}
