import * as assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import { isAsPlanned } from "../../../cli/verify/verified";
import type { Json } from "../machine/kube";
import { command, until } from "../machine/processes";
import { severalClusters, type Check } from "../run/check";
import { isReady } from "../run/istiod";
import type { Session } from "../run/session";
import { verifyStack, wrongIn } from "../run/verifying";

const ready: Check = {
  key: "ready",
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
    const expected = session.members.filter((name) => name !== istiod.clusterId).sort();
    let seen = "";
    await until(`${istiod.name}: clusters ${expected.join(", ") || "none"}`, seconds, async () => {
      const all: Json[] = (await istiod.debug("clusterz")) ?? [];
      const others = all.filter(({ id }) => id !== istiod.clusterId);
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
  key: "clusterz",
  point: 2,
  title: "/debug/clusterz lists exactly the other members, all synced",
  run: (session) => demandSynced(session),
};

/** One file with every member as a context: a cluster that only runs istiod is no part of what is analyzed. */
async function writeKubeconfig({ work, members, cluster }: Session): Promise<string> {
  const all = members.map((name) => JSON.parse(fs.readFileSync(cluster(name).kubeconfig, "utf8")));
  const join = (list: string) => all.flatMap((one) => one[list]);
  const lists = { clusters: join("clusters"), users: join("users"), contexts: join("contexts") };
  const file = path.join(work, "members-kubeconfig");
  fs.writeFileSync(file, JSON.stringify({ apiVersion: "v1", kind: "Config", ...lists }));
  return file;
}

/** A remote's Service istiod has two ports of the four where istiod runs, as Istio's own chart makes it. */
const isRelay = ({ code, origin }: Json, { namespace, remotes, istiod }: Session): boolean =>
  remotes.length > 0 && code === "IST0170" && origin === `Service ${namespace}/${istiod}`;

/** It reads webhooks of one revision alone, of "default" unless it is told another, and would miss what injects gateways. */
function revisionWords({ relation }: Session): string[] {
  const [{ name }] = relation.revisions;
  return name === undefined ? [] : ["--revision", name];
}

/**
 * Without the contexts istioctl would read istiod's own Secrets, whose tokens are in files that only istiod has, and
 * wait for ever.
 */
const analyze: Check = {
  key: "analyze",
  point: 2,
  title: "istioctl analyze -A finds nothing",
  async run(session) {
    const { configured, machine, members, namespace } = session;
    const istioctl = path.join(machine.options.tools.bin, "istioctl");
    const kubeconfig = await writeKubeconfig(session);
    for (const name of configured) {
      const others = members.filter((member) => member !== name);
      const remote = others.map((member) => `--remote-contexts=${session.cluster(member).name}`);
      const { name: context } = session.cluster(name);
      const where = ["--kubeconfig", kubeconfig, "--context", context, "-i", namespace];
      const words = ["analyze", "-A", ...revisionWords(session), ...where];
      const options = ["-o", "json", "--failure-threshold", "Info"];
      const limited = ["60", istioctl, ...words, ...remote, ...options];
      const output = await command("timeout", ...limited).catch((error: Error) => error.message);
      const json = /\[[\s\S]*\]/.exec(output)?.[0];
      if (!json) assert.match(output, /No validation issues found/, `${name}: istioctl analyze`);
      const all: Json[] = JSON.parse(json ?? "[]");
      // "Info" tells of namespaces outside the mesh.
      const found = all.filter((one) => one.level !== "Info" && !isRelay(one, session));
      const messages = found.map(({ code, origin, message }) => `${code} ${origin}: ${message}`);
      assert.deepEqual(messages, [], `${name}: expected nothing from \`istioctl analyze\``);
    }
  },
};

/** Asked through the API server and the kubelet, as a person would. */
const remoteClusters: Check = {
  key: "remote-clusters",
  point: 2,
  title: "istioctl remote-clusters shows every other member as synced",
  skip: severalClusters,
  async run({ istiods, machine, members, namespace }) {
    const istioctl = path.join(machine.options.tools.bin, "istioctl");
    for (const { name, clusterId, cluster } of istiods) {
      const words = ["remote-clusters", "--kubeconfig", cluster.kubeconfig, "-i", namespace];
      const output = await command("timeout", "30", istioctl, ...words);
      const rows = output.trim().split("\n").slice(1);
      for (const other of members.filter((member) => member !== clusterId)) {
        const mine = rows.filter((row) => new RegExp(`^${other}\\s.*\\ssynced\\s`).test(row));
        assert.ok(mine.length > 0, `${name}: expected ${other} synced in:\n${output}`);
      }
    }
  },
};

/** As a user runs it: what it says is not as planned, or could not be read, is what is wrong. */
const verified: Check = {
  key: "verified",
  whole: true,
  point: 2,
  title: "verify --read-only finds all that stands as planned",
  async run(session) {
    let seen: string[] = [];
    await until("all as planned", 60, async () => {
      const found = await verifyStack(session);
      seen = wrongIn(found);
      return found.findings.length > 0 && isAsPlanned(found);
    }).catch((error: Error) => {
      throw new Error(`${error.message}; it finds\n${seen.join("\n")}`);
    });
  },
};

/** The reason in one place: without members elsewhere the page is empty by definition. */
export const seeingChecks = [
  ready,
  { ...clusterz, skip: severalClusters },
  analyze,
  remoteClusters,
  verified,
] as const satisfies readonly Check[];
