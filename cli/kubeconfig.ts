/** `kubeconfig`: contexts of a stack's clusters, merged into the file that kubectl reads. */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import type { Command } from "commander";
import { parse, stringify } from "yaml";
import { exitHelp } from "./exitCode";
import type { Streams } from "./exitCode";
import { refuseArgument } from "./problems";
import { kubeconfigsOf } from "./verify/kubeconfigs";

interface Options {
  stack: string;
  output?: string;
  prefix: string;
}

interface Named {
  name: string;
}

interface Kubeconfig extends Record<string, unknown> {
  clusters?: (Named & { cluster: { server?: string } })[];
  users?: (Named & { user: unknown })[];
  contexts?: (Named & { context: { cluster: string; user: string; namespace?: string } })[];
  "current-context"?: string;
}

const EMPTY: Kubeconfig = { apiVersion: "v1", kind: "Config" };

export function addKubeconfig(program: Command, streams: Streams): void {
  program
    .command("kubeconfig")
    .description("merge contexts of a stack's clusters into a kubeconfig")
    .requiredOption("--stack <name>", "stack whose output `kubeconfigs` `pulumi` is asked for")
    .option("--output <file>", "kubeconfig to merge into (default: kubectl's)")
    .option("--prefix <text>", "before each cluster's name in names of contexts", "")
    .addHelpText("after", exitHelp())
    .action((options: Options) => write(options, streams));
}

async function write({ stack, output, prefix }: Options, { stdout }: Streams): Promise<void> {
  const file = output ?? defaultFile();
  const texts = await kubeconfigsOf(stack);
  let whole = readWhole(file);
  for (const [cluster, text] of Object.entries(texts))
    whole = merged(whole, `${prefix}${cluster}`, parse(text) as Kubeconfig, file);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, stringify(whole), { mode: 0o600 });
  const names = Object.keys(texts).map((cluster) => `${prefix}${cluster}`);
  const [first] = names;
  stdout.write(`wrote ${file}: ${names.join(", ") || "no cluster"}\n`);
  if (first !== undefined) stdout.write(`next: kubectl --context ${first} get nodes\n`);
}

/** The one that kubectl writes to (https://kubernetes.io/docs/concepts/configuration/organize-cluster-access-kubeconfig/). */
function defaultFile(): string {
  const [first] = (process.env.KUBECONFIG ?? "").split(delimiter).filter((path) => path !== "");
  return first ?? join(homedir(), ".kube", "config");
}

function readWhole(file: string): Kubeconfig {
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOENT") return EMPTY;
    return refuse(file, code ?? String(error), "a kubeconfig that can be read");
  }
  const content: unknown = parse(text) ?? EMPTY;
  if (typeof content === "object" && content !== null) return content as Kubeconfig;
  return refuse(file, "no map", "a kubeconfig");
}

/** With one cluster, user and context of a name; what else stands there stays as it is. */
function merged(whole: Kubeconfig, name: string, own: Kubeconfig, file: string): Kubeconfig {
  const chosen =
    own.contexts?.find((context) => context.name === own["current-context"]) ?? own.contexts?.[0];
  const cluster = own.clusters?.find((each) => each.name === chosen?.context.cluster)?.cluster;
  const user = own.users?.find((each) => each.name === chosen?.context.user)?.user;
  if (!cluster) return refuse(name, "a kubeconfig without a cluster", "one that leads to a server");
  const there = whole.clusters?.find((each) => each.name === name)?.cluster.server;
  if (there !== undefined && there !== cluster.server)
    return refuse(file, `a cluster ${name} at ${there}`, `none of that name but ${cluster.server}`);
  const context = { cluster: name, user: name };
  return {
    ...whole,
    clusters: replaced(whole.clusters, { name, cluster }),
    users: replaced(whole.users, { name, user }),
    contexts: replaced(whole.contexts, { name, context }),
  };
}

function replaced<T extends Named>(all: T[] | undefined, one: T): T[] {
  return [...(all ?? []).filter(({ name }) => name !== one.name), one];
}

function refuse(path: string, got: string, allowed: string): never {
  return refuseArgument({ path, got, allowed, fix: "name another file or --prefix" });
}
