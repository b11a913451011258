import * as assert from "node:assert/strict";
import { effectOf } from "../../../cli/diff/replacements";
import type { Client } from "./client";
import { prepared, refusals } from "./apiServer";
import { lint } from "./cfnLint";
import { scanManifests, scanTemplates, type Manifest } from "./checkov";
import { templatesOf } from "./cloudFormation/template";
import { demandDiscovered } from "./discovery";
import { demandDrawn, demandFaultsFound, renderers, type Renderer } from "./drawings";
import { weighed } from "./exceptions";
import {
  formFaults,
  manifestFaults,
  policyFaults,
  schemaFaults,
  tableFaults,
  templateFaults,
  workflowFaults,
} from "./faults";
import type { Court, Finding } from "./findings";
import { demandFound, spoiltManifests, spoiltPolicies, spoiltTemplates } from "./planting";
import { audited, policiesOf } from "./policies";
import { disagreements } from "./replacements";
import type { Subject } from "./subjects";
import { formed, spoiltWorkflow, workflows } from "./workflows";

/** What the judges look at. */
export interface Case {
  readonly court: Court;
  /** Of a cluster that has nothing of what is judged. */
  readonly client: Client;
  /** All stack files, and the variants that say what they leave out. */
  readonly subjects: readonly Subject[];
  /** Objects of the program, and what the charts make of their values. */
  readonly manifests: readonly Manifest[];
  /** Of all judges so far. */
  readonly findings: Finding[];
}

/** A step of the judges', in the order in which they are called. */
export interface Judging {
  readonly title: string;
  /** A program of the machine without which it cannot be asked. */
  readonly needs?: string;
  readonly run: (one: Case) => Promise<void>;
}

const longest = 20;

/** Nothing is found that no exception answers. */
function demandNothing({ findings: all }: Case, findings: readonly Finding[]): void {
  all.push(...findings);
  const lines = weighed(findings).open.map(
    ({ judge, rule, subject, where, message }) =>
      `${judge} ${rule} in ${subject}: ${where}: ${message}`,
  );
  const more = lines.length > longest ? [`and ${lines.length - longest} more`] : [];
  assert.ok(lines.length === 0, [...lines.slice(0, longest), ...more].join("\n"));
}

export const judgings: readonly Judging[] = [
  {
    title: "planned AWS resources have the form of CloudFormation's schemas (cfn-lint)",
    async run(one) {
      demandNothing(one, await lint(one.court, one.subjects.flatMap(templatesOf)));
    },
  },
  {
    title: "the table of replacements says what AWS's schemas say (cfn-lint)",
    async run(one) {
      demandNothing(one, await disagreements(one.court, one.subjects));
    },
  },
  {
    title: "planned AWS resources are as checkov wants them",
    async run(one) {
      demandNothing(one, await scanTemplates(one.court, one.subjects.flatMap(templatesOf)));
    },
  },
  {
    title: "objects, and what the charts make of their values, are as checkov wants them",
    async run(one) {
      demandNothing(one, await scanManifests(one.court, one.manifests));
    },
  },
  {
    title: "an API server takes objects, and what the charts make of their values, by the letter",
    async run(one) {
      await prepared(one.client, one.manifests);
      demandNothing(one, await refusals(one.client, one.manifests));
    },
  },
  {
    title: "IAM policies are as parliament wants them",
    async run(one) {
      demandNothing(one, await audited(one.court, one.subjects.flatMap(policiesOf)));
    },
  },
  {
    title: "workflows to copy have the form that GitHub takes (check-jsonschema)",
    async run(one) {
      demandNothing(one, await formed(one.court, workflows()));
    },
  },
  {
    title: "every exception answers something",
    async run({ findings }) {
      const idle = weighed(findings).idle.map(({ judge, rule, at }) => `${judge} ${rule} ${at}`);
      assert.deepEqual(idle, []);
    },
  },
  {
    title: "cfn-lint finds planted faults",
    async run({ court }) {
      await demandFound(schemaFaults, await spoiltTemplates(), (all) => lint(court, all));
    },
  },
  {
    title: "cfn-lint finds planted faults in the table of replacements",
    async run({ court, subjects }) {
      for (const { at, says } of tableFaults) {
        const told: typeof effectOf = (type, input) =>
          at === `${type} ${input}` ? says : effectOf(type, input);
        const found = await disagreements(court, subjects, told);
        assert.deepEqual(
          found.map(({ where }) => where),
          [at],
        );
      }
    },
  },
  {
    title: "checkov finds planted faults in AWS resources",
    async run({ court }) {
      await demandFound(templateFaults, await spoiltTemplates(), (all) =>
        scanTemplates(court, all),
      );
    },
  },
  {
    title: "checkov finds planted faults in objects",
    async run({ court }) {
      await demandFound(manifestFaults, await spoiltManifests(), (all) =>
        scanManifests(court, all),
      );
    },
  },
  {
    title: "an API server finds planted faults",
    async run({ client }) {
      await demandFound(formFaults, await spoiltManifests(), (all) => refusals(client, all));
    },
  },
  {
    title: "parliament finds planted faults",
    async run({ court }) {
      await demandFound(policyFaults, await spoiltPolicies(), (all) => audited(court, all));
    },
  },
  {
    title: "check-jsonschema finds planted faults",
    async run({ court }) {
      await demandFound(workflowFaults, spoiltWorkflow, (all) => formed(court, all));
    },
  },
  {
    title: "`discover` prints a VPC as EC2's API and the `aws` CLI have it (moto)",
    run: ({ court }) => demandDiscovered(court),
  },
  ...renderers.flatMap(drawn),
];

function drawn(renderer: Renderer): Judging[] {
  const { program: needs } = renderer;
  return [
    {
      ...{ needs, title: `${needs} draws every stack file as its coordinates and colours say` },
      run: ({ court }) => demandDrawn(renderer, court.work),
    },
    {
      ...{ needs, title: `${needs} shows an unset colour, and text that leaves its box` },
      run: ({ court }) => demandFaultsFound(renderer, court.work),
    },
  ];
}
