import type { Json, Kube } from "../kube";

/** What a container's definition may refer to. */
export interface PodContext {
  readonly kube: Kube;
  readonly pod: Json;
  readonly address: string;
  readonly hostAddress: string;
}

export class NotYet extends Error {}

const nodeResources: Record<string, string> = { cpu: "2", memory: `${2 ** 31}` };

/** A value of the downward API: `metadata.labels['app']`, `status.podIP`, `spec.nodeName` ... */
export function fieldOf({ pod, address, hostAddress }: PodContext, fieldPath: string): string {
  if (fieldPath.startsWith("status.podIP")) return address;
  if (fieldPath.startsWith("status.hostIP")) return hostAddress;
  const entry = /^metadata\.(labels|annotations)\['(.+)'\]$/.exec(fieldPath);
  if (entry) return pod.metadata[entry[1]]?.[entry[2]] ?? "";
  const value = fieldPath.split(".").reduce((part: Json, key) => part?.[key], pod);
  if (value && typeof value === "object") return mapLines(value);
  return String(value ?? "");
}

function mapLines(map: Record<string, string>): string {
  return Object.entries(map)
    .map(([name, value]) => `${name}=${JSON.stringify(value)}`)
    .join("\n");
}

function quantity(text: string): number {
  const [, number, unit] = /^([\d.]+)(\D*)$/.exec(text) ?? [];
  const units: Record<string, number> = { m: 1e-3, k: 1e3, M: 1e6, G: 1e9 };
  const binary: Record<string, number> = { Ki: 2 ** 10, Mi: 2 ** 20, Gi: 2 ** 30 };
  return Number(number) * ({ ...units, ...binary }[unit] ?? 1);
}

export function resourceOf(container: Json, { resource, divisor }: Json): string {
  const [kind, name] = resource.split(".");
  const asked = container.resources?.[kind]?.[name] ?? nodeResources[name] ?? "0";
  const unit = quantity(divisor && divisor !== "0" ? divisor : "1");
  return String(Math.ceil(quantity(String(asked)) / unit));
}

/** A Secret or ConfigMap; undefined where it is missing and may be. */
export async function source(
  { kube, pod }: PodContext,
  kind: "secrets" | "configmaps",
  name: string,
  optional: boolean | undefined,
): Promise<Record<string, Buffer> | undefined> {
  const { namespace } = pod.metadata;
  const object = await kube.find(`/api/v1/namespaces/${namespace}/${kind}/${name}`);
  if (!object && optional) return undefined;
  if (!object) throw new NotYet(`${kind} "${name}" not found`);
  const encoding = kind === "secrets" ? "base64" : "utf8";
  const decode = (map: Json, as: BufferEncoding) =>
    Object.entries(map ?? {}).map(([key, value]) => [key, Buffer.from(String(value), as)]);
  return Object.fromEntries([
    ...decode(object.data, encoding),
    ...decode(object.binaryData, "base64"),
  ]);
}

async function valueOf(context: PodContext, container: Json, entry: Json): Promise<string> {
  const from = entry.valueFrom;
  if (!from) return entry.value ?? "";
  if (from.fieldRef) return fieldOf(context, from.fieldRef.fieldPath);
  if (from.resourceFieldRef) return resourceOf(container, from.resourceFieldRef);
  const reference = from.secretKeyRef ?? from.configMapKeyRef;
  const kind = from.secretKeyRef ? "secrets" : "configmaps";
  const data = await source(context, kind, reference.name, reference.optional);
  const value = data?.[reference.key];
  if (value === undefined && !reference.optional) {
    throw new NotYet(`${kind} "${reference.name}" has no key ${reference.key}`);
  }
  return value?.toString() ?? "";
}

/** `$(NAME)` as Kubernetes expands it in values, commands and arguments. */
export function expand(text: string, variables: Record<string, string>): string {
  return text.replace(/\$\$|\$\(([A-Za-z_][\w.-]*)\)/g, (whole, name) =>
    whole === "$$" ? "$" : (variables[name] ?? whole),
  );
}

/** A container's own variables, in order, after those that every container gets. */
export async function environmentOf(
  context: PodContext,
  container: Json,
): Promise<Record<string, string>> {
  const server = new URL(context.kube.server);
  const variables: Record<string, string> = {
    PATH: "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
    HOSTNAME: context.pod.metadata.name,
    HOME: "/tmp",
    KUBERNETES_SERVICE_HOST: server.hostname,
    KUBERNETES_SERVICE_PORT: server.port || "443",
  };
  for (const { prefix = "", secretRef, configMapRef } of container.envFrom ?? []) {
    const reference = secretRef ?? configMapRef;
    const kind = secretRef ? "secrets" : "configmaps";
    const data = await source(context, kind, reference.name, reference.optional);
    for (const [name, value] of Object.entries(data ?? {})) {
      variables[prefix + name] = value.toString();
    }
  }
  for (const entry of container.env ?? []) {
    variables[entry.name] = expand(await valueOf(context, container, entry), variables);
  }
  return variables;
}
