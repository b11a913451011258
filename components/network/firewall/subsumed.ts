/** Rules that others make needless. */
import { contains, overlap } from "../../topology/cidr";
import type { RulePlan } from "./facts";
import type { NamedSide } from "./sides";

/** A rule with what stands behind its other side. */
export interface Placed {
  rule: RulePlan;
  behind: NamedSide;
}

/**
 * The rules without those that the rest lets in too, whose reasons it keeps: AWS refuses a rule that a group has already, and
 * each counts against a quota. Of rules that let in the same, the first stays.
 */
export function withoutSubsumed(all: readonly Placed[]): RulePlan[] {
  const kept = [...all];
  const dropped: Placed[] = [];
  for (const one of [...all].reverse()) {
    const others = kept.filter((other) => other !== one && coversPorts(other.rule, one.rule));
    if (!coversSide(others, one)) continue;
    kept.splice(kept.indexOf(one), 1);
    dropped.unshift(one);
  }
  return kept.map((one) => {
    const others = dropped.filter((other) => letsIn(one, other));
    const reasons = new Set(others.map(reasonOf));
    reasons.delete(one.rule.reason);
    const isWayIn = others.some(({ rule }) => rule.isWayIn) && { isWayIn: true as const };
    return { ...one.rule, alsoFor: [...reasons], ...isWayIn };
  });
}

function reasonOf({ rule }: Placed): string {
  return rule.reason;
}

function coversPorts(wide: RulePlan, narrow: RulePlan): boolean {
  const [[first, last], [from, to]] = [wide.ports, narrow.ports];
  return wide.protocol === narrow.protocol && first <= from && to <= last;
}

/** Whether some rules together let in all of the other side. A rule for a group covers no addresses: not all that has them carries the group. */
function coversSide(rules: readonly Placed[], { behind }: Placed): boolean {
  if (rules.some((rule) => sameSide(rule.behind, behind))) return true;
  return behind.addresses !== undefined && contains(rules.flatMap(openTo), behind.addresses);
}

/** Whether a rule lets in something of what another is for. */
function letsIn(one: Placed, other: Placed): boolean {
  if (!coversPorts(one.rule, other.rule)) return false;
  return sameSide(one.behind, other.behind) || overlap(openTo(one), other.behind.addresses ?? []);
}

function openTo({ behind: { side, addresses = [] } }: Placed): string[] {
  return side.kind === "group" ? [] : addresses;
}

/** Sides of one name and kind are one: clusters, meshes, load balancers and ranges have names of their own. */
function sameSide(a: NamedSide, b: NamedSide): boolean {
  return a.side.kind === b.side.kind && a.name === b.name;
}
