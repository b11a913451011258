import * as assert from "node:assert/strict";
import type { Json } from "../machine/kube";
import { broken, strictPath, withoutObject } from "../run/breaking";
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

/** A tag is of objects that the program applies, the default's validator among them; everything else comes with a release. */
const isOfTag = ({ metadata }: Json): boolean =>
  metadata.labels?.["app.kubernetes.io/managed-by"] !== "Helm";

/** Helm writes under the name of the program that it is part of (helm, pkg/kube/client.go, getManagedFieldsManager). */
const helm = "pulumi-resource-kubernetes";

/** istiod edits a webhook whose bundle differs from its root, by one byte or more. */
const ownedByHelm: Check = {
  key: "owned-by-helm",
  point: 1,
  title: "webhook configurations are managed by Helm alone, those of tags are only applied",
  async run({ members, cluster, configured }) {
    for (const name of members) {
      const found = await ownWebhooks(cluster(name));
      const least = configured.includes(name) ? 2 : 1;
      assert.ok(found.length >= least, `${name}: expected Istio's webhooks, found ${found.length}`);
      for (const one of found) {
        const { name: called, managedFields } = one.metadata;
        const how = isOfTag(one) ? "operation" : "manager";
        const writers = new Set(managedFields.map((field: Json) => field[how]));
        const expected = isOfTag(one) ? "Apply" : helm;
        assert.deepEqual([...writers], [expected], `${name}: ${called} has other managers`);
      }
    }
  },
};

const label = "topology.istio.io/network";

/** Exactly these two: nothing else has changed, whatever has happened to the mesh in this run. */
const drift: Check = {
  key: "drift",
  point: 1,
  title: "after istiod has run for a while, a hand-patched and a deleted object alone are reported",
  skip: strict,
  async run(session) {
    const { configured, cluster, namespace, cli, networkOf } = session;
    const [name] = configured;
    const { kube } = cluster(name);
    const path = `/api/v1/namespaces/${namespace}`;
    // Removed and not changed: a value of someone else's would be a conflict instead.
    const relabel = (network: string | null) =>
      kube.patch(path, { metadata: { labels: { [label]: network } } });
    assert.equal(
      (await kube.get(path)).metadata.labels[label],
      networkOf(name),
      `${name}: network`,
    );
    const breaks = async () => {
      const giveBack = await withoutObject(kube, strictPath(session));
      await relabel(null);
      return async () => {
        await relabel(networkOf(name));
        await giveBack();
      };
    };
    const preview = () => cli.preview("--refresh", "--expect-no-changes");
    const { code, steps } = await broken(breaks, preview);
    assert.notEqual(code, 0, "expected `preview` to refuse the drift; it found no change");
    const expected = [
      "create kubernetes:security.istio.io/v1:PeerAuthentication ",
      `update kubernetes:core/v1:Namespace metadata.labels["${label}"]`,
    ];
    const found = steps.map(({ op, type, paths }) => `${op} ${type} ${paths}`).sort();
    assert.deepEqual(found, expected, "expected exactly the two objects to be reported");
  },
};

export const upChecks = [up, quiet] as const satisfies readonly Check[];
export const driftChecks = [ownedByHelm, drift] as const satisfies readonly Check[];
