import assert from "node:assert/strict";
import type { ReleaseChange } from "../../../cli/diff/report";
import { stepsIn } from "../../../cli/diff/steps";
import { diffOf, TWO } from "./support";

const kubernetes = (before: string, after: string, ours = true, cluster = "east") => ({
  ...{ cluster, before, after, ours, restarts: "" },
});
const release = (before?: string, after?: string, more: Partial<ReleaseChange> = {}) => ({
  ...{ cluster: "east", release: "istiod", namespace: "istio-system", chart: "istiod", values: 0 },
  ...(before && { before }),
  ...(after && { after }),
  ...more,
});

describe("steps between versions", () => {
  it("of Kubernetes go up by one minor version, and back by one for a week", () => {
    const told = (before: string, after: string) => stepsIn([kubernetes(before, after)], []);
    assert.deepEqual(told("1.32", "1.33"), []);
    assert.deepEqual(told("1.9", "1.10"), []);
    assert.deepEqual(told("1.32", "1.34"), [
      "Kubernetes 1.32 → 1.34 in east: EKS refuses more than one minor version at a time",
    ]);
    assert.deepEqual(told("1.33", "1.32"), [
      "Kubernetes 1.33 → 1.32 in east: EKS takes one minor version back within 7 days of an upgrade alone",
    ]);
    assert.deepEqual(told("1.34", "1.32"), [
      "Kubernetes 1.34 → 1.32 in east: EKS takes no more than one minor version back",
    ]);
  });

  it("of clusters that are brought are not ours to judge", () => {
    assert.deepEqual(stepsIn([kubernetes("1.32", "1.34", false)], []), []);
  });

  it("of istiod in place go up by one minor version, and back with older proxies first", () => {
    const told = (before: string, after: string) => stepsIn([], [release(before, after)]);
    assert.deepEqual(told("1.30.8", "1.31.3"), []);
    assert.deepEqual(told("1.31.4", "1.31.3"), []);
    assert.deepEqual(told("1.29.9", "1.31.3"), [
      "istiod 1.29.9 → 1.31.3 in east: in place Istio goes one minor version at a time (docs/upgrades.md)",
    ]);
    assert.deepEqual(told("1.31.3", "1.30.8"), [
      "istiod 1.31.3 → 1.30.8 in east: proxies that run stay newer than their istiod until they restart",
    ]);
  });

  it("are none where an istiod comes, goes, or another chart moves", () => {
    const others = [release("1.31.3"), release(undefined, "1.30.8")];
    const chart = release("1.31.3", "1.29.0", { chart: "gateway" });
    assert.deepEqual(stepsIn([], [...others, chart]), []);
  });

  it("are said once for all clusters that take them, among what is dangerous", async () => {
    const { dangers } = await diffOf(TWO, ({ istio, clusters }) => {
      istio!.version = "1.30.8";
      clusters.east.kubernetesVersion = "1.33";
      clusters.west.kubernetesVersion = "1.33";
    });
    assert.deepEqual(dangers, [
      "Kubernetes 1.36 → 1.33 in east, west: EKS takes no more than one minor version back",
      "istiod 1.31.4 → 1.30.8 in east, west: proxies that run stay newer than their istiod until they restart",
    ]);
  });
});
