import * as http from "node:http";
import type { AddressInfo } from "node:net";
import * as path from "node:path";
import type { Kubelet } from "./kubelet/kubelet";
import { Service } from "./processes";
import type { Context } from "./servers";

/** Port-forward, exec and logs of pods that run as processes, for `kubectl` and `istioctl`. */
export class Door {
  readonly #answers: http.Server;
  #service?: Service;

  constructor(
    readonly context: Context,
    readonly kubelets: readonly Kubelet[],
  ) {
    this.#answers = http.createServer((request, response) => {
      const place = this.#find(new URL(request.url ?? "/", "http://lab").searchParams);
      response.statusCode = place ? 200 : 404;
      response.end(JSON.stringify(place ?? {}));
    });
  }

  async start(): Promise<void> {
    await new Promise<void>((resolve) => this.#answers.listen(0, "127.0.0.1", resolve));
    const { port } = this.#answers.address() as AddressInfo;
    this.#service = new Service({
      name: "kubelet-door",
      command: path.join(this.context.bin, "kubelet-door"),
      args: [`http://127.0.0.1:${port}`],
      logs: path.join(this.context.work, "logs"),
    });
  }

  async stop(): Promise<void> {
    this.#answers.closeAllConnections();
    this.#answers.close();
    await this.#service?.stop();
  }

  #find(asked: URLSearchParams): object | undefined {
    const kubelet = this.kubelets.find((one) => one.hasNode(asked.get("node") ?? ""));
    const name = `${asked.get("namespace")}/${asked.get("name")}`;
    const pod = [...(kubelet?.processes.values() ?? [])].find((one) => one.name === name);
    if (!pod) return undefined;
    const containers = [...pod.services].map(([name, { pid, log }]) => [name, { pid, log }]);
    return { pid: pod.networkPid, containers: Object.fromEntries(containers) };
  }
}
