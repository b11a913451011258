import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { createRequire } from "node:module";
import { join } from "node:path";
import * as grpc from "@grpc/grpc-js";
import { AnalyzerClient } from "@pulumi/pulumi/proto/analyzer_grpc_pb";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import { rules } from "../policy/rules";
import { consumer, installed, ROOT } from "./support/consumer";

interface Info {
  toObject(): { name: string; version: string; policiesList: { name: string }[] };
}

/** What a pack says of itself once Pulumi's language host has started it: `RunPlugin` of pulumi-language-nodejs. */
async function infoOf(folder: string) {
  const runner = createRequire(`${folder}/package.json`).resolve(
    "@pulumi/pulumi/cmd/run-policy-pack",
  );
  const child = spawn(process.execPath, [runner, "127.0.0.1:1", folder], { cwd: folder });
  let errors = "";
  child.stderr.on("data", (chunk) => (errors += chunk));
  try {
    const ended = once(child, "exit").then(() => Promise.reject(new Error(errors)));
    const [port] = await Promise.race([once(createInterface(child.stdout), "line"), ended]);
    const client = new AnalyzerClient(`127.0.0.1:${port}`, grpc.credentials.createInsecure());
    const info = await new Promise<Info>((resolve, reject) =>
      client.getAnalyzerInfo(new Empty(), (error: Error | null, answer: Info) =>
        error ? reject(error) : resolve(answer),
      ),
    );
    client.close();
    return info.toObject();
  } finally {
    child.kill();
  }
}

describe("the policy pack", function () {
  this.timeout(1_200_000);
  const names = rules(() => "").map(({ name }) => name);

  const places = {
    "that the package brings": () => join(consumer, "node_modules/istio-patterns/bin/policy"),
    "of a checkout": () => join(ROOT, "policy"),
  };
  for (const [which, folder] of Object.entries(places))
    it(`${which} starts, with every rule`, async () => {
      await installed;
      const { name, version, policiesList } = await infoOf(folder());
      assert.equal(name, "istio-patterns");
      assert.match(version, /^\d+\.\d+\.\d+$/);
      assert.deepEqual(
        policiesList.map((policy) => policy.name),
        names,
      );
    });
});
