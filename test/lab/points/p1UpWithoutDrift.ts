import * as assert from "node:assert/strict";
import type { Json } from "../machine/kube";
import { strict, type Check } from "../run/check";
import { failure } from "../run/cli";
import { ownWebhooks } from "../run/webhooks";

const up: Check = {
  key: "up",
  whole: true,
  point: 1,
  title: "up from nothing in one go",
  async run({ cli }) {
    await cli.demand("stack", "init", cli.options.stack);
    const outcome = await cli.operate("up");
    assert.equal(outcome.code, 0, `expected \`up\` to succeed; it ended with ${failure(outcome)}`);
  },
};

/** What a user runs to see whether the world is as the program says. */
const quiet: Check = {
  key: "quiet",
  whole: true,
  point: 1,
  title: "preview --refresh finds no change",
  async run({ cli }) {
    const outcome = await cli.preview("--refresh", "--expect-no-changes");
    assert.equal(outcome.code, 0, `expected no change; \`preview\` ended with ${failure(outcome)}`);
  },
};

/** istiod edits a webhook whose bundle differs from its root, by one byte or more. */
const ownedByHelm: Check = {
  key: "owned-by-helm",
  point: 1,
  title: "webhook configurations are managed by Helm alone",
  async run({ members, cluster, configured }) {
    for (const name of members) {
      const found = await ownWebhooks(cluster(name));
      const least = configured.includes(name) ? 2 : 1;
      assert.ok(found.length >= least, `${name}: expected Istio's webhooks, found ${found.length}`);
      for (const { metadata } of found) {
        const managers = new Set(metadata.managedFields.map((one: Json) => one.manager));
        assert.deepEqual([...managers], ["helm"], `${name}: ${metadata.name} has other managers`);
      }
    }
  },
};

const policies = "/apis/security.istio.io/v1/namespaces";
const label = "topology.istio.io/network";

/** Exactly these two: nothing else has changed, whatever has happened to the mesh in this run. */
const drift: Check = {
  key: "drift",
  point: 1,
  title: "after istiod has run for a while, a hand-patched and a deleted object alone are reported",
  skip: strict,
  async run({ configured: [name], cluster, namespace, cli, networkOf }) {
    const { kube } = cluster(name);
    const path = `/api/v1/namespaces/${namespace}`;
    const strict = `${policies}/${namespace}/peerauthentications/default`;
    // Removed and not changed: a value of someone else's would be a conflict instead.
    const relabel = (network: string | null) =>
      kube.patch(path, { metadata: { labels: { [label]: network } } });
    assert.equal(
      (await kube.get(path)).metadata.labels[label],
      networkOf(name),
      `${name}: network`,
    );
    assert.ok(await kube.find(strict), `${name}: expected a PeerAuthentication to delete`);
    await relabel(null);
    await kube.delete(strict);
    const { code, steps } = await cli.preview("--refresh", "--expect-no-changes");
    await relabel(networkOf(name));
    assert.notEqual(code, 0, "expected `preview` to refuse the drift; it found no change");
    const expected = [
      "create kubernetes:security.istio.io/v1:PeerAuthentication ",
      `update kubernetes:core/v1:Namespace metadata.labels["${label}"]`,
    ];
    const found = steps.map(({ op, type, keys }) => `${op} ${type} ${keys}`).sort();
    assert.deepEqual(found, expected, "expected exactly the two objects to be reported");
  },
};

export const upChecks = [up, quiet] as const satisfies readonly Check[];
export const driftChecks = [ownedByHelm, drift] as const satisfies readonly Check[];
