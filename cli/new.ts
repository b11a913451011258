/** `new`: a stack file of one's own, from the pattern that is nearest. */
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { basename, dirname, join, relative, resolve, sep } from "node:path";
import type { Command } from "commander";
import { isMap, isScalar, parseDocument, visit } from "yaml";
import type { Document } from "yaml";
import { DESCRIPTION_KEY } from "../components/topology";
import { oneOf, suggest } from "../components/topology/suggest";
import { exitHelp } from "./exitCode";
import type { Streams } from "./exitCode";
import { refuseArgument } from "./problems";

interface Options {
  pattern: string;
  region?: string;
  name?: Record<string, string>;
}

/** Where the package begins: above this file, or above its folder once it is built. */
const ROOT = [join(__dirname, ".."), join(__dirname, "../..")].find((path) =>
  existsSync(join(path, "stacks")),
)!;

export function patterns(): string[] {
  return readdirSync(join(ROOT, "stacks"))
    .filter((file) => file.endsWith(".yaml"))
    .map((file) => basename(file, ".yaml"));
}

export function addNew(program: Command, streams: Streams): void {
  program
    .command("new")
    .description("write a stack file, from the pattern that is nearest")
    .argument("<file>", "file to write, such as Pulumi.prod.yaml")
    .requiredOption("--pattern <name>", `one of ${patterns().join(", ")}`)
    .option("--region <region>", "AWS region of VPCs that name none (default: the pattern's)")
    .option("--name <old=new>", "what a network, cluster or mesh is called; repeat it", renaming)
    .addHelpText("after", exitHelp())
    .action((file: string, options: Options) => write(file, options, streams));
}

function renaming(text: string, before: Record<string, string> = {}): Record<string, string> {
  const [old, name, ...rest] = text.split("=");
  if (old && name && rest.length === 0) return { ...before, [old]: name };
  const fix = "name what the pattern calls it first";
  return refuseArgument({ path: "--name", got: text, allowed: "<old>=<new>", fix });
}

function write(file: string, { pattern, region, name = {} }: Options, { stdout }: Streams): void {
  if (!patterns().includes(pattern)) {
    const fix = suggest(pattern, patterns(), "choose one: stacks/README.md says which");
    refuseArgument({
      ...{ path: "--pattern", got: JSON.stringify(pattern) },
      ...{ allowed: oneOf(patterns()), fix },
    });
  }
  const text = readFileSync(join(ROOT, "stacks", `${pattern}.yaml`), "utf8");
  const document = parseDocument(text);
  if (region !== undefined) document.setIn(["config", "aws:region"], region);
  rename(document, name);
  const written = document.toString({ lineWidth: 0 }).replace(/\$schema=\S+/, schemaFrom(file));
  try {
    writeFileSync(file, written, { flag: "wx" });
  } catch (error) {
    const got = (error as NodeJS.ErrnoException).code ?? String(error);
    const allowed = "a file that is not there and can be written";
    refuseArgument({ path: file, got, allowed, fix: "name another" });
  }
  stdout.write(`wrote ${file}\nnext: istio-patterns plan ${file}\n`);
}

function schemaFrom(file: string): string {
  const path = relative(dirname(resolve(file)), join(ROOT, "schema/stack.schema.json"));
  const posix = path.split(sep).join("/");
  return `$schema=${posix.startsWith(".") ? posix : `./${posix}`}`;
}

const SECTIONS = ["networks", "clusters", "meshes"];

/** Everywhere in the description that a name stands, as a key or as what names it. */
function rename(document: Document, names: Record<string, string>): void {
  const description = document.getIn(["config", DESCRIPTION_KEY]);
  const found = SECTIONS.flatMap((section) => {
    const map = isMap(description) ? description.get(section) : undefined;
    return isMap(map) ? map.items.map(({ key }) => String(key)) : [];
  });
  const known = [...new Set(found)];
  for (const old of Object.keys(names)) {
    if (known.includes(old)) continue;
    const fix = suggest(old, known, "name one of these first");
    refuseArgument({ path: "--name", got: JSON.stringify(old), allowed: oneOf(known), fix });
  }
  visit(document, {
    Scalar: (_, node) => {
      if (isScalar(node) && typeof node.value === "string" && Object.hasOwn(names, node.value))
        node.value = names[node.value]!;
    },
  });
}
