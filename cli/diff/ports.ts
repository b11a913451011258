/** Who gets in that did not before, and who no longer does. */
import type { Report } from "../report/report";
import type { PortChange } from "./report";

/** All addresses there are. */
const WORLD = ["0.0.0.0/0", "::/0"];

/** One who gets in. */
interface Entry {
  target: string;
  ports: string;
  from: string;
  reason: string;
}

export function comparePorts(before: Report, after: Report): PortChange[] {
  const [old, now] = [entriesOf(before), entriesOf(after)];
  const missing = (entries: Entry[], others: Entry[]) => {
    const known = new Set(others.map(keyOf));
    return entries.filter((entry) => !known.has(keyOf(entry)));
  };
  const isNew = (target: string, others: Entry[]) => others.every((each) => each.target !== target);
  return [
    ...joined(missing(now, old), true, (target) => isNew(target, old)),
    ...joined(missing(old, now), false, (target) => isNew(target, now)),
  ];
}

/** Rules of security groups, and who may call which public API server. */
function entriesOf({ ports, clusters }: Report): Entry[] {
  const rules = ports.flatMap(({ target, rules: all }) =>
    all.flatMap(({ ports: range, from, reason, alsoFor }) =>
      from.map((each) => ({
        ...{ target, ports: range, from: each },
        reason: [reason, ...alsoFor].join("; "),
      })),
    ),
  );
  const callers = clusters.flatMap(({ name, existing, api }) =>
    existing || api.private
      ? []
      : [...api.allowFrom, ...api.natOf.map((vpc) => `NAT addresses of VPC ${vpc}`)].map(
          (from) => ({
            ...{ target: `API server of cluster ${name}`, ports: "443", from },
            reason: "callers of its public endpoint",
          }),
        ),
  );
  return [...rules, ...callers];
}

function keyOf({ target, ports, from }: Entry): string {
  return `${target} ${ports} ${from}`;
}

/** One for each target, ports and reason, with everyone who gets in for it. */
function joined(
  entries: Entry[],
  opened: boolean,
  isWhole: (target: string) => boolean,
): PortChange[] {
  const changes = new Map<string, PortChange>();
  for (const { target, ports, from, reason } of entries) {
    const key = JSON.stringify([target, ports, reason]);
    const others = changes.get(key)?.from ?? [];
    const sources = [...others, from];
    const world = sources.some((source) => WORLD.includes(source));
    const whole = isWhole(target);
    changes.set(key, { opened, target, ports, from: sources, reason, world, whole });
  }
  return [...changes.values()];
}
