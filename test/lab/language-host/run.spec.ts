import assert from "node:assert";
import * as fs from "node:fs";
import { Struct } from "google-protobuf/google/protobuf/struct_pb.js";
import * as language from "@pulumi/pulumi/proto/language_pb";
import {
  pluginArguments,
  pluginEnvironment,
  pluginRunner,
  runArguments,
  runEnvironment,
} from "./run";

function request(dryRun: boolean): language.RunRequest {
  const info = new language.ProgramInfo()
    .setRootDirectory("/root")
    .setProgramDirectory("/root/program")
    .setEntryPoint("./index.ts");
  const request = new language.RunRequest().setProject("p").setStack("s").setInfo(info);
  request.getConfigMap().set("p:key", "value");
  return request.setDryrun(dryRun).setConfigsecretkeysList(["p:secret"]);
}

describe("language host", () => {
  // An unknown flag is ignored: every preview would run as if it were an update.
  it("gives the SDK's runner only flags that it knows", () => {
    const runner = fs.readFileSync(require.resolve("@pulumi/pulumi/cmd/run"), "utf8");
    const flags = runArguments(request(true), "e").filter((argument) => argument.startsWith("--"));
    const unknown = flags.filter((flag) => !runner.includes(`"${flag.slice(2)}"`));
    assert.deepStrictEqual(unknown, []);
    assert.ok(flags.includes("--dry-run"));
  });

  it("says that it is a preview only where it is one", () => {
    assert.ok(!runArguments(request(false), "e").includes("--dry-run"));
  });

  it("ends with the program, and runs it in its own directory", () => {
    const given = runArguments(request(false), "engine:1");
    assert.strictEqual(given.at(-1), "./index.ts");
    assert.strictEqual(given[given.indexOf("--pwd") + 1], "/root/program");
    assert.strictEqual(given[given.indexOf("--engine") + 1], "engine:1");
  });

  it("has TypeScript compiled unless the project says that it is", () => {
    const asked = request(false);
    assert.strictEqual(runEnvironment(asked).PULUMI_NODEJS_TYPESCRIPT, "true");
    asked.getInfo()?.setOptions(Struct.fromJavaScript({ typescript: false }));
    assert.strictEqual(runEnvironment(asked).PULUMI_NODEJS_TYPESCRIPT, "false");
  });

  it("gives a plugin its folder, then what the engine gives it", () => {
    const info = new language.ProgramInfo().setProgramDirectory("/plugin");
    const asked = new language.RunPluginRequest().setInfo(info).setArgsList(["127.0.0.1:1"]);
    assert.deepStrictEqual(pluginArguments(asked), ["/plugin", "127.0.0.1:1"]);
  });

  it("starts a policy pack in its own folder, which comes last", () => {
    const info = new language.ProgramInfo().setProgramDirectory("/pack");
    const asked = new language.RunPluginRequest().setInfo(info).setArgsList(["127.0.0.1:1"]);
    asked.setKind("analyzer").setPwd("/project");
    assert.deepStrictEqual(pluginArguments(asked), ["127.0.0.1:1", "/pack"]);
    const module = "@pulumi/pulumi/cmd/run-policy-pack";
    assert.deepStrictEqual(pluginRunner(asked), { module, cwd: "/pack" });
    assert.ok(require.resolve(module));
  });

  it("gives a plugin the engine's environment, with values that have an equals sign", () => {
    const asked = new language.RunPluginRequest().setEnvList(["A=b=c", "D="]);
    const expected = { A: "b=c", D: "", PULUMI_NODEJS_TYPESCRIPT: "true" };
    assert.deepStrictEqual(pluginEnvironment(asked), expected);
  });

  it("passes configuration and which of its keys are secret", () => {
    const environment = runEnvironment(request(false));
    assert.strictEqual(environment.PULUMI_CONFIG, '{"p:key":"value"}');
    assert.strictEqual(environment.PULUMI_CONFIG_SECRET_KEYS, '["p:secret"]');
  });
});
