/** What ECS answers a task on (https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-metadata-endpoint-v4.html, task-iam-roles.html there). */
import * as http from "node:http";
import type { Json } from "../kube";

export const endpointAddress = "169.254.170.2";

/** What a task is told: documents by path. */
export interface Told {
  readonly address: string;
  readonly at: (path: string) => Json | undefined;
}

/** One server for all tasks: each is known by the address that it asks from, and hears of itself alone. */
export class Endpoints {
  readonly #server: http.Server;

  constructor(told: () => readonly Told[]) {
    this.#server = http.createServer((request, response) => {
      const asker = (request.socket.remoteAddress ?? "").replace("::ffff:", "");
      const task = told().find(({ address }) => address === asker);
      const found = task?.at(request.url ?? "/");
      response.writeHead(found ? 200 : 404, { "content-type": "application/json" });
      response.end(JSON.stringify(found ?? { message: "not found" }));
    });
  }

  async start(): Promise<void> {
    await new Promise<void>((resolve) => this.#server.listen(80, endpointAddress, resolve));
  }

  stop(): void {
    this.#server.closeAllConnections();
    this.#server.close();
  }
}
