import assert from "node:assert/strict";
import { eksVersions } from "../../components/cluster";
import { istioVersions } from "../../components/versions/istio";

describe("Kubernetes versions of EKS", () => {
  it("hold the newest that each Istio supports, which is what a description without one gets", () => {
    const newest = Object.values(istioVersions).map(({ kubernetes }) => kubernetes.newest);
    assert.ok(newest.length > 0);
    for (const version of newest) assert.ok(eksVersions[version], version);
  });

  it("end later the newer they are", () => {
    const days = Object.keys(eksVersions)
      .sort((a, b) => a.localeCompare(b, "en", { numeric: true }))
      .map((version) => eksVersions[version].standardSupport ?? "9999-12-31");
    assert.deepEqual(days, [...days].sort());
    assert.equal(new Set(days).size, days.length);
  });
});
