import type { RunPluginRequest, RunRequest } from "@pulumi/pulumi/proto/language_pb";

/** Arguments of `@pulumi/pulumi/cmd/run`; one that it does not know it ignores without a word. */
export function runArguments(request: RunRequest, engineAddress: string): string[] {
  const info = request.getInfo();
  return [
    ["--monitor", request.getMonitorAddress()],
    ["--engine", engineAddress],
    ["--project", request.getProject()],
    ["--stack", request.getStack()],
    ["--organization", request.getOrganization()],
    ["--root-directory", info?.getRootDirectory() ?? request.getPwd()],
    ["--pwd", info?.getProgramDirectory() ?? request.getPwd()],
    ["--parallel", String(request.getParallel())],
    request.getDryrun() ? ["--dry-run"] : [],
    [info?.getEntryPoint() ?? request.getProgram()],
  ].flat();
}

export function runEnvironment(request: RunRequest): NodeJS.ProcessEnv {
  const config = Object.fromEntries(request.getConfigMap().getEntryList());
  const { typescript = true } = request.getInfo()?.getOptions()?.toJavaScript() ?? {};
  return {
    PULUMI_NODEJS_TYPESCRIPT: String(typescript),
    PULUMI_CONFIG: JSON.stringify(config),
    PULUMI_CONFIG_SECRET_KEYS: JSON.stringify(request.getConfigsecretkeysList()),
  };
}

/** What starts a plugin, and where: all three after `RunPlugin` of sdk/nodejs/cmd/pulumi-language-nodejs/main.go. */
export function pluginRunner(request: RunPluginRequest): { module: string; cwd: string } {
  const folder = request.getInfo()?.getProgramDirectory() ?? "";
  // A policy pack reads its version from the package.json of where it runs.
  return isPolicyPack(request)
    ? { module: "@pulumi/pulumi/cmd/run-policy-pack", cwd: folder }
    : { module: "@pulumi/pulumi/cmd/run-plugin", cwd: request.getPwd() };
}

/** The plugin's folder, then what the engine gives a plugin; of a policy pack the folder comes last. */
export function pluginArguments(request: RunPluginRequest): string[] {
  const folder = request.getInfo()?.getProgramDirectory() ?? "";
  const given = request.getArgsList();
  return isPolicyPack(request) ? [...given, folder] : [folder, ...given];
}

function isPolicyPack(request: RunPluginRequest): boolean {
  return request.getKind() === "analyzer";
}

/** The engine's environment, and nothing of the host's own. */
export function pluginEnvironment(request: RunPluginRequest): NodeJS.ProcessEnv {
  const pairs = request.getEnvList().map((pair) => {
    const at = pair.indexOf("=");
    return [pair.slice(0, at), pair.slice(at + 1)];
  });
  return { ...Object.fromEntries(pairs), PULUMI_NODEJS_TYPESCRIPT: "true" };
}
