/**
 * What only a deployment knows, and the in-process engine makes up: shown as what it stands for, `<Vpc demo-main.id>`.
 *
 * Programs build policies, Helm values and kubeconfigs of such values, so they are looked for inside texts too.
 */
import { childPath, mapPaths, pathsTo, redacted } from "../../engine/graph";
import type { Graph, Registration, Value, Values } from "../../engine";
import { shortType } from "./owners";

/** Inputs as they are shown. */
export interface Shown {
  inputs: Values;
  /** Paths of inputs whose values are not known before deployment, or are yours to say. */
  placeholders: string[];
}

/** Where a text comes from, as far as the engine says, and what is told of every output that is found in it. */
interface Reading {
  /** URNs of what the input depends on. */
  from: string[];
  found?: (urn: string) => void;
}

/** An output that a text may be. */
interface Meaning {
  urn: string;
  label: string;
  /** No other output has this text, so it is this one wherever it stands. */
  sure: boolean;
}

/** Shorter ones, such as a state, are said by no output alone. */
const SHORTEST = 8;

/** What is made up in it are other outputs of the same resource, among words that are the same in every kubeconfig. */
const KUBECONFIG = /^(core\.)?kubeconfig\b/;

/** What the engine makes of a hash of the URN, or of its invented account. */
const OWN = /[0-9a-f]{17}|^arn:|^-----BEGIN|^198\.1[89]\./;

/** Programs ask for the name of a role of which they are told the ARN. */
const ROLE = /^arn:aws:iam::\d+:role\/(?:.*\/)?([^/]+)$/;

/** Parts of a text that may each be an output: certificates, ARNs, URLs, then ids and addresses. */
const TOKENS =
  /-----BEGIN[^]*?-----END [A-Z ]+-----(?:\\n|\n)?|arn:aws[^"\s,]+|https:\/\/[^"\s,]+|[A-Za-z0-9][\w.-]*/g;

const ACCOUNT = "aws:index/getCallerIdentity:getCallerIdentity";
const ZONES = "aws:index/getAvailabilityZones:getAvailabilityZones";

export class Invented {
  private readonly meanings = new Map<string, Meaning[]>();
  /** What certificates are called, by the URN of what makes them. */
  private readonly certificates = new Map<string, string>();
  /** Texts that mean the same wherever they stand alone or as a word. */
  private readonly words: Map<string, string>;

  /** @param given what stands in place of what the description must still say, by what it stands for */
  constructor(graph: Graph, given: Record<string, string> = {}) {
    const results = (token: string) => graph.calls.filter((call) => call.token === token);
    this.words = new Map([
      ...results(ACCOUNT).map(({ result }): [string, string] => [result.accountId, "<account>"]),
      ...results(ZONES).flatMap(({ result: { id, names } }) =>
        names.map((name: string, index: number) => [name, `<zone ${index + 1} of ${id}>`]),
      ),
      ...Object.entries(given).map(([what, text]): [string, string] => [text, `<${what}>`]),
    ]);
    for (const resource of graph.resources) this.add(resource);
  }

  /** Inputs of a resource with secrets masked and everything that is made up replaced. */
  shown({ inputs, secrets, unknowns, propertyDependencies }: Registration): Shown {
    const masked = redacted({ inputs, secrets });
    const changes = new Map<string, string>();
    for (const [key, value] of Object.entries(masked)) {
      const from = propertyDependencies[key] ?? [];
      for (const [path, text] of pathsTo(value, childPath("", key))) {
        if (typeof text !== "string") continue;
        const shown = this.replace(text, { from });
        if (shown !== text) changes.set(path, shown);
      }
    }
    const paths = [...changes.keys()];
    return {
      inputs: mapPaths(masked, paths, (_, path) => changes.get(path)),
      placeholders: [...unknowns, ...paths].sort(),
    };
  }

