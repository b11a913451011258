/**
 * yaml-language-server as an editor runs it: JSON-RPC over standard input and output
 * (https://microsoft.github.io/language-server-protocol/specifications/lsp/3.17/specification/).
 */
import { spawn } from "node:child_process";
import type { ChildProcessWithoutNullStreams } from "node:child_process";
import { EventEmitter, once } from "node:events";
import { rmSync } from "node:fs";
import { join } from "node:path";
import { installedAside } from "../support/aside";

interface Position {
  line: number;
  character: number;
}

export interface Diagnostic {
  message: string;
  range: { start: Position };
}

export interface Completion {
  label: string;
  insertText: string;
}

interface Message {
  id?: number;
  method?: string;
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- of every request
  params?: any;
  result?: unknown;
}

/** What an editor's settings are by default, but that no catalogue of schemas is fetched. */
const SETTINGS = { validate: true, hover: true, completion: true, schemaStore: { enable: false } };

const ABILITIES = {
  workspace: { configuration: true },
  textDocument: {
    completion: { completionItem: { snippetSupport: true } },
    hover: { contentFormat: ["markdown"] },
  },
};

export class Server {
  private readonly heard = new EventEmitter();
  private readonly diagnostics = new Map<string, Diagnostic[]>();
  private unread = Buffer.alloc(0);
  private asked = 0;

  private constructor(
    private readonly folder: string,
    private readonly child: ChildProcessWithoutNullStreams,
  ) {
    child.stdout.on("data", (chunk: Buffer) => this.read(chunk));
  }

  static async start(): Promise<Server> {
    const folder = await installedAside(__dirname);
    const program = join(folder, "node_modules/yaml-language-server/bin/yaml-language-server");
    const server = new Server(folder, spawn(process.execPath, [program, "--stdio"]));
    await server.ask("initialize", {
      ...{ processId: process.pid, rootUri: null, capabilities: ABILITIES },
    });
    server.tell("initialized", {});
    return server;
  }

  async stop(): Promise<void> {
    const ended = once(this.child, "exit");
    await this.ask("shutdown", undefined);
    this.tell("exit", undefined);
    await ended;
    rmSync(this.folder, { recursive: true });
  }

  /** Opens a document, and waits for what the editor would mark in it. */
  async open(uri: string, text: string): Promise<Diagnostic[]> {
    const said = once(this.heard, `diagnostics ${uri}`);
    this.tell("textDocument/didOpen", {
      textDocument: { uri, languageId: "yaml", version: 1, text },
    });
    await said;
    return this.diagnostics.get(uri)!;
  }

  async hover(uri: string, position: Position): Promise<string> {
    const answer = await this.at<{ contents: { value: string } } | null>("hover", uri, position);
    return answer?.contents.value ?? "";
  }

  async complete(uri: string, position: Position): Promise<Completion[]> {
    return (await this.at<{ items: Completion[] }>("completion", uri, position)).items;
  }

  private at<T>(what: string, uri: string, position: Position): Promise<T> {
    return this.ask(`textDocument/${what}`, { textDocument: { uri }, position });
  }

  private async ask<T>(method: string, params: unknown): Promise<T> {
    const id = (this.asked += 1);
    const answered = once(this.heard, `answer ${id}`);
    this.send({ id, method, params });
    const [{ result }] = (await answered) as [Message];
    return result as T;
  }

  private tell(method: string, params: unknown): void {
    this.send({ method, params });
  }

  private send(message: Message): void {
    const text = JSON.stringify({ jsonrpc: "2.0", ...message });
    this.child.stdin.write(`Content-Length: ${Buffer.byteLength(text)}\r\n\r\n${text}`);
  }

  private read(chunk: Buffer): void {
    this.unread = Buffer.concat([this.unread, chunk]);
    for (;;) {
      const head = this.unread.indexOf("\r\n\r\n");
      if (head < 0) return;
      const length = Number(
        /Content-Length: (\d+)/.exec(this.unread.toString("utf8", 0, head))![1],
      );
      const end = head + 4 + length;
      if (this.unread.length < end) return;
      const text = this.unread.toString("utf8", head + 4, end);
      this.unread = this.unread.subarray(end);
      this.hear(JSON.parse(text) as Message);
    }
  }

  private hear({ id, method, params, result }: Message): void {
    if (method === "workspace/configuration") {
      const items: { section: string }[] = params.items;
      this.send({ id, result: items.map(({ section }) => (section === "yaml" ? SETTINGS : {})) });
    } else if (method === "textDocument/publishDiagnostics") {
      this.diagnostics.set(params.uri, params.diagnostics);
      this.heard.emit(`diagnostics ${params.uri}`);
    } else if (method === undefined) {
      this.heard.emit(`answer ${id}`, { result });
    } else if (id !== undefined) {
      this.send({ id, result: null });
    }
  }
}
