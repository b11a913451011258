import * as assert from "node:assert/strict";
import type { Values } from "../../../engine";
import type { Manifest } from "./checkov";
import { templatesOf, type Template } from "./cloudFormation/template";
import { weighed } from "./exceptions";
import type { Fault } from "./faults";
import type { Finding } from "./findings";
import { objectsOf } from "./manifests";
import { policiesOf, type Policy } from "./policies";
import { subject } from "./subjects";

/** The variant with most types of AWS's, and the one with relays. */
const [withNodes, withRelays] = ["managedNodes", "twoServers"];

type Faults = Readonly<Record<string, Fault>>;

/** Every spoilt copy shows its fault, and nothing else that no exception answers. */
export async function demandFound<T>(
  faults: Faults,
  spoiltBy: (fault: Fault, name: string) => T,
  judge: (copies: readonly T[]) => Promise<Finding[]>,
): Promise<void> {
  const named = Object.entries(faults);
  const { open } = weighed(await judge(named.map(([name, fault]) => spoiltBy(fault, name))));
  const found = new Set(open.map(({ subject: name, rule }) => `${name}: ${rule}`));
  assert.deepEqual([...found].sort(), named.map(([name, { rule }]) => `${name}: ${rule}`).sort());
}

function spoil(target: Values | undefined, fault: Fault): void {
  assert.ok(target, `there is no ${fault.of} to plant a fault in`);
  fault.spoil(target);
}

export async function spoiltTemplates() {
  const templates = templatesOf(await subject(withNodes));
  return (fault: Fault, name: string): Template => {
    const found = templates.find(({ resources }) => firstOf(resources, fault));
    assert.ok(found, `there is no ${fault.of} to plant a fault in`);
    const resources = structuredClone(found.resources);
    spoil(firstOf(resources, fault)?.Properties, fault);
    return { ...found, subject: name, resources };
  };
}

const firstOf = (resources: Template["resources"], { of }: Fault) =>
  Object.values(resources).find(({ Type }) => Type === of);

export async function spoiltManifests() {
  const [{ by, objects }] = objectsOf(await subject(withRelays));
  return (fault: Fault, name: string): Manifest => {
    const copy = structuredClone(objects);
    spoil(
      copy.find(({ kind }) => kind === fault.of),
      fault,
    );
    return { subject: name, by, objects: copy };
  };
}

export async function spoiltPolicies() {
  const policies = policiesOf(await subject(withNodes));
  return (fault: Fault, name: string): Policy => {
    const found = policies.find(({ where }) => where.startsWith(`${fault.of} `));
    const document = structuredClone(found?.document);
    spoil(document, fault);
    return { ...found!, document: document!, subject: name };
  };
}
