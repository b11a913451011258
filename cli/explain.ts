/** `explain`: what a rule holds, and why. */
import type { Command } from "commander";
import { rooms } from "../components/mesh/rooms";
import { find } from "../components/records";
import { Severity } from "../components/topology";
import { apiMissing } from "../components/topology/rules/apis";
import { closest } from "../components/topology/suggest";
import { exitHelp } from "./exitCode";
import type { Streams } from "./exitCode";
import { refuseArgument } from "./problems";
import { table, wrap } from "./text/layout";
import { styleFor } from "./text/style";
import type { Style } from "./text/style";

export interface Explained {
  id: string;
  summary: string;
  why: string;
  /** Page of this package that has what it is about. */
  page: string;
  effect: string;
}

const EFFECTS = {
  [Severity.Problem]: "refused: nothing is planned or deployed until it holds",
  [Severity.Warning]: "a warning: `plan` and `up` go on",
} satisfies Record<Severity, string>;

/** What is planned goes on without it, since only what is deployed needs it. */
const DEPLOYED = "refused by `up` and `preview`; `plan` warns and goes on";

const REFERENCE = "docs/reference.md";

/** Pages by what ids of rules begin with, wherever the rule is. */
const PAGES = {
  machine: "docs/machines.md",
  ecs: "docs/ecs.md",
  federation: "docs/federation.md",
  tenant: "docs/tenants.md",
  trust: "docs/roots.md",
  root: "docs/roots.md",
  api: "docs/private-api.md",
  account: "docs/security.md",
  revision: "docs/upgrades.md",
  runs: "docs/control-planes.md",
  served: "docs/control-planes.md",
  mode: "docs/control-planes.md",
} satisfies Record<string, string>;

function pageOf(id: string): string {
  const [first] = id.split("-");
  return find(PAGES, first!) ?? REFERENCE;
}

/** What is no rule of a room and still is printed as one. */
const OTHERS: Explained[] = [
  {
    id: "shape",
    summary: "Every value of the description is of its field's kind, and every key is known.",
    why: "The fields, their kinds and defaults are in schema/stack.schema.json, which editors show.",
    page: REFERENCE,
    effect: EFFECTS[Severity.Problem],
  },
  {
    id: "file",
    summary: "A stack file is YAML with `config:` and the description under it.",
    why: "Pulumi reads it so (https://www.pulumi.com/docs/iac/concepts/config/).",
    page: "docs/getting-started.md",
    effect: EFFECTS[Severity.Problem],
  },
  {
    id: "argument",
    summary: "A command is called with what its --help says.",
    why: "What is not understood is not guessed.",
    page: "docs/commands.md",
    effect: EFFECTS[Severity.Problem],
  },
  {
    id: "secret-missing",
    summary: "Every secret that the description names by its config key is set.",
    why: "The description itself is readable to everybody who reads the stack file, so it holds no secret (https://www.pulumi.com/docs/iac/concepts/secrets/).",
    page: "docs/roots.md",
    effect: EFFECTS[Severity.Warning],
  },
];

/** Every rule, in the order of rooms. */
export function explainedRules(): Explained[] {
  const ours = rooms.flatMap(({ rules }) =>
    rules.map(({ id, summary, why, severity }) => ({
      ...{ id, summary, why, page: pageOf(id) },
      effect: id === apiMissing.id ? DEPLOYED : EFFECTS[severity],
    })),
  );
  return [...ours, ...OTHERS];
}

export function addExplain(program: Command, { stdout }: Streams): void {
  program
    .command("explain")
    .description("say what a rule holds, and why, with the page that forces it")
    .argument("[rule]", "its id, as problems and warnings have it in brackets; all without it")
    .addHelpText("after", exitHelp())
    .action((id: string | undefined) => {
      const style = styleFor(stdout);
      stdout.write(id === undefined ? renderAll(style) : renderRule(ruleOf(id), style));
    });
}

function ruleOf(id: string): Explained {
  const rules = explainedRules();
  const rule = rules.find((each) => each.id === id);
  if (rule) return rule;
  const meant = closest(
    id,
    rules.map((each) => each.id),
  );
  return refuseArgument({
    path: "explain",
    got: JSON.stringify(id),
    allowed: "the id of a rule, as `istio-patterns explain` lists them",
    fix: meant === undefined ? "copy it from the message" : `did you mean "${meant}"?`,
  });
}

function renderRule({ id, summary, why, page, effect }: Explained, style: Style): string {
  const rows = [
    ["why", why],
    ["page", page],
    ["else", effect],
  ];
  const says = wrap(summary, style.width - 1).map((line) => ` ${line}`);
  const more = table(rows, { indent: 1, gap: 3, width: style.width });
  return `${[` ${style.title(id)}`, ...says, "", ...more].join("\n")}\n`;
}

function renderAll(style: Style): string {
  const rows = explainedRules().map(({ id, summary }) => [id, summary]);
  return `${table(rows, { indent: 1, gap: 3, width: style.width }).join("\n")}\n`;
}
