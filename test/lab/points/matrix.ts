import * as assert from "node:assert/strict";
import type { Check, Pattern, Reason } from "../run/check";

type Row = Readonly<Record<string, Reason>>;

const oneCluster = {
  clusterz: "oneCluster",
  "remote-clusters": "oneCluster",
  refreshed: "oneCluster",
  added: "oneCluster",
  removed: "oneCluster",
} as const satisfies Row;
const noSidecar = { injected: "ambient", sidecars: "ambient" } as const satisfies Row;
const noZtunnel = { ztunnels: "sidecar" } as const satisfies Row;
const failures = { killed: "elsewhere", repeated: "elsewhere" } as const satisfies Row;
const tokens = { rotated: "elsewhere", revoked: "elsewhere" } as const satisfies Row;

/** What no check says about each pattern, and why; a check that falls silent elsewhere is an error. */
const notApplicable: Readonly<Record<string, Row>> = {
  "01-single-cluster": { ...oneCluster, ...noZtunnel, ...tokens },
  "01-single-cluster-ambient": { ...oneCluster, ...noSidecar, ...tokens, ...failures },
  "02-multi-primary-different-networks": { ...noZtunnel, ...tokens, ...failures },
  "02-multi-primary-different-networks-ambient": { ...noSidecar, ...tokens, ...failures },
  "02-multi-primary-same-network": { ...noZtunnel, ...failures },
  "02-multi-primary-same-network-routed-vpcs": { ...noZtunnel, ...tokens, ...failures },
};

/** The checks that skip a pattern are exactly those of the table. */
export function demandMatrix(checks: readonly Check[], pattern: Pattern): void {
  const expected = notApplicable[pattern.name];
  assert.ok(expected, `${pattern.name}: expected a row in the table of what does not apply`);
  const skipped = checks.flatMap(({ key, skip }) => {
    const reason = skip?.(pattern);
    return reason ? [[key, reason]] : [];
  });
  const message = `${pattern.name}: what does not apply differs from the table`;
  assert.deepEqual(Object.fromEntries(skipped), expected, message);
}
