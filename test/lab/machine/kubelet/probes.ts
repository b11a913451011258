import * as http from "node:http";
import * as https from "node:https";
import * as net from "node:net";
import type { Json } from "../kube";
import { command } from "../processes";

function httpProbe(address: string, port: number, probe: Json): Promise<boolean> {
  const secure = probe.scheme === "HTTPS";
  const headers = Object.fromEntries(
    (probe.httpHeaders ?? []).map(({ name, value }: Json) => [name, value]),
  );
  const host = probe.host || address;
  const options = { host, port, path: probe.path ?? "/", headers, rejectUnauthorized: false };
  return new Promise((resolve) => {
    const request = (secure ? https : http).get({ ...options, agent: false }, (response) => {
      response.resume();
      const status = response.statusCode ?? 0;
      resolve(status >= 200 && status < 400);
    });
    request.setTimeout(2000, () => request.destroy());
    request.on("error", () => resolve(false));
  });
}

export function accepts(host: string, port: number, localAddress?: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = net.connect({ host, port, localAddress });
    const end = (answer: boolean) => {
      socket.destroy();
      resolve(answer);
    };
    socket.setTimeout(2000, () => end(false));
    socket.on("connect", () => end(true)).on("error", () => end(false));
  });
}

function portOf(container: Json, port: string | number): number {
  const named = (container.ports ?? []).find(({ name }: Json) => name === port);
  return named?.containerPort ?? Number(port);
}

/** Runs a command in a container; whether it succeeds. */
function runInside({ command: words }: Json, pid: number): Promise<boolean> {
  const inside = ["-t", `${pid}`, "--net", "--mount", "--root", "--wd"];
  return command("nsenter", ...inside, ...words).then(
    () => true,
    () => false,
  );
}

/** Asks a container once, the way its probe or its hook says. */
export async function probe(
  definition: Json,
  container: Json,
  address: string,
  pid: number,
): Promise<boolean> {
  if (definition.exec) return runInside(definition.exec, pid);
  const target = definition.httpGet ?? definition.tcpSocket ?? definition.grpc;
  const port = portOf(container, target.port);
  if (definition.httpGet) return httpProbe(address, port, definition.httpGet);
  return accepts(address, port);
}
