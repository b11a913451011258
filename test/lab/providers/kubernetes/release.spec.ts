import assert from "node:assert";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { gzipSync } from "node:zlib";
import { NotReady } from "../base/provider";
import type { Props } from "../base/values";
import type { Client } from "./client";
import { ReleaseResource } from "./release";

/** Helm's record of a release, as its Secret holds it. */
function record(status: string, version: number): Props {
  const chart = { metadata: { name: "base", version: "1.0.0", appVersion: "1.0.0" } };
  const release = { version, chart, info: { status }, manifest: "", config: {} };
  const stored = gzipSync(JSON.stringify(release)).toString("base64");
  return { data: { release: Buffer.from(stored).toString("base64") } };
}

const inputs = { name: "it", namespace: "ns", chart: "/charts/base", timeout: 60, atomic: true };

const call = (more: Props = {}) => ({
  ...{ urn: "urn", type: "kubernetes:helm.sh/v3:Release", name: "it", id: "ns/it" },
  ...{ preview: false, timeout: 0, inputs: { ...inputs, ...more } },
});

const change = (more: Props = {}) => ({ ...call(more), oldInputs: inputs, oldOutputs: inputs });

describe("kubernetes stand-in: releases", () => {
  const before = process.env.LAB_HELM;
  let folder: string;
  let records: Props[];
  let releases: ReleaseResource;

  /** A helm that notes its arguments and ends as told. */
  function helmEnds(code: number, stderr = ""): void {
    const helm = path.join(folder, "helm");
    const lines = ["#!/bin/sh", `echo "$@" >> ${folder}/calls`, `echo "${stderr}" >&2`];
    fs.writeFileSync(helm, [...lines, `exit ${code}`, ""].join("\n"), { mode: 0o755 });
    process.env.LAB_HELM = helm;
  }
  const calls = () => fs.readFileSync(path.join(folder, "calls"), "utf8").trim().split("\n");

  beforeEach(() => {
    folder = fs.mkdtempSync(path.join(os.tmpdir(), "lab-release-"));
    records = [];
    const client = { kubeconfig: "", list: async () => records } as unknown as Client;
    releases = new ReleaseResource(() => client, "");
  });
  afterEach(() => {
    fs.rmSync(folder, { recursive: true });
    if (before === undefined) delete process.env.LAB_HELM;
    else process.env.LAB_HELM = before;
  });

  it("are installed when created and upgraded when updated, with the switches of each", async () => {
    helmEnds(0);
    records = [record("deployed", 1)];
    const given = { skipCrds: true, cleanupOnFail: true, maxHistory: 3, waitForJobs: true };
    const { id } = await releases.create(call(given));
    await releases.update(change(given));
    await releases.update(change({ skipAwait: true }));
    const common = "it /charts/base --namespace ns --timeout 60s";
    assert.strictEqual(id, "ns/it");
    assert.deepStrictEqual(calls(), [
      `install ${common} --wait --wait-for-jobs --atomic --skip-crds`,
      `upgrade ${common} --wait --wait-for-jobs --history-max 3 --atomic --cleanup-on-fail`,
      `upgrade ${common} --history-max 0 --atomic`,
    ]);
  });

  it("are refused under a name that is in use, and not taken into the state", async () => {
    helmEnds(1, "Error: INSTALLATION FAILED: cannot re-use a name that is still in use");
    records = [record("deployed", 1)];
    await assert.rejects(releases.create(call()), (error: Error) => {
      assert.ok(!(error instanceof NotReady));
      assert.match(error.message, /cannot re-use a name that is still in use/);
      return true;
    });
  });

  it("that helm refused to record are not taken into the state either", async () => {
    helmEnds(1, "Error: INSTALLATION FAILED: template: nil pointer");
    await assert.rejects(releases.create(call()), (error: Error) => !(error instanceof NotReady));
  });

  it("that failed once are kept with their status, and upgraded the next time", async () => {
    helmEnds(1, "Error: INSTALLATION FAILED: context deadline exceeded");
    records = [record("failed", 1)];
    await assert.rejects(releases.create(call()), (error: Error) => {
      assert.ok(error instanceof NotReady);
      assert.match(error.message, /"ns\/it" was created, but failed.*deadline exceeded/);
      assert.strictEqual((error.live.outputs.status as Props).status, "failed");
      return true;
    });
    helmEnds(0);
    records = [record("failed", 1), record("deployed", 2)];
    const { outputs } = await releases.update(change());
    assert.strictEqual((outputs.status as Props).status, "deployed");
    assert.deepStrictEqual(
      calls().map((line) => line.split(" ")[0]),
      ["install", "upgrade"],
    );
  });
});
