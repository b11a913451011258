import { spawn } from "node:child_process";
import { createRequire } from "node:module";
import * as grpc from "@grpc/grpc-js";
import * as language from "@pulumi/pulumi/proto/language_pb";
import { LanguageRuntimeService } from "@pulumi/pulumi/proto/language_grpc_pb.js";
import { PluginInfo } from "@pulumi/pulumi/proto/plugin_pb";
import {
  pluginArguments,
  pluginEnvironment,
  pluginRunner,
  runArguments,
  runEnvironment,
} from "./run";

/** How `@pulumi/pulumi/cmd/run` says that it has already told the engine what went wrong. */
const ALREADY_REPORTED = 32;

let engine =
  process.argv
    .slice(2)
    .filter((arg) => !arg.startsWith("-"))
    .pop() ?? "";

const run: grpc.handleUnaryCall<language.RunRequest, language.RunResponse> = (
  { request },
  done,
) => {
  const directory = request.getInfo()?.getProgramDirectory() ?? request.getPwd();
  // The program's own SDK, so that program and runner share one copy.
  const program = createRequire(`${directory}/package.json`);
  const options = request.getInfo()?.getOptions()?.toJavaScript() ?? {};
  const nodeArguments = String(options.nodeargs ?? "")
    .split(" ")
    .filter(Boolean);
  const child = spawn(
    process.execPath,
    [...nodeArguments, program.resolve("@pulumi/pulumi/cmd/run"), ...runArguments(request, engine)],
    {
      cwd: directory,
      env: { ...process.env, ...runEnvironment(request) },
      stdio: ["ignore", "pipe", "pipe"],
    },
  );
  // Standard output carries the port and nothing else.
  child.stdout.pipe(process.stderr, { end: false });
  child.stderr.pipe(process.stderr, { end: false });
  child.on("exit", (code, signal) => {
    const response = new language.RunResponse();
    if (code === ALREADY_REPORTED) response.setBail(true);
    else if (code !== 0) response.setError(`the program exited with ${code ?? signal}`);
    done(null, response);
  });
};

/** A component plugin or a policy pack: what `PulumiPlugin.yaml` or `PulumiPolicy.yaml` lies beside. */
const runPlugin: grpc.handleServerStreamingCall<
  language.RunPluginRequest,
  language.RunPluginResponse
> = (call) => {
  const { request } = call;
  const plugin = createRequire(`${request.getInfo()?.getProgramDirectory()}/package.json`);
  const { module, cwd } = pluginRunner(request);
  const child = spawn(process.execPath, [plugin.resolve(module), ...pluginArguments(request)], {
    cwd,
    env: pluginEnvironment(request),
    stdio: ["ignore", "pipe", "pipe"],
  });
  const answer = () => new language.RunPluginResponse();
  child.stdout.on("data", (chunk) => call.write(answer().setStdout(chunk)));
  child.stderr.on("data", (chunk) => call.write(answer().setStderr(chunk)));
  child.on("close", (code) => {
    call.write(answer().setExitcode(code ?? 1));
    call.end();
  });
  call.on("cancelled", () => child.kill());
};

const handlers: grpc.UntypedServiceImplementation = {
  ...Object.fromEntries(
    Object.keys(LanguageRuntimeService).map((method) => [
      method,
      (_call: unknown, done: grpc.sendUnaryData<unknown>) =>
        done({ code: grpc.status.UNIMPLEMENTED, details: method }),
    ]),
  ),
  handshake: (
    { request }: grpc.ServerUnaryCall<language.LanguageHandshakeRequest, unknown>,
    done: grpc.sendUnaryData<unknown>,
  ) => {
    engine = request.getEngineAddress() || engine;
    done(null, new language.LanguageHandshakeResponse());
  },
  getPluginInfo: (_call: unknown, done: grpc.sendUnaryData<unknown>) =>
    done(null, new PluginInfo().setVersion("3.0.0")),
  getRequiredPlugins: (_call: unknown, done: grpc.sendUnaryData<unknown>) =>
    done(null, new language.GetRequiredPluginsResponse()),
  getRequiredPackages: (_call: unknown, done: grpc.sendUnaryData<unknown>) =>
    done(null, new language.GetRequiredPackagesResponse()),
  // Of a plugin: the lab installs what it starts.
  installDependencies: (call: grpc.ServerWritableStream<unknown, unknown>) => call.end(),
  run: run as grpc.UntypedHandleCall,
  runPlugin: runPlugin as grpc.UntypedHandleCall,
};

const server = new grpc.Server();
server.addService(LanguageRuntimeService, handlers);
server.bindAsync("127.0.0.1:0", grpc.ServerCredentials.createInsecure(), (error, port) => {
  if (error) throw error;
  console.log(String(port));
});
