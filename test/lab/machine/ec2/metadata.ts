/** Instance metadata, version 2 alone (https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/instancedata-data-retrieval.html). */
import { randomBytes } from "node:crypto";
import * as http from "node:http";

export const metadataAddress = "169.254.169.254";

/** What one instance is told, by path below `meta-data/`. */
export type Told = Readonly<Record<string, string | undefined>>;

/** One server for all: an instance is known by the address that it asks from. */
export class Metadata {
  readonly #tokens = new Map<string, string>();
  readonly #server: http.Server;

  constructor(readonly toldOf: (address: string) => Told | undefined) {
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
    const told = this.toldOf(asker);
    if (!told) return [404, ""];
    if (method === "PUT" && url === "/latest/api/token") {
      if (!headers["x-aws-ec2-metadata-token-ttl-seconds"]) return [400, ""];
      const token = randomBytes(20).toString("base64url");
      this.#tokens.set(token, asker);
      return [200, token];
    }
    const token = headers["x-aws-ec2-metadata-token"];
    if (this.#tokens.get(String(token)) !== asker) return [401, ""];
    const found = told[url.replace("/latest/meta-data/", "")];
    return found === undefined ? [404, ""] : [200, found];
  }
}
