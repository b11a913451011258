/** Instance metadata, version 2 alone (https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/instancedata-data-retrieval.html). */
import { randomBytes } from "node:crypto";
import * as http from "node:http";

export const metadataAddress = "169.254.169.254";

/** What one instance is told, by path below `meta-data/`. */
export type Told = Readonly<Record<string, string>>;

export interface Informed {
  readonly told: Told;
  readonly userData: string;
}

/** A version by its day, or `latest`. */
const VERSIONS = /^\/(latest|\d{4}-\d\d-\d\d)\/(.*)$/;

/** What is below a folder: names of folders end with a slash. */
function listing(told: Told, folder: string): string | undefined {
  const below = Object.keys(told).filter((key) => key.startsWith(folder));
  const names = below.map((key) => /^[^/]+\/?/.exec(key.slice(folder.length))?.[0] ?? "");
  return names.length > 0 ? [...new Set(names)].sort().join("\n") : undefined;
}

/** One server for all: an instance is known by the address that it asks from. */
export class Metadata {
  readonly #tokens = new Map<string, string>();
  readonly #server: http.Server;

  constructor(readonly informedAt: (address: string) => Informed | undefined) {
    this.#server = http.createServer((request, response) => {
      const asker = (request.socket.remoteAddress ?? "").replace("::ffff:", "");
      const [code, body] = this.#answer(asker, request);
      response.writeHead(code, { "content-type": "text/plain" }).end(body);
    });
  }

  async start(): Promise<void> {
    await new Promise<void>((resolve) => this.#server.listen(80, metadataAddress, resolve));
  }

  stop(): void {
    this.#server.closeAllConnections();
    this.#server.close();
  }

  #answer(asker: string, { method, url = "", headers }: http.IncomingMessage): [number, string] {
    const informed = this.informedAt(asker);
    if (!informed) return [404, ""];
    if (method === "PUT" && url === "/latest/api/token") {
      if (!headers["x-aws-ec2-metadata-token-ttl-seconds"]) return [400, ""];
      const token = randomBytes(20).toString("base64url");
      this.#tokens.set(token, asker);
      return [200, token];
    }
    const token = headers["x-aws-ec2-metadata-token"];
    if (this.#tokens.get(String(token)) !== asker) return [401, ""];
    const found = contentAt(informed, VERSIONS.exec(url)?.[2] ?? "");
    return found === undefined ? [404, ""] : [200, found];
  }
}

export function contentAt({ told, userData }: Informed, path: string): string | undefined {
  if (path === "user-data") return userData;
  const [, key] = /^meta-data\/(.*)$/.exec(path) ?? [];
  if (key === undefined) return undefined;
  return told[key] ?? (key === "" || key.endsWith("/") ? listing(told, key) : undefined);
}
