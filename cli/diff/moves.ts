/** What no input says: an AWS provider has the region and account that a resource stands in, and an option whether it is protected. */
import { isDeepStrictEqual } from "node:util";
import type { Registration } from "../../engine";
import type { InputChange } from "./change";
import { Effect } from "./replacements";

/** Types of these services stand in no region. */
const GLOBAL = /^aws:(iam|route53)\//;

/** Path under which a move between accounts is told. */
export const ACCOUNT = "account";

/**
 * A region is an input of every regional type, which the provider fills in, and no resource leaves its own
 * (https://registry.terraform.io/providers/hashicorp/aws/latest/docs/guides/enhanced-region-support). Of an account the state knows
 * nothing: the engine takes the resource for one that the new provider made (`providerChanged` in pulumi/pulumi,
 * pkg/resource/deploy/step_generator.go).
 *
 * @param before its AWS provider, as it was
 */
export function movesOf(
  type: string,
  before: Registration | undefined,
  after: Registration | undefined,
): InputChange[] {
  if (!before || !after || before.urn === after.urn) return [];
  const [was, is] = [before.inputs, after.inputs];
  const moves = [
    ...(GLOBAL.test(type)
      ? []
      : [{ path: "region", before: was.region, after: is.region, effect: Effect.Replaces }]),
    {
      ...{ path: ACCOUNT, before: was.assumeRoles, after: is.assumeRoles },
      effect: Effect.Updates,
    },
  ];
  return moves.filter((move) => !isDeepStrictEqual(move.before, move.after));
}

/** What the engine refuses to replace or remove, and no longer does, or begins to. */
export function protectionOf(before: Registration, after: Registration): InputChange[] {
  const [was, is] = [before.protect, after.protect];
  return was === is ? [] : [{ path: "protect", before: was, after: is, effect: Effect.Updates }];
}
