import { shellCommand } from "../machine/enter";
import { failure } from "./cli";
import { startSession, type PatternOptions } from "./pattern";

/** Builds one pattern and leaves it running for a person, until interrupted. */
export async function keepPattern(options: PatternOptions): Promise<void> {
  const session = await startSession(options);
  const { machine, cli, work } = session;
  const stopped = new Promise<void>((resolve) => {
    (["SIGINT", "SIGTERM"] as const).forEach((signal) => process.once(signal, () => resolve()));
  });
  try {
    await cli.demand("stack", "init", cli.options.stack);
    const outcome = await cli.operate("up");
    console.log(outcome.code === 0 ? "\nup" : `\nup ended with ${failure(outcome)}`);
    console.log(`\nget in:      ${shellCommand(work)}`);
    console.log(`then:        export PATH=${machine.environment.PATH}`);
    console.log(`logs:        ${work}/logs`);
    for (const { name, kubeconfig, kubelet } of machine.clusters.values()) {
      console.log(`${name}:  export KUBECONFIG=${kubeconfig}`);
      for (const pod of kubelet.processes.values()) {
        console.log(`  ${pod.name}: curl ${pod.loopback(8080)}/debug/list`);
      }
    }
    console.log("\nto end: interrupt");
    await stopped;
  } finally {
    await machine.stop();
  }
}
