import * as assert from "node:assert/strict";
import type { Check, Pattern, Reason } from "../run/check";
import { busy } from "../run/underCalls";

type Row = Readonly<Record<string, Reason>>;

const oneCluster = {
  clusterz: "oneCluster",
  "remote-clusters": "oneCluster",
  refreshed: "oneCluster",
  kubeconfigs: "oneCluster",
  added: "oneCluster",
  removed: "oneCluster",
} as const satisfies Row;
const noSidecar = {
  injected: "ambient",
  sidecars: "ambient",
  identities: "ambient",
  ...(process.env.LAB_ZTUNNEL
    ? {}
    : { answered: "noZtunnel", permissive: "noZtunnel", restarted: "noZtunnel" }),
} as const satisfies Row;
const noRemotes = {
  "root-everywhere": "everyIstiod",
  configz: "everyIstiod",
  addressed: "everyIstiod",
  "let-in": "everyIstiod",
  "relay-valid": "everyIstiod",
  "relay-carries": "everyIstiod",
  "no-validator": "everyIstiod",
  "ordered-remotes": "everyIstiod",
} as const satisfies Row;
const noZtunnel = { ztunnels: "sidecar" } as const satisfies Row;

/** What takes a minute and depends on no pattern, and where each is shown. */
const shownBy = {
  asked: "02-multi-primary-different-networks",
  killed: "01-single-cluster",
  repeated: "01-single-cluster",
  unreached: "02-multi-primary-different-networks",
  rotated: "02-multi-primary-same-network",
  people: "02-multi-primary-same-network",
  revoked: "02-multi-primary-same-network",
  "refused-tokens": "02-multi-primary-same-network-routed-vpcs",
  down: "02-primary-remote-different-networks",
  failover: "02-primary-remote-same-network",
  "added-under-calls": busy,
  reissued: busy,
  restarted: [busy, `${busy}-ambient`],
  stopped: busy,
  ruleless: "02-multi-primary-same-network",
  stranger: "02-multi-primary-same-network",
  routeless: "02-multi-primary-same-network-routed-vpcs",
  mislabelled: "01-single-cluster",
  expired: "01-single-cluster",
  near: "02-multi-primary-different-networks",
  wishes: "01-single-cluster",
  restricted: "01-single-cluster",
  told: "01-single-cluster",
  scraped: "01-single-cluster",
  "no-wishes": "01-single-cluster",
  "near-by-mesh-config": "02-multi-primary-different-networks",
  zones: "01-single-cluster",
  "zone-list": "01-single-cluster",
  served: "01-single-cluster",
  "python-sdk": "01-single-cluster",
  "go-sdk": "01-single-cluster",
  "python-program": "01-single-cluster",
} satisfies Record<string, string | string[]>;

/** What no check says about each pattern, and why; a check that falls silent elsewhere is an error. */
const notApplicable: Readonly<Record<string, Row>> = {
  "01-single-cluster": { ...oneCluster, ...noRemotes, ...noZtunnel },
  "01-single-cluster-ambient": { ...oneCluster, ...noRemotes, ...noSidecar },
  [busy]: { ...noRemotes, ...noZtunnel, added: "underCalls" },
  "02-multi-primary-different-networks-ambient": { ...noRemotes, ...noSidecar },
  "02-multi-primary-same-network": { ...noRemotes, ...noZtunnel },
  "02-multi-primary-same-network-routed-vpcs": { ...noRemotes, ...noZtunnel },
  "02-primary-remote-different-networks": noZtunnel,
  "02-primary-remote-same-network": noZtunnel,
  "03-external-istiod-kubernetes": noZtunnel,
};

function expectedFor(pattern: string): Row {
  const row = notApplicable[pattern];
  assert.ok(row, `${pattern}: expected a row in the table of what does not apply`);
  const elsewhere = Object.entries(shownBy).filter(
    ([, shown]) => ![shown].flat().includes(pattern),
  );
  return { ...row, ...Object.fromEntries(elsewhere.map(([key]) => [key, "elsewhere"])) } as Row;
}

/** The checks that skip a pattern are exactly those of the table. */
export function demandMatrix(checks: readonly Check[], pattern: Pattern): void {
  const expected = expectedFor(pattern.name);
  const skipped = checks.flatMap(({ key, skip }) => {
    const reason = skip?.(pattern);
    return reason ? [[key, reason]] : [];
  });
  const message = `${pattern.name}: what does not apply differs from the table`;
  assert.deepEqual(Object.fromEntries(skipped), expected, message);
}
