import * as grpc from "@grpc/grpc-js";
import { ResourceProviderService } from "@pulumi/pulumi/proto/provider_grpc_pb.js";
import { constructComponent } from "./construct";
import type { Provider } from "./provider";
import { ProviderServer } from "./server";

const MESSAGE_LIMIT = 400 * 1024 * 1024;

/** Serves a provider the way the engine expects: the port is the first line on standard output. */
export function serve(provider: Provider): void {
  const server = new grpc.Server({
    "grpc.max_receive_message_length": MESSAGE_LIMIT,
    "grpc.max_send_message_length": MESSAGE_LIMIT,
  });
  const engine = engineAddress(process.argv.slice(2));
  const handlers = new ProviderServer(provider, (request) =>
    constructComponent(provider, engine, request),
  );
  // The operation that it belongs to fails by itself; the process serves others too.
  process.on("unhandledRejection", (error) =>
    console.error(error instanceof Error ? error.message : error),
  );
  server.addService(ResourceProviderService, handlers.service());
  server.bindAsync("127.0.0.1:0", grpc.ServerCredentials.createInsecure(), (error, port) => {
    if (error) throw error;
    console.log(String(port));
  });
  endWithParent();
}

/** The last argument that is no flag; the engine may put logging flags before it. */
function engineAddress(args: readonly string[]): string {
  return args.filter((arg) => !arg.startsWith("-")).pop() ?? "";
}

/** An engine that was killed cannot say so; a provider that outlived it would work against the next one. */
function endWithParent(): void {
  const parent = process.ppid;
  const watch = setInterval(() => process.ppid !== parent && process.exit(0), 1000);
  watch.unref();
}
