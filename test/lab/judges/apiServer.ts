import { setTimeout as sleep } from "node:timers/promises";
import type { Values } from "../../../engine";
import { ApiError, type Client } from "./client";
import type { Manifest } from "./checkov";
import type { Finding } from "./findings";

const definition = "CustomResourceDefinition";
const manager = "judges";

/** Makes the definitions and namespaces that the other objects need, so that a server can judge these. */
export async function prepared(client: Client, manifests: readonly Manifest[]): Promise<void> {
  const objects = manifests.flatMap((one) => one.objects);
  const definitions = unique(objects.filter(({ kind }) => kind === definition));
  const names = new Set(objects.flatMap(({ metadata: { namespace } }) => namespace ?? []));
  const namespaces = [...names].map((name) => ({
    ...{ apiVersion: "v1", kind: "Namespace" },
    metadata: { name },
  }));
  const all = [...definitions, ...namespaces];
  await Promise.all(all.map((one) => client.apply(one, manager, { force: true })));
  await Promise.all(definitions.map((one) => established(client, one.metadata.name)));
}

const seconds = 30;

async function established(client: Client, name: string): Promise<void> {
  const kind = { apiVersion: "apiextensions.k8s.io/v1", kind: definition };
  const deadline = Date.now() + seconds * 1000;
  const isThere = async () => {
    const { status } = ((await client.get(kind, "", name)) ?? {}) as Values;
    const conditions: Values[] = status?.conditions ?? [];
    return conditions.some(({ type, status: is }) => type === "Established" && is === "True");
  };
  while (!(await isThere())) {
    if (Date.now() > deadline) throw new Error(`definition ${name} is not established`);
    await sleep(200);
  }
}

/** What an API server has against objects: each is applied by a dry run that lets no unknown field pass. */
export async function refusals(client: Client, manifests: readonly Manifest[]): Promise<Finding[]> {
  const seen = new Set<string>();
  const findings: Finding[] = [];
  for (const { subject, by, objects } of manifests) {
    const fresh = objects.filter((one) => isNew(seen, one));
    const all = fresh.map(async (object): Promise<Finding[]> => {
      const { kind, metadata } = object;
      const where = `${by} ${kind}.${metadata.namespace ?? "default"}.${metadata.name}`;
      const refusal = await refusalOf(client, object);
      if (!refusal) return [];
      const { message } = refusal;
      return [{ judge: "kubernetes", rule: ruleOf(refusal), where, subject, message }];
    });
    findings.push(...(await Promise.all(all)).flat());
  }
  return findings;
}

/** A patch that the schema has no place for gets no reason: the end of the message says what is wrong. */
const ruleOf = ({ reason, message }: ApiError) => reason || message.split(": ").at(-1) || message;

async function refusalOf(client: Client, object: Values): Promise<ApiError | undefined> {
  try {
    await client.apply(object, manager, { force: true, dryRun: true });
    return undefined;
  } catch (error) {
    if (error instanceof ApiError) return error;
    throw error;
  }
}

/** Most stack files have most objects in common. */
function isNew(seen: Set<string>, object: Values): boolean {
  const text = JSON.stringify(object);
  if (seen.has(text)) return false;
  seen.add(text);
  return true;
}

function unique(objects: readonly Values[]): Values[] {
  return [...new Map(objects.map((one) => [one.metadata.name, one])).values()];
}
