import * as https from "node:https";
import { asList, asProps, asText } from "../providers/base/values";
import type { Props } from "../providers/base/values";

/** How to reach one API server. */
interface Access {
  readonly server: string;
  readonly ca: string;
  readonly token: string;
}

const REQUEST_TIMEOUT_MS = 60_000;

/** An answer of the API server that is no success. */
export class ApiError extends Error {
  constructor(
    readonly code: number,
    message: string,
    /** The server's own word for it, such as `Invalid`. */
    readonly reason = "",
  ) {
    super(message);
  }
}

export interface Kind {
  readonly apiVersion: string;
  readonly kind: string;
}

interface Discovered {
  readonly plural: string;
  readonly namespaced: boolean;
}

/** What a judge needs of Kubernetes' API: any kind of object, and the server's word about it. */
export class Client {
  private readonly agent = new https.Agent({ keepAlive: true, maxSockets: 16 });
  private readonly discovered = new Map<string, Discovered>();

  constructor(private readonly access: Access) {}

  async get(kind: Kind, namespace: string, name: string): Promise<Props | undefined> {
    try {
      return await this.request("GET", await this.path(kind, namespace, name));
    } catch (error) {
      if (error instanceof ApiError && error.code === 404) return undefined;
      throw error;
    }
  }

  /** Server-side apply. A conflict is an error unless forced, as it is for users. */
  async apply(object: Props, manager: string, options: { force?: boolean; dryRun?: boolean } = {}) {
    const metadata = asProps(object.metadata);
    const kind = { apiVersion: asText(object.apiVersion), kind: asText(object.kind) };
    const path = await this.path(kind, asText(metadata.namespace), asText(metadata.name));
    const query = new URLSearchParams({
      fieldManager: manager,
      fieldValidation: "Strict",
      force: String(options.force ?? false),
      ...(options.dryRun ? { dryRun: "All" } : {}),
    });
    return this.request("PATCH", `${path}?${query}`, object, "application/apply-patch+yaml");
  }

  request(method: string, path: string, body?: Props, contentType = "application/json") {
    const { server, ca, token } = this.access;
    const content = body === undefined ? "" : JSON.stringify(body);
    const headers = {
      accept: "application/json",
      "content-type": contentType,
      // Node sends no length of its own with DELETE.
      "content-length": Buffer.byteLength(content),
      authorization: `Bearer ${token}`,
    };
    const options = { method, headers, ca, agent: this.agent };
    return new Promise<Props>((resolve, reject) => {
      const request = https.request(new URL(path, server), options, (response) => {
        const chunks: Buffer[] = [];
        response.on("data", (chunk: Buffer) => chunks.push(chunk));
        response.on("end", () => {
          const answer = parsed(Buffer.concat(chunks).toString("utf8"));
          const code = response.statusCode ?? 0;
          if (code < 300) resolve(answer);
          else reject(errorOf(answer, code, path));
        });
      });
      request.setTimeout(REQUEST_TIMEOUT_MS, () => request.destroy(new Error("timed out")));
      request.on("error", reject);
      request.end(content);
    });
  }

  private async path(kind: Kind, namespace: string, name: string): Promise<string> {
    const { plural, namespaced } = await this.discover(kind);
    const scope = namespaced ? `/namespaces/${namespace || "default"}` : "";
    return `${root(kind.apiVersion)}${scope}/${plural}${name ? `/${name}` : ""}`;
  }

  /** Only what is found is kept: a CRD may be made while this process runs. */
  private async discover(kind: Kind): Promise<Discovered> {
    const key = `${kind.apiVersion}/${kind.kind}`;
    const found = this.discovered.get(key);
    if (found) return found;
    const answer = await this.request("GET", root(kind.apiVersion)).catch((error: unknown) => {
      if (error instanceof ApiError && error.code === 404) return { resources: [] };
      throw error;
    });
    const resource = asList(answer.resources)
      .map(asProps)
      .find((it) => it.kind === kind.kind && !asText(it.name).includes("/"));
    if (!resource)
      throw new ApiError(404, `no matches for kind "${kind.kind}" in ${kind.apiVersion}`);
    const entry = { plural: asText(resource.name), namespaced: Boolean(resource.namespaced) };
    this.discovered.set(key, entry);
    return entry;
  }
}

const root = (apiVersion: string) =>
  apiVersion.includes("/") ? `/apis/${apiVersion}` : `/api/${apiVersion}`;

const errorOf = ({ message, reason }: Props, code: number, path: string) =>
  new ApiError(code, asText(message) || `HTTP ${code} from ${path}`, asText(reason));

function parsed(text: string): Props {
  try {
    return asProps(JSON.parse(text));
  } catch {
    return { message: text.trim() };
  }
}
