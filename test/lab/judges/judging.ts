import * as assert from "node:assert/strict";
import { lint } from "./cfnLint";
import { scanManifests, scanTemplates } from "./checkov";
import { templatesOf } from "./cloudFormation/template";
import { weighed } from "./exceptions";
import { manifestFaults, policyFaults, schemaFaults, templateFaults } from "./faults";
import type { Court, Finding } from "./findings";
import { objectsOf, renderedOf } from "./manifests";
import { demandFound, spoiltManifests, spoiltPolicies, spoiltTemplates } from "./planting";
import { audited, policiesOf } from "./policies";
import type { Subject } from "./subjects";

/** What the judges look at. */
export interface Case {
  readonly court: Court;
  readonly subjects: readonly Subject[];
  /** Of all judges so far. */
  readonly findings: Finding[];
}

/** A step of the judges', in the order in which they are called. */
export interface Judging {
  readonly title: string;
  /** Holds of all stack files and variants together. */
  readonly whole?: boolean;
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
    title: "planned AWS resources are as checkov wants them",
    async run(one) {
      demandNothing(one, await scanTemplates(one.court, one.subjects.flatMap(templatesOf)));
    },
  },
  {
    title: "objects, and what the charts make of their values, are as checkov wants them",
    async run(one) {
      const rendered = await renderedOf(one.court, one.subjects);
      const all = [...one.subjects.flatMap(objectsOf), ...rendered];
      demandNothing(one, await scanManifests(one.court, all));
    },
  },
  {
    title: "IAM policies are as parliament wants them",
    async run(one) {
      demandNothing(one, await audited(one.court, one.subjects.flatMap(policiesOf)));
    },
  },
  {
    title: "every exception answers something",
    whole: true,
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
    title: "parliament finds planted faults",
    async run({ court }) {
      await demandFound(policyFaults, await spoiltPolicies(), (all) => audited(court, all));
    },
  },
];
