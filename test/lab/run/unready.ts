import * as fs from "node:fs";
import type { Json } from "../machine/kube";
import type { Cluster } from "../machine/machine";
import type { Session } from "./session";

/** Lines of a log that say why a program does not go on. */
const lastLines = 12;

const isReady = ({ status, metadata }: Json): boolean =>
  metadata.deletionTimestamp !== undefined ||
  (status.conditions ?? []).some(({ type, status: is }: Json) => type === "Ready" && is === "True");

function saidBy(cluster: Cluster, { metadata }: Json): string[] {
  const services = cluster.kubelet.processes.get(metadata.uid)?.services ?? new Map();
  return [...services].flatMap(([container, { log }]) => {
    const lines = fs.existsSync(log) ? fs.readFileSync(log, "utf8").trimEnd().split("\n") : [];
    return lines.slice(-lastLines).map((line) => `    ${container}: ${line}`);
  });
}

async function unreadyIn(name: string, cluster: Cluster): Promise<string[]> {
  const pods = await cluster.kube.list("/api/v1/pods");
  return pods
    .filter((pod) => !isReady(pod))
    .flatMap((pod) => {
      const { namespace, name: called } = pod.metadata;
      const conditions = (pod.status.conditions ?? [])
        .filter(({ status }: Json) => status !== "True")
        .map(({ type, message = "" }: Json) => `${type} ${message}`.trim());
      const says = `  ${name}: ${namespace}/${called} is ${pod.status.phase}; not ${conditions.join(", ")}`;
      return [says, ...saidBy(cluster, pod)];
    });
}

/** Pods that are not Ready as a check fails, with the last that their programs wrote: what was waited for is mostly among them. */
export async function unready({ machine }: Session): Promise<string> {
  const found = await Promise.all(
    [...machine.clusters].map(([name, cluster]) =>
      unreadyIn(name, cluster).catch((error: Error) => [`  ${name}: ${error.message}`]),
    ),
  );
  const lines = found.flat();
  return lines.length > 0 ? ["pods that are not Ready:", ...lines].join("\n") : "";
}
