import * as assert from "node:assert/strict";
import * as path from "node:path";
import type { Json } from "../machine/kube";
import { command, until } from "../machine/processes";
import { severalClusters, type Check } from "../run/check";
import { isReady } from "../run/istiod";
import type { Session } from "../run/session";

const ready: Check = {
  point: 2,
  title: "every istiod is Ready and runs as a process",
  async run(session) {
    for (const istiod of session.istiods) {
      const pods = await istiod.pods();
      assert.ok(pods.length >= 1, `${istiod.name}: expected an istiod, found no pod`);
      for (const pod of pods) {
        assert.ok(isReady(pod), `${istiod.name}: ${pod.metadata.name} is not Ready`);
        const running = istiod.cluster.kubelet.processes.has(pod.metadata.uid);
        assert.ok(running, `${istiod.name}: ${pod.metadata.name} is only pretended`);
      }
    }
  },
};

/** Waits until every istiod lists exactly the other members, all synced; says what the last one saw. */
export async function demandSynced(session: Session, seconds = 60): Promise<void> {
  for (const istiod of session.istiods) {
    const expected = session.members.filter((name) => name !== istiod.name).sort();
    let seen = "";
    await until(`${istiod.name}: clusters ${expected.join(", ") || "none"}`, seconds, async () => {
      const all: Json[] = (await istiod.debug("clusterz")) ?? [];
      const others = all.filter(({ id }) => id !== istiod.name);
      seen = others.map(({ id, syncStatus }) => `${id} ${syncStatus}`).join(", ");
      const synced = others.filter(({ syncStatus }) => syncStatus === "synced");
      const ids = synced.map(({ id }) => id).sort();
      return others.length === synced.length && ids.join() === expected.join();
    }).catch((error: Error) => {
      throw new Error(`${error.message}; /debug/clusterz lists: ${seen || "no other cluster"}`);
    });
  }
}

const clusterz: Check = {
  point: 2,
  title: "/debug/clusterz lists exactly the other members, all synced",
  run: (session) => demandSynced(session),
};

const analyze: Check = {
  point: 2,
  title: "istioctl analyze -A finds nothing",
  async run({ istiods, machine }) {
    const istioctl = path.join(machine.options.tools.bin, "istioctl");
    for (const { name, cluster } of istiods) {
      const words = ["analyze", "-A", "--kubeconfig", cluster.kubeconfig, "-o", "json"];
      const output = await command(istioctl, ...words, "--failure-threshold", "Info").catch(
        (error: Error) => error.message,
      );
      const found: Json[] = JSON.parse(/\[[\s\S]*\]/.exec(output)?.[0] ?? "[]");
      const messages = found.map(({ code, origin, message }) => `${code} ${origin}: ${message}`);
      assert.deepEqual(messages, [], `${name}: expected nothing from \`istioctl analyze\``);
    }
  },
};

/** The reason in one place: without members elsewhere the page is empty by definition. */
export const seeingChecks = [
  ready,
  { ...clusterz, skip: severalClusters },
  analyze,
] as const satisfies readonly Check[];
