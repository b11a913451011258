/** Holds real clusters against a plan. */
import { checkTopology } from "../../components/mesh";
import type { Planned } from "../../components/mesh";
import { refuseDescription } from "../problems";
import { readStackFile, stackNameOf } from "../stackFile";
import { openAccess } from "./access";
import type { Access } from "./access";
import { loadKubeconfigs } from "./kubeconfigs";
import type { KubeconfigOptions } from "./kubeconfigs";
import type { Progress } from "./progress";
import { expectedClusters } from "./standing/expected";
import { Level } from "./standing/finding";
import { findingsOf } from "./standing/findings";
import type { Finding } from "./standing/finding";
import { readCluster } from "./standing/read";
import type { Verified } from "./verified";

export interface VerifyOptions extends KubeconfigOptions {
  file: string;
}

/** Reads the plan of a stack file and what stands of it. A user's mistake is thrown as `Refusal`. */
export async function verify(options: VerifyOptions, progress: Progress): Promise<Verified> {
  const planned = plannedOf(options);
  const configs = await loadKubeconfigs(planned, options);
  const accesses: Record<string, Access> = {};
  for (const [name, config] of Object.entries(configs)) accesses[name] = await openAccess(config);
  const findings = await readStanding(planned, accesses, progress);
  return { name: planned.topology.name, clusters: namesOf(planned), findings };
}

function plannedOf({ file, stack = stackNameOf(file) }: VerifyOptions): Planned {
  const { region, description } = readStackFile(file, stack);
  const { planned, problems } = checkTopology(description, { name: stack, region, offline: true });
  return planned ?? refuseDescription(problems);
}

function namesOf(planned: Planned): string[] {
  return expectedClusters(planned).map(({ name }) => name);
}

/** All clusters at once; of one that no kubeconfig leads to there is nothing but that to say. */
async function readStanding(
  planned: Planned,
  accesses: Record<string, Access>,
  progress: Progress,
): Promise<Finding[]> {
  const expected = expectedClusters(planned);
  const led = expected.filter(({ name }) => accesses[name] !== undefined);
  let done = 0;
  const tell = () => progress.say(`looking at clusters: ${done} of ${led.length}`);
  tell();
  const observed = await Promise.all(
    led.map(async (cluster) => {
      const found = await readCluster(accesses[cluster.name]!, cluster);
      done += 1;
      tell();
      return found;
    }),
  );
  progress.end();
  const lost = expected.filter(({ name }) => accesses[name] === undefined);
  return [...findingsOf(expected, observed, new Date()), ...lost.map(({ name }) => unled(name))];
}

function unled(cluster: string): Finding {
  const says = `no context leads to it: name one with --context ${cluster}=<context>`;
  return { cluster, what: "API server", level: Level.Unread, says };
}