  /** URNs of the resources whose outputs inputs hold, by path: those in secrets too. */
  holders({ inputs, propertyDependencies }: Registration): Map<string, Set<string>> {
    const held = Object.entries(inputs).flatMap(([key, value]) => {
      const from = propertyDependencies[key] ?? [];
      return pathsTo(value, childPath("", key)).map(([path, text]): [string, Set<string>] => {
        const urns = new Set<string>();
        if (typeof text === "string") this.replace(text, { from, found: (urn) => urns.add(urn) });
        return [path, urns];
      });
    });
    return new Map(held.filter(([, urns]) => urns.size > 0));
  }

  /** Outputs of a resource that its inputs do not say. */
  private add({ urn, type, name, inputs, computed }: Registration): void {
    const outputs = pathsTo(computed).filter(isText).filter(isTold);
    if (outputs.length === 0) return;
    const given = new Set<Value>(pathsTo(inputs).map(([, value]) => value));
    for (const [path, text] of outputs) {
      // An object's id is its name, which the program gives.
      if (given.has(text) || (path === "id" && type.startsWith("kubernetes:"))) continue;
      const output = `${shortType(type)} ${name}.${path}`;
      const role = ROLE.exec(text)?.[1];
      if (role && !given.has(role)) this.mean(role, { urn, label: `<name in ${output}>` });
      if (text.startsWith("-----BEGIN CERTIFICATE-----")) this.certificates.set(urn, output);
      for (const form of new Set([text, JSON.stringify(text).slice(1, -1)]))
        this.mean(form, { urn, label: `<${output}>` });
    }
  }

  private mean(text: string, meaning: Omit<Meaning, "sure">): void {
    const others = this.meanings.get(text) ?? [];
    this.meanings.set(text, [...others, { ...meaning, sure: OWN.test(text) }]);
  }

  private replace(text: string, reading: Reading): string {
    return (
      this.meaningOf(text, reading) ??
      this.digestOf(text, reading) ??
      this.inBase64(text, reading) ??
      text.replace(TOKENS, (token) => this.meaningOf(token, reading) ?? this.within(token, reading))
    );
  }

  /** Of several outputs with one text, that of a resource which the engine says the input comes from. */
  private meaningOf(text: string, { from, found }: Reading): string | undefined {
    const word = this.words.get(text);
    if (word !== undefined) return word;
    const all = this.meanings.get(text) ?? [];
    const meaning = all.find(({ urn }) => from.includes(urn)) ?? all.find(({ sure }) => sure);
    if (meaning) found?.(meaning.urn);
    return meaning?.label;
  }

  /** Charts are told to roll what mounts certificates by a digest of them. */
  private digestOf(text: string, { from, found }: Reading): string | undefined {
    const urns = from.filter((urn) => this.certificates.has(urn));
    if (urns.length === 0 || !/^[0-9a-f]{64}$/.test(text)) return undefined;
    urns.forEach((urn) => found?.(urn));
    return `<sha256 of ${urns.map((urn) => this.certificates.get(urn)).join(" and ")}>`;
  }

  /** The words of an ARN or a URL that is none itself. */
  private within(token: string, reading: Reading): string {
    if (!/^(arn|https):/.test(token)) return token;
    return token.replace(/[\w-]+/g, (word) => this.meaningOf(word, reading) ?? word);
  }

  /** A text whose base64 form this is, with what is made up in it replaced; absent where there is none. */
  private inBase64(text: string, reading: Reading): string | undefined {
    if (text.length < SHORTEST || text.length % 4 !== 0 || !/^[\w+/]+={0,2}$/.test(text)) return;
    const plain = Buffer.from(text, "base64").toString();
    const replaced = this.replace(plain, reading);
    return replaced === plain ? undefined : `<base64 of ${replaced}>`;
  }
}

function isText(entry: [string, Value]): entry is [string, string] {
  return typeof entry[1] === "string" && entry[1].length >= SHORTEST;
}

/** Whether an output is looked for: the words of a kubeconfig are not. */
function isTold([path]: [string, string]): boolean {
  return !KUBECONFIG.test(path);
}
