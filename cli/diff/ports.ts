/** Who gets in that did not before, and who no longer does. */
import { grouped } from "../../components/records";
import type { Report } from "../report/report";
import { callersOf } from "../report/words";
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
  return [...onlyIn(now, old, true), ...onlyIn(old, now, false)];
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
      : callersOf(api).map((from) => ({
          ...{ target: `API server of cluster ${name}`, ports: "443", from },
          reason: "callers of its public endpoint",
        })),
  );
  return [...rules, ...callers];
}

function keyOf({ target, ports, from }: Entry): string {
  return `${target} ${ports} ${from}`;
}

/** What others lack: one for each target, ports and reason, with everyone who gets in for it. */
function onlyIn(entries: Entry[], others: Entry[], opened: boolean): PortChange[] {
  const known = new Set(others.map(keyOf));
  const targets = new Set(others.map(({ target }) => target));
  const missing = entries.filter((entry) => !known.has(keyOf(entry)));
  const purposes = grouped(missing, ({ target, ports, reason }) =>
    JSON.stringify([target, ports, reason]),
  );
  return [...purposes.values()].map((same) => {
    const [{ target, ports, reason }] = same as [Entry];
    const from = same.map((entry) => entry.from);
    const world = from.some((source) => WORLD.includes(source));
    return { opened, target, ports, from, reason, world, whole: !targets.has(target) };
  });
}
