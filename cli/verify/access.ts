/** One cluster's API server, as the rest of this folder sees it. */
import { request } from "node:http";
import { Duplex, PassThrough } from "node:stream";
import type { KubeConfig, KubernetesObject, KubernetesObjectApi } from "@kubernetes/client-node";

/** Any object of Kubernetes, whose fields are those of its kind. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any
export type Thing = any;

export interface Access {
  /** One object; undefined where there is none. */
  read(apiVersion: string, kind: string, name: string, namespace?: string): Promise<Thing>;
  /** All objects of a kind, of one namespace or of all; none where the cluster does not know the kind. */
  list(apiVersion: string, kind: string, where?: Where): Promise<Thing[]>;
  create(object: Thing): Promise<Thing>;
  /** Begins to delete; nothing where it is gone already. */
  remove(apiVersion: string, kind: string, name: string, namespace?: string): Promise<void>;
  /** The answer to a request that arrives in a pod from its own loopback address. */
  get(pod: PodName, port: number, path: string, seconds: number): Promise<Answer>;
}

export interface Where {
  namespace?: string;
  labels?: string;
}

export interface PodName {
  namespace: string;
  name: string;
}

export interface Answer {
  status: number;
  body: string;
}

/** Seconds that an API server may take for one answer. */
const API_SECONDS = 15;

/** What one context of a kubeconfig leads to. Nothing is asked yet. */
export async function openAccess(config: KubeConfig): Promise<Access> {
  const kube = await import("@kubernetes/client-node");
  const { server } = config.getCurrentCluster()!;
  const limited = {
    pre: async <T extends { setSignal(signal: AbortSignal): void }>(context: T): Promise<T> => {
      context.setSignal(AbortSignal.timeout(API_SECONDS * 1000));
      return context;
    },
    post: async <T>(response: T): Promise<T> => response,
  };
  const configuration = kube.createConfiguration({
    baseServer: new kube.ServerConfiguration(server, {}),
    authMethods: { default: config },
    promiseMiddleware: [limited],
  });
  return new ApiServer(new kube.KubernetesObjectApi(configuration), config);
}

class ApiServer implements Access {
  constructor(
    private readonly api: KubernetesObjectApi,
    private readonly config: KubeConfig,
  ) {}

  async read(apiVersion: string, kind: string, name: string, namespace?: string): Promise<Thing> {
    return orNothing(
      this.api.read({ apiVersion, kind, metadata: { name, namespace: namespace! } }),
    );
  }

  async list(apiVersion: string, kind: string, { namespace, labels }: Where = {}) {
    const none = [undefined, undefined, undefined, undefined] as const;
    const page = this.api.list(apiVersion, kind, namespace, ...none, labels);
    return (await orNothing(page))?.items ?? [];
  }

  async create(object: Thing): Promise<Thing> {
    return this.api.create(object as KubernetesObject);
  }

  async remove(apiVersion: string, kind: string, name: string, namespace?: string): Promise<void> {
    await orNothing(this.api.delete({ apiVersion, kind, metadata: { name, namespace } }));
  }

  async get(pod: PodName, port: number, path: string, seconds: number): Promise<Answer> {
    const { PortForward } = await import("@kubernetes/client-node");
    const [out, errors, input] = [new PassThrough(), new PassThrough(), new PassThrough()];
    const { namespace, name } = pod;
    const forward = new PortForward(this.config);
    const opened = forward.portForward(namespace, name, [port], out, errors, input);
    const socket = await within(seconds, opened);
    const failed = new Promise<never>((_, reject) =>
      errors.once("data", (text) => reject(new Error(String(text).trim()))),
    );
    try {
      const answer = ask(Duplex.from({ readable: out, writable: input }), path);
      return await within(seconds, Promise.race([answer, failed]));
    } finally {
      (socket as { close(): void }).close();
    }
  }
}

/** One request over a stream that leads to a server. */
function ask(stream: Duplex, path: string): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const asked = request(
      { path, headers: { Host: "localhost" }, createConnection: () => stream },
      (response) => {
        let body = "";
        response.setEncoding("utf8");
        response.on("data", (text: string) => (body += text));
        response.on("end", () => resolve({ status: response.statusCode!, body }));
        response.on("error", reject);
      },
    );
    asked.on("error", reject);
    asked.end();
  });
}

/** What is not there, and what the cluster knows no kind of, is no failure. */
async function orNothing<T>(asked: Promise<T>): Promise<T | undefined> {
  try {
    return await asked;
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

function isMissing(error: unknown): boolean {
  const { code, message } = error as { code?: number; message?: string };
  return code === 404 || /^Unrecognized API version and kind/.test(message ?? "");
}

/** A promise that fails after some seconds, whatever it waits for. */
export async function within<T>(seconds: number, promise: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new TimeoutError(seconds)), seconds * 1000);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}

export class TimeoutError extends Error {
  constructor(seconds: number) {
    super(`no answer within ${seconds} s`);
  }
}
