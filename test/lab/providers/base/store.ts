import * as fs from "node:fs";
import * as path from "node:path";
import type { Props } from "./values";

/** One resource of the pretended cloud; see CONTRACT.md. */
export interface Stored {
  readonly type: string;
  readonly id: string;
  readonly account: string;
  readonly region: string;
  readonly urn?: string;
  readonly owner?: string;
  readonly inputs: Props;
  readonly outputs: Props;
}

interface Cached {
  readonly stamp: string;
  readonly resource: Stored;
}

const LOCK_ATTEMPTS = 4000;
const LOCK_PAUSE_MS = 5;

/** Resources as JSON files, shared by several processes: written by rename, changed under one lock. */
export class Store {
  private readonly cache = new Map<string, Cached>();

  constructor(
    private readonly root: string,
    private readonly cloud: string,
  ) {}

  get(type: string, id: string): Stored | undefined {
    return this.load(this.file(type, id));
  }

  list(type: string): Stored[] {
    const directory = path.join(this.root, this.cloud, type);
    if (!fs.existsSync(directory)) return [];
    const files = fs.readdirSync(directory).filter((file) => file.endsWith(".json"));
    return files.flatMap((file) => this.load(path.join(directory, file)) ?? []);
  }

  all(): Stored[] {
    const directory = path.join(this.root, this.cloud);
    if (!fs.existsSync(directory)) return [];
    return fs.readdirSync(directory).flatMap((type) => this.list(type));
  }

  put(resource: Stored): void {
    const file = this.file(resource.type, resource.id);
    fs.mkdirSync(path.dirname(file), { recursive: true });
    const draft = `${file}.${process.pid}.tmp`;
    // Pods see some of it as users of their own; nobody else gets into the folder of a run.
    fs.writeFileSync(draft, JSON.stringify(resource, null, 1), { mode: 0o644 });
    fs.renameSync(draft, file);
  }

  remove(type: string, id: string): void {
    fs.rmSync(this.file(type, id), { force: true });
  }

  /** A machine-made file beside the cloud, such as a cluster's API server. */
  fact(kind: string, name: string): Props | undefined {
    const file = path.join(this.root, kind, `${name}.json`);
    return fs.existsSync(file) ? (JSON.parse(fs.readFileSync(file, "utf8")) as Props) : undefined;
  }

  /** Runs `body` alone among all processes: most checks read what they are about to write. */
  alone<T>(body: () => T): T {
    const lock = path.join(this.root, "locks", this.cloud);
    fs.mkdirSync(path.dirname(lock), { recursive: true });
    for (let attempt = 0; !this.tryLock(lock); attempt++) {
      if (attempt > LOCK_ATTEMPTS) throw new Error(`the stand-in's lock is held: ${lock}`);
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, LOCK_PAUSE_MS);
    }
    try {
      return body();
    } finally {
      fs.rmSync(lock, { force: true });
    }
  }

  private tryLock(lock: string): boolean {
    try {
      fs.writeFileSync(lock, String(process.pid), { flag: "wx" });
      return true;
    } catch {
      // A process that was killed inside leaves its lock behind.
      if (!isRunning(holderOf(lock))) fs.rmSync(lock, { force: true });
      return false;
    }
  }

  private file(type: string, id: string): string {
    return path.join(this.root, this.cloud, type, `${encodeURIComponent(id)}.json`);
  }

  private load(file: string): Stored | undefined {
    const stat = fs.statSync(file, { throwIfNoEntry: false, bigint: true });
    if (!stat) return undefined;
    const stamp = `${stat.ino}:${stat.mtimeNs}:${stat.size}`;
    const cached = this.cache.get(file);
    if (cached?.stamp === stamp) return cached.resource;
    const resource = JSON.parse(fs.readFileSync(file, "utf8")) as Stored;
    this.cache.set(file, { stamp, resource });
    return resource;
  }
}

function holderOf(lock: string): number {
  try {
    return Number(fs.readFileSync(lock, "utf8")) || process.pid;
  } catch {
    // Given back meanwhile: as good as held, the next attempt will tell.
    return process.pid;
  }
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

/** Where the run keeps its pretended cloud. */
export function storeRoot(): string {
  const root = process.env.LAB_STORE;
  if (!root) throw new Error("LAB_STORE is not set: the stand-ins have nowhere to keep resources");
  return root;
}
