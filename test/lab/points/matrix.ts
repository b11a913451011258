import * as assert from "node:assert/strict";
import { skipped, type Check, type Pattern, type Reason } from "../run/check";
import { machineLife } from "../run/machines";
import { busy } from "../run/underCalls";
import { bootsMachines } from "../tools/machine/image";
import { machineChecks } from "./p14MachineLife";
import { mixed } from "../run/tasks";
import { taskClosedChecks } from "./p17Closed";
import { taskLifeChecks } from "./p17TaskLife";
import { taskHelperChecks } from "./p17Helpers";
import { taskKnownChecks } from "./p17Known";
import { taskChecks } from "./p17Tasks";
import { taskWireChecks } from "./p17TaskWire";
import { taskWaypointChecks } from "./p17Waypoint";

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
    : {
        answered: "noZtunnel",
        permissive: "noZtunnel",
        asked: "noZtunnel",
        "entrance-verified": "noZtunnel",
      }),
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
const machines = machineChecks.map(({ key }) => key);
const tasks = [
  ...taskChecks,
  ...taskClosedChecks,
  ...taskWireChecks,
  ...taskLifeChecks,
  ...taskWaypointChecks,
  ...taskKnownChecks,
].map(({ key }) => key);
const silent = (keys: readonly string[], reason: Reason): Row =>
  Object.fromEntries(keys.map((key) => [key, reason]));
const booted = bootsMachines() ? {} : silent(machines, "noBoot");
const uncalled: Row = process.env.LAB_ZTUNNEL
  ? {}
  : silent(["machine-reached", "machine-knows"], "noZtunnel");
const helpers = taskHelperChecks.map(({ key }) => key);
const joined: Row = process.env.LAB_ZTUNNEL
  ? silent(helpers, "realZtunnel")
  : silent(tasks, "noZtunnel");
const noZtunnel = { ztunnels: "sidecar" } as const satisfies Row;

const multiMesh = "04-multi-mesh";
const tenants = "05-tenancy-namespace";
const clusterTenants = "05-tenancy-cluster";
const meshTenants = "05-tenancy-mesh";

/** What takes a minute and depends on no pattern, and where each is shown. */
const shownBy = {
  killed: "01-single-cluster",
  repeated: "01-single-cluster",
  unreached: "02-multi-primary-different-networks",
  rotated: "02-multi-primary-same-network",
  people: "02-multi-primary-same-network",
  revoked: "02-multi-primary-same-network",
  "refused-tokens": "02-multi-primary-same-network-routed-vpcs",
  down: "02-primary-remote-different-networks",
  "first-calls": "02-multi-primary-different-networks",
  rolled: "02-primary-remote-different-networks",
  "rolled-bare": "02-primary-remote-different-networks",
  failover: "02-primary-remote-same-network",
  "added-under-calls": busy,
  "gateways-replaced": busy,
  reissued: busy,
  restarted: busy,
  routeless: "02-multi-primary-same-network-routed-vpcs",
  stopped: busy,
  ruleless: "02-multi-primary-same-network",
  stranger: "02-multi-primary-same-network",
  mislabelled: "01-single-cluster",
  expired: "01-single-cluster",
  near: "02-multi-primary-different-networks",
  entrance: "02-multi-primary-different-networks-ambient",
  "entrance-ports": "02-multi-primary-different-networks-ambient",
  overlaid: "02-multi-primary-different-networks-ambient",
  "entrance-sees": "02-multi-primary-different-networks-ambient",
  "entrance-verified": "02-multi-primary-different-networks-ambient",
  "no-entrance": "02-multi-primary-different-networks-ambient",
  wishes: "01-single-cluster",
  restricted: "01-single-cluster",
  told: "01-single-cluster",
  scraped: "01-single-cluster",
  "no-wishes": "01-single-cluster",
  federated: multiMesh,
  "federated-withdrawn": multiMesh,
  "federated-gone": multiMesh,
  "tenants-tried": tenants,
  "tenants-plaintext": tenants,
  "tenants-closed": tenants,
  "tenants-entered": tenants,
  "tenants-left": tenants,
  "tenants-parted": tenants,
  "cluster-tenants-tried": clusterTenants,
  "cluster-tenants-closed": clusterTenants,
  "cluster-tenants-certified": clusterTenants,
  "cluster-tenants-gone": clusterTenants,
  "mesh-tenants-tried": meshTenants,
  "mesh-tenants-gone": meshTenants,
  "near-by-mesh-config": "02-multi-primary-different-networks",
  captured: "03-ecs-ztunnel",
  template: "01-single-cluster",
  zones: "01-single-cluster",
  "zone-list": "01-single-cluster",
  "machine-judged": machineLife,
  "machine-closed-first": machineLife,
  "machine-waits": machineLife,
  "machine-renews": machineLife,
  "machine-revoked": machineLife,
  "machine-closed": machineLife,
  "machine-reboots": machineLife,
  "machine-names": machineLife,
  served: "01-single-cluster",
  "python-sdk": "01-single-cluster",
  "go-sdk": "01-single-cluster",
  "python-program": "01-single-cluster",
  accepted: "01-single-cluster",
  refused: "01-single-cluster",
} as const satisfies Record<string, string>;

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
  "03-ecs-ztunnel": {
    ...oneCluster,
    ...noRemotes,
    ...noSidecar,
    "outside-known": "noMachines",
  },
  "03-external-istiod-kubernetes": noZtunnel,
  "03-vm-ambient": {
    ...oneCluster,
    ...noRemotes,
    ...noSidecar,
    ...uncalled,
    "machine-scales": "ambientHealth",
  },
  "03-vm-different-network": { ...oneCluster, ...noRemotes, ...noZtunnel },
  "03-vm-same-network": {
    ...noRemotes,
    ...noZtunnel,
    added: "sameMesh",
    removed: "sameMesh",
  },
  [tenants]: { ...oneCluster, ...noRemotes, ...noZtunnel },
};

