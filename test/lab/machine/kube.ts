import * as https from "node:https";
import { sleep } from "./processes";

/** A Kubernetes object as the API gives it; the lab reads many kinds and owns none of their types. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any
export type Json = any;

export class KubeError extends Error {
  constructor(
    readonly status: number,
    message: string,
  ) {
    super(message);
  }
}

const patchTypes = {
  merge: "application/merge-patch+json",
  strategic: "application/strategic-merge-patch+json",
  apply: "application/apply-patch+yaml",
} as const;

export class Kube {
  readonly #agent: https.Agent;

  constructor(
    readonly server: string,
    certificateAuthority: string,
    readonly token: string,
  ) {
    this.#agent = new https.Agent({ ca: certificateAuthority, keepAlive: true });
  }

  #open(method: string, path: string, contentType = "application/json"): https.RequestOptions {
    const headers = { authorization: `Bearer ${this.token}`, "content-type": contentType };
    return { method, agent: this.#agent, headers: { ...headers, accept: "application/json" } };
  }

  async request(method: string, path: string, body?: Json, contentType?: string): Promise<Json> {
    const options = this.#open(method, path, contentType);
    const text = body === undefined ? "" : JSON.stringify(body);
    // Node sends the body of a DELETE without its length, and the server takes it for the next request.
    const headers = { ...options.headers, "content-length": Buffer.byteLength(text) };
    return new Promise((resolve, reject) => {
      const request = https.request(
        `${this.server}${path}`,
        { ...options, headers },
        (response) => {
          const chunks: Buffer[] = [];
          response.on("data", (chunk) => chunks.push(chunk));
          response.on("error", reject);
          response.on("end", () => {
            const text = Buffer.concat(chunks).toString();
            const status = response.statusCode ?? 0;
            if (status >= 300) return reject(new KubeError(status, messageOf(text, status)));
            resolve(text.startsWith("{") ? JSON.parse(text) : text);
          });
        },
      );
      request.setTimeout(30_000, () => request.destroy(new Error(`${method} ${path}: no answer`)));
      // A kept connection may be closed by the server as it is used (https://nodejs.org/api/http.html#requestreusedsocket).
      request.on("error", (error: NodeJS.ErrnoException) => {
        const isClosed = request.reusedSocket && error.code === "ECONNRESET";
        if (!isClosed) return reject(error);
        this.request(method, path, body, contentType).then(resolve, reject);
      });
      request.end(text);
    });
  }

  get(path: string): Promise<Json> {
    return this.request("GET", path);
  }

  /** Undefined where there is none. */
  async find(path: string): Promise<Json | undefined> {
    return this.get(path).catch((error) => ignore(error, 404));
  }

  async list(path: string): Promise<Json[]> {
    return (await this.get(path)).items;
  }

  patch(path: string, body: Json, type: keyof typeof patchTypes = "merge"): Promise<Json> {
    return this.request("PATCH", path, body, patchTypes[type]);
  }

  apply(path: string, body: Json): Promise<Json> {
    return this.patch(`${path}?fieldManager=lab&force=true`, body, "apply");
  }

  /** Deletes at once; an object that is gone already, or whose name another one has, is as good. */
  async delete(path: string, uid?: string): Promise<void> {
    const options = { kind: "DeleteOptions", apiVersion: "v1", gracePeriodSeconds: 0 };
    const body = { ...options, preconditions: { uid } };
    await this.request("DELETE", path, body).catch((error) => {
      if (uid === undefined || error.status !== 409) ignore(error, 404);
    });
  }

  /** Deletes as people do: a pod ends by its hooks and within its grace. */
  async end(path: string): Promise<void> {
    await this.request("DELETE", path).catch((error) => ignore(error, 404));
  }

  /** One watch from a list's version until the server ends it. */
  stream(path: string, onLine: (event: Json) => void, signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const options = { ...this.#open("GET", path), agent: undefined, signal };
      const ca = this.#agent.options.ca;
      const request = https.request(`${this.server}${path}`, { ...options, ca }, (response) => {
        let rest = "";
        response.setEncoding("utf8");
        response.on("data", (chunk: string) => {
          const lines = (rest + chunk).split("\n");
          rest = lines.pop() ?? "";
          for (const event of lines.filter(Boolean).map((line) => JSON.parse(line))) {
            if (event.type === "ERROR") request.destroy(new Error(event.object.message));
            else onLine(event);
          }
        });
        response.on("end", resolve);
        response.on("error", reject);
      });
      request.on("error", reject);
      request.end();
    });
  }

  close(): void {
    this.#agent.destroy();
  }
}

function messageOf(text: string, status: number): string {
  try {
    return JSON.parse(text).message ?? text;
  } catch {
    return text || `status ${status}`;
  }
}

function ignore(error: unknown, status: number): undefined {
  if (error instanceof KubeError && error.status === status) return undefined;
  throw error;
}

/** The present state of one kind, kept by list and watch, over any loss of the server. */
export class Watched {
  readonly items = new Map<string, Json>();
  readonly #stop = new AbortController();
  synced = false;

  constructor(
    readonly kube: Kube,
    readonly path: string,
    readonly changed: (kind: "ADDED" | "MODIFIED" | "DELETED", item: Json) => void = () => {},
  ) {
    void this.#run();
  }

  stop(): void {
    this.#stop.abort();
  }

  async #run(): Promise<void> {
    while (!this.#stop.signal.aborted) {
      await this.#once().catch(() => {});
      if (!this.#stop.signal.aborted) await sleep(500);
    }
  }

  async #once(): Promise<void> {
    const list = await this.kube.get(this.path);
    const present = new Map<string, Json>(list.items.map((item: Json) => [keyOf(item), item]));
    for (const [key, item] of this.items) if (!present.has(key)) this.#take("DELETED", item);
    for (const item of present.values()) this.#take("ADDED", item);
    this.synced = true;
    const version = list.metadata.resourceVersion;
    const query = `watch=true&allowWatchBookmarks=true&timeoutSeconds=300&resourceVersion=${version}`;
    const onLine = ({ type, object }: Json) => {
      if (type !== "BOOKMARK") this.#take(type, object);
    };
    await this.kube.stream(`${this.path}?${query}`, onLine, this.#stop.signal);
  }

  #take(type: "ADDED" | "MODIFIED" | "DELETED", item: Json): void {
    if (type === "DELETED") this.items.delete(keyOf(item));
    else this.items.set(keyOf(item), item);
    this.changed(type, item);
  }
}

export function keyOf(item: Json): string {
  return `${item.metadata.namespace ?? ""}/${item.metadata.name}`;
}
