import { randomUUID } from "node:crypto";
import * as fs from "node:fs";
import * as path from "node:path";
import type { Json } from "../kube";
import { fieldOf, resourceOf, source, type PodContext } from "./environment";

type Files = Record<string, Buffer>;

/** Tokens by volume and path, asked for again before they expire. */
export type Tokens = Map<string, { readonly value: string; readonly renewAt: number }>;

function selected(data: Files, items: Json[] | undefined): Files {
  if (!items) return data;
  return Object.fromEntries(
    items.filter(({ key }) => key in data).map((item) => [item.path, data[item.key]]),
  );
}

async function tokenFile(context: PodContext, part: Json, tokens: Tokens): Promise<string> {
  const known = tokens.get(part.path + part.audience);
  if (known && known.renewAt > Date.now()) return known.value;
  const { namespace, name, uid } = context.pod.metadata;
  const account = context.pod.spec.serviceAccountName ?? "default";
  const seconds = part.expirationSeconds ?? 3600;
  const body = {
    apiVersion: "authentication.k8s.io/v1",
    kind: "TokenRequest",
    spec: {
      audiences: part.audience ? [part.audience] : undefined,
      expirationSeconds: seconds,
      boundObjectRef: { apiVersion: "v1", kind: "Pod", name, uid },
    },
  };
  const url = `/api/v1/namespaces/${namespace}/serviceaccounts/${account}/token`;
  const { status } = await context.kube.request("POST", url, body);
  const renewAt = Date.now() + seconds * 800;
  tokens.set(part.path + part.audience, { value: status.token, renewAt });
  return status.token;
}

function downward(context: PodContext, items: Json[] | undefined): Files {
  const containers: Json[] = context.pod.spec.containers;
  const text = ({ fieldRef, resourceFieldRef }: Json) =>
    fieldRef
      ? fieldOf(context, fieldRef.fieldPath)
      : resourceOf(
          containers.find(({ name }) => name === resourceFieldRef.containerName),
          resourceFieldRef,
        );
  return Object.fromEntries((items ?? []).map((item) => [item.path, Buffer.from(text(item))]));
}

async function projected(context: PodContext, sources: Json[], tokens: Tokens): Promise<Files> {
  const files: Files = {};
  for (const part of sources) {
    if (part.serviceAccountToken) {
      const { path: file } = part.serviceAccountToken;
      files[file] = Buffer.from(await tokenFile(context, part.serviceAccountToken, tokens));
    } else if (part.downwardAPI) {
      Object.assign(files, downward(context, part.downwardAPI.items));
    } else {
      const kind = part.secret ? "secrets" : "configmaps";
      const reference = part.secret ?? part.configMap;
      const data = await source(context, kind, reference.name, reference.optional);
      Object.assign(files, selected(data ?? {}, reference.items));
    }
  }
  return files;
}

/** What a volume holds; undefined for one that starts empty and is the pod's own. */
export async function contentOf(
  context: PodContext,
  volume: Json,
  tokens: Tokens,
): Promise<Files | undefined> {
  const { secret, configMap } = volume;
  if (volume.projected) return projected(context, volume.projected.sources ?? [], tokens);
  if (volume.downwardAPI) return downward(context, volume.downwardAPI.items);
  if (!secret && !configMap) return undefined;
  const kind = secret ? "secrets" : "configmaps";
  const name = secret?.secretName ?? configMap.name;
  const { optional, items } = secret ?? configMap;
  return selected((await source(context, kind, name, optional)) ?? {}, items);
}

/** Swaps the files of a volume at once, by the link that kubelets swap: watchers look for that. */
export function writeVolume(folder: string, files: Files): void {
  const link = path.join(folder, "..data");
  const old = fs.existsSync(link) ? fs.readlinkSync(link) : undefined;
  if (old && same(path.join(folder, old), files)) return;
  const fresh = `..${randomUUID()}`;
  for (const [name, content] of Object.entries(files)) {
    const file = path.join(folder, fresh, name);
    fs.mkdirSync(path.dirname(file), { recursive: true });
    fs.writeFileSync(file, content);
  }
  fs.mkdirSync(path.join(folder, fresh), { recursive: true });
  fs.symlinkSync(fresh, `${link}_tmp`);
  fs.renameSync(`${link}_tmp`, link);
  const tops = new Set(Object.keys(files).map((name) => name.split("/")[0]));
  for (const name of fs.readdirSync(folder)) {
    if (!name.startsWith("..") && !tops.has(name)) fs.rmSync(path.join(folder, name));
  }
  for (const name of tops) {
    const target = path.join(folder, name);
    if (!fs.existsSync(target)) fs.symlinkSync(path.join("..data", name), target);
  }
  if (old) fs.rmSync(path.join(folder, old), { recursive: true, force: true });
}

function same(folder: string, files: Files): boolean {
  const present = fs.readdirSync(folder, { recursive: true, withFileTypes: true });
  const count = present.filter((entry) => entry.isFile()).length;
  const equal = ([name, content]: [string, Buffer]) => {
    const file = path.join(folder, name);
    return fs.existsSync(file) && fs.readFileSync(file).equals(content);
  };
  return count === Object.keys(files).length && Object.entries(files).every(equal);
}