/** What looks at one mesh, or counts on all Services in all clusters, says nothing of these; what looks at all of a stack may be shown once. */
const ofWhole = (pattern: string, reason: Reason, checks: readonly Check[]): Row =>
  Object.fromEntries(
    checks.flatMap(({ key, whole }): [string, Reason][] => {
      if (!whole) return [[key, reason]];
      const shown = Object.entries(shownBy).find(([one]) => one === key)?.[1];
      return shown === undefined || shown === pattern ? [] : [[key, "elsewhere"]];
    }),
  );

/** What puts together what others show apart leaves out what this machine has not. */
function ofComposed(checks: readonly Check[]): Row {
  const machinesOfTasks = bootsMachines() ? {} : silent(["outside-known"], "noBoot");
  const missing: Row = { ...uncalled, ...booted, ...machinesOfTasks, ...joined };
  return Object.fromEntries(
    Object.entries(missing).filter(([missed]) => checks.some(({ key }) => key === missed)),
  );
}

function expectedFor(pattern: string, checks: readonly Check[]): Row {
  if ([multiMesh, meshTenants].includes(pattern)) return ofWhole(pattern, "severalMeshes", checks);
  if (pattern === clusterTenants) return ofWhole(pattern, "clusterLocal", checks);
  if (pattern === mixed) return ofComposed(checks);
  const row = notApplicable[pattern];
  assert.ok(row, `${pattern}: expected a row in the table of what does not apply`);
  const elsewhere = Object.entries(shownBy).filter(([, shown]) => shown !== pattern);
  return {
    ...row,
    ...Object.fromEntries(elsewhere.map(([key]) => [key, "elsewhere"])),
    // Asked first, whatever else a check of machines says.
    ...(pattern.startsWith("03-vm-") ? booted : silent(machines, "noMachines")),
    ...(pattern.startsWith("03-ecs-") ? joined : silent([...tasks, ...helpers], "noTasks")),
  } as Row;
}

/** The checks that skip a pattern are exactly those of the table, which has a row for each that is shipped; a walk has no step to skip. */
export function demandMatrix(checks: readonly Check[], pattern: Pattern): void {
  if (pattern.kind !== "shipped" && pattern.kind !== "walked") return;
  const expected = pattern.kind === "walked" ? {} : expectedFor(pattern.name, checks);
  const silent = checks.flatMap((check) => {
    const reason = skipped(check, pattern);
    return reason ? [[check.key, reason]] : [];
  });
  const message = `${pattern.name}: what does not apply differs from the table`;
  assert.deepEqual(Object.fromEntries(silent), expected, message);
}
