import * as fs from "node:fs";
import * as path from "node:path";
import type { Json } from "./kube";

/** A resource as the aws stand-in writes it; the contract beside this folder lists the fields. */
export interface Stored {
  readonly type: string;
  readonly id: string;
  readonly account: string;
  readonly region: string;
  readonly inputs: Json;
  readonly outputs: Json;
}

/** What the stand-ins and the machine share: one file per resource. */
export class Store {
  constructor(readonly folder: string) {
    fs.mkdirSync(path.join(folder, "aws"), { recursive: true });
    fs.mkdirSync(path.join(folder, "clusters"), { recursive: true });
  }

  list(type: string): Stored[] {
    const folder = path.join(this.folder, "aws", type);
    if (!fs.existsSync(folder)) return [];
    const files = fs.readdirSync(folder).filter((name) => name.endsWith(".json"));
    return files.flatMap((name) => readJson(path.join(folder, name)) ?? []);
  }

  /** The folder of a type's resources, also before there are any. */
  folderOf(type: string): string {
    const folder = path.join(this.folder, "aws", type);
    fs.mkdirSync(folder, { recursive: true });
    return folder;
  }

  /** Differs as soon as a resource of one of these types was written or removed: each is replaced by rename. */
  stamp(types: readonly string[]): string {
    const folders = types.map((type) => path.join(this.folder, "aws", type));
    const written = (folder: string) => fs.statSync(folder, { throwIfNoEntry: false })?.mtimeMs;
    return folders.map((folder) => written(folder) ?? 0).join();
  }

  outputs(type: string): Json[] {
    return this.list(type).map(({ outputs }) => outputs);
  }

  write(entry: Stored): void {
    writeJson(this.#file(entry.type, entry.id), entry);
  }

  remove(type: string, id: string): void {
    fs.rmSync(this.#file(type, id), { force: true });
  }

  writeCluster(name: string, facts: Json): void {
    writeJson(path.join(this.folder, "clusters", `${name}.json`), facts);
  }

  /** The zones that AWS lists in a region from now on. */
  writeZones(region: string, names: readonly string[]): void {
    writeJson(path.join(this.folder, "zones", `${region}.json`), { names });
  }

  /** That somebody runs the tasks of services here. */
  writeAgent(): void {
    writeJson(path.join(this.folder, "rollouts", "agent.json"), {});
  }

  /** How far a service's tasks are; undefined: the last one is gone. */
  writeRollout(id: string, rollout: Json | undefined): void {
    const file = path.join(this.folder, "rollouts", `${encodeURIComponent(id)}.json`);
    if (rollout) writeJson(file, rollout);
    else fs.rmSync(file, { force: true });
  }

  /** What an organization's policies ask of every role that is made. */
  writeOrganization(roles: { permissionsBoundary: string; path: string }): void {
    writeJson(path.join(this.folder, "organization", "roles.json"), roles);
  }

  #file(type: string, id: string): string {
    return path.join(this.folder, "aws", type, `${encodeURIComponent(id)}.json`);
  }
}

/** Undefined where the file went away since the folder was read. */
function readJson(file: string): Json | undefined {
  try {
    return JSON.parse(fs.readFileSync(file, "utf8"));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}

function writeJson(file: string, content: Json): void {
  fs.mkdirSync(path.dirname(file), { recursive: true });
  const partial = `${file}.${process.pid}`;
  fs.writeFileSync(partial, JSON.stringify(content, null, 2));
  fs.renameSync(partial, file);
}
