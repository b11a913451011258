import { Severity } from "../../../components/topology";
import type { Rule } from "../../../components/topology";

/** Asks facts of the room's own. */
export const throwawayRules: Rule<number>[] = [
  {
    id: "throwaway-clusters",
    summary: "There are fewer clusters than the room can hold.",
    why: "A test looks for it.",
    severity: Severity.Warning,
    check: ({ clusters }, _, most) =>
      Object.keys(clusters).length < most
        ? []
        : [{ path: "clusters", got: "many", allowed: `fewer than ${most}`, fix: "remove one" }],
  },
];
