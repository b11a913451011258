import type { IResourceMonitorClient } from "@pulumi/pulumi/proto/resource_grpc_pb";
import type { JavaScriptValue } from "google-protobuf/google/protobuf/struct_pb";
import { Struct } from "google-protobuf/google/protobuf/struct_pb";
import { version } from "@pulumi/kubernetes/package.json";
import { RegisterResourceRequest } from "@pulumi/pulumi/proto/resource_pb";
import type { RegisterResourceResponse } from "@pulumi/pulumi/proto/resource_pb";
import { compact } from "../base/values";
import type { Props } from "../base/values";

const SIGNATURE = "4dabf18193072939515e22adb298388d";
const RESOURCE = "5cf8f73096256a8f31e491e813e4eb8e";

export interface Registration {
  readonly type: string;
  readonly name: string;
  readonly object: Props;
  readonly parent: string;
  /** Reference of the provider instance; absent for the default one. */
  readonly provider?: string;
  readonly protect: boolean;
}

/**
 * Registers an object with the engine itself: the SDK would make an output of every node of it, and a
 * Gateway API definition has ten thousand. Answers a reference to the resource.
 */
export async function register(registration: Registration): Promise<Props> {
  const settings = await import("@pulumi/pulumi/runtime/settings.js");
  const monitor = settings.getMonitor() as IResourceMonitorClient | undefined;
  if (!monitor) throw new Error("the engine gave no resource monitor");
  const request = new RegisterResourceRequest()
    .setType(registration.type)
    .setName(registration.name)
    .setParent(registration.parent)
    .setCustom(true)
    .setObject(
      Struct.fromJavaScript(compact(registration.object) as Record<string, JavaScriptValue>),
    )
    .setVersion(version)
    .setAcceptsecrets(true)
    .setAcceptresources(true);
  if (registration.protect) request.setProtect(true);
  if (registration.provider) request.setProvider(registration.provider);
  const response = await new Promise<RegisterResourceResponse>((resolve, reject) =>
    monitor.registerResource(request, (error, answer) => (error ? reject(error) : resolve(answer))),
  );
  return { [SIGNATURE]: RESOURCE, urn: response.getUrn(), id: response.getId() };
}
