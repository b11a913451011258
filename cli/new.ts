/** `new`: a stack file of one's own, from the pattern that is nearest. */
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { basename, dirname, join, relative, resolve, sep } from "node:path";
import type { Command } from "commander";
import { isMap, isScalar, parseDocument, visit } from "yaml";
import type { Document } from "yaml";
import { DESCRIPTION_KEY } from "../components/topology";
import { grouped } from "../components/records";
import { REGIONS } from "../components/topology/regions";
import { LABEL } from "../components/topology/rules/names";
import { oneOf, suggest } from "../components/topology/suggest";
import { converse, isAsked } from "./ask";
import type { Ask } from "./ask";
import { CALLED } from "./called";
import { ExitCode, exitHelp } from "./exitCode";
import type { Streams } from "./exitCode";
import { refuseArgument } from "./problems";
import { wrap } from "./text/layout";
import { styleFor } from "./text/style";

interface Options {
  pattern?: string;
  region?: string;
  name?: Record<string, string>;
}

/** What is asked for, by flags or on a terminal. */
interface Wishes {
  pattern: string;
  region?: string;
  names: Record<string, string>;
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

export function addNew(program: Command, streams: Streams, finish: (code: ExitCode) => void): void {
  program
    .command("new")
    .description("write a stack file, from the pattern that is nearest; without --pattern it asks")
    .argument("<file>", "file to write, such as Pulumi.prod.yaml")
    .option("--pattern <name>", `one of ${patterns().join(", ")}`)
    .option("--region <region>", "AWS region of VPCs that name none (default: the pattern's)")
    .option("--name <old=new>", "what a network, cluster or mesh is called; repeat it", renaming)
    .addHelpText("after", exitHelp(ExitCode.Interrupted))
    .action(async (file: string, options: Options) => {
      if (existsSync(file)) refuseFile(file, "a file that is there");
      const wishes = await wishesOf(options, streams);
      if (wishes) write(file, wishes, streams);
      else finish(ExitCode.Interrupted);
    });
}

function renaming(text: string, before: Record<string, string> = {}): Record<string, string> {
  const [old, name, ...rest] = text.split("=");
  if (old && name && rest.length === 0) return { ...before, [old]: name };
  const fix = "name what the pattern calls it first";
  return refuseArgument({ path: "--name", got: text, allowed: "<old>=<new>", fix });
}

/** Undefined where questions are broken off. */
async function wishesOf(
  { pattern, region, name: names = {} }: Options,
  streams: Streams,
): Promise<Wishes | undefined> {
  if (pattern === undefined && isAsked(streams)) return converse(streams, askAll(streams));
  if (pattern === undefined)
    return refuseArgument({
      ...{ path: "--pattern", got: "nothing", allowed: oneOf(patterns()) },
      fix: "choose one: stacks/README.md says which; on a terminal it is asked for",
    });
  if (region !== undefined && !REGIONS.includes(region)) refuseRegion(region);
  if (patterns().includes(pattern)) return { pattern, region, names };
  const fix = suggest(pattern, patterns(), "choose one: stacks/README.md says which");
  return refuseArgument({
    ...{ path: "--pattern", got: JSON.stringify(pattern) },
    ...{ allowed: oneOf(patterns()), fix },
  });
}

const meantRegion = (region: string): string =>
  suggest(region, REGIONS, "a region of AWS, such as eu-west-1");

function refuseRegion(region: string): never {
  const fix = meantRegion(region);
  return refuseArgument({ path: "--region", got: region, allowed: "a region of AWS", fix });
}

function askAll({ stdout }: Streams): (ask: Ask) => Promise<Wishes> {
  return async (ask) => {
    const all = patterns();
    const { width } = styleFor(stdout);
    const longest = Math.max(...all.map((name) => name.length));
    for (const [index, name] of all.entries()) {
      const lead = ` ${String(index + 1).padStart(2)}  ${name.padEnd(longest)}  `;
      const [first, ...more] = wrap(summaryOf(name), width - lead.length);
      const below = more.map((line) => `${" ".repeat(lead.length)}${line}`);
      stdout.write(`${[`${lead}${first}`, ...below].join("\n")}\n`);
    }
    const chosen = await ask({
      ...{ text: "Pattern, by number or name", otherwise: "01-single-cluster" },
      complain: (answer) => (chosenOf(answer) ? undefined : "none of these"),
    });
    const pattern = chosenOf(chosen)!;
    const document = parseDocument(textOf(pattern));
    const region = await ask({
      ...{ text: "AWS region", otherwise: String(document.getIn(["config", "aws:region"])) },
      complain: (answer) => (REGIONS.includes(answer) ? undefined : meantRegion(answer)),
    });
    return { pattern, region, names: await askNames(ask, document) };
  };
}

/** A name that stands in several sections is asked for once, as it is renamed everywhere. */
async function askNames(ask: Ask, document: Document): Promise<Record<string, string>> {
  const names: Record<string, string> = {};
  const sectionsOf = grouped(namesIn(document), ({ name }) => name);
  for (const [name, all] of sectionsOf) {
    const sections = all.map(({ section }) => section);
    const others = namesIn(document).filter((one) => sections.includes(one.section));
    const taken = others.map((one) => one.name).filter((one) => one !== name);
    names[name] = await ask({
      text: `Name of ${sections.map((section) => ONE[section]).join(" and ")}`,
      otherwise: name,
      complain: (answer) => {
        if (taken.some((one) => (names[one] ?? one) === answer)) return "another has this name";
        return LABEL.test(answer) ? undefined : "lower-case letters, digits and hyphens";
      },
    });
  }
  return names;
}

function chosenOf(answer: string): string | undefined {
  const all = patterns();
  return all.find((name) => name === answer) ?? all[Number(answer) - 1];
}

function textOf(pattern: string): string {
  return readFileSync(join(ROOT, "stacks", `${pattern}.yaml`), "utf8");
}

/** The first sentence that a pattern's file says of itself. */
function summaryOf(pattern: string): string {
  const [, comment] = /^#.*schema.*\n((?:#.*\n)+)/.exec(textOf(pattern))!;
  const text = comment!.replace(/^# /gm, "").replaceAll("\n", " ").trim();
  return text.split(/(?<=\.)\s/)[0]!;
}

function write(file: string, { pattern, region, names }: Wishes, { stdout }: Streams): void {
  const document = parseDocument(textOf(pattern));
  if (region !== undefined) document.setIn(["config", "aws:region"], region);
  rename(document, names);
  const written = document.toString({ lineWidth: 0 }).replace(/\$schema=\S+/, schemaFrom(file));
  try {
    writeFileSync(file, written, { flag: "wx" });
  } catch (error) {
    refuseFile(file, (error as NodeJS.ErrnoException).code ?? String(error));
  }
  stdout.write(`wrote ${file}\nnext: ${CALLED} plan ${file}\n`);
}

function refuseFile(file: string, got: string): never {
  const allowed = "a file that is not there and can be written";
  refuseArgument({ path: file, got, allowed, fix: "name another" });
}

function schemaFrom(file: string): string {
  const path = relative(dirname(resolve(file)), join(ROOT, "schema/stack.schema.json"));
  const posix = path.split(sep).join("/");
  return `$schema=${posix.startsWith(".") ? posix : `./${posix}`}`;
}

/** Sections whose entries have names of the user's, and what one entry is. */
const ONE = { networks: "network", clusters: "cluster", meshes: "mesh" } as const;
const SECTIONS = Object.keys(ONE) as (keyof typeof ONE)[];

/** What a pattern calls its networks, clusters and meshes. */
function namesIn(document: Document): { section: keyof typeof ONE; name: string }[] {
  const description = document.getIn(["config", DESCRIPTION_KEY]);
  return SECTIONS.flatMap((section) => {
    const map = isMap(description) ? description.get(section) : undefined;
    return isMap(map) ? map.items.map(({ key }) => ({ section, name: String(key) })) : [];
  });
}

/** Everywhere in the description that a name stands, as a key or as what names it. */
function rename(document: Document, names: Record<string, string>): void {
  const known = [...new Set(namesIn(document).map(({ name }) => name))];
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
