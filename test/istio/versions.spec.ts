import assert from "node:assert/strict";
import {
  compareVersions,
  istioVersions,
  minorVersion,
  newestKubernetes,
  newestVersion,
} from "../../components/istio/versions";

describe("Istio versions", () => {
  const rows = Object.entries(istioVersions);

  it("start at 1.30.4 and 1.31.0, and newest comes first", () => {
    assert.equal(rows.length, 8);
    const oldest: Record<number, string> = { 30: "1.30.4", 31: "1.31.0" };
    for (const [version] of rows) {
      assert.ok(compareVersions(version, oldest[minorVersion(version)]) >= 0, version);
    }
    const names = rows.map(([version]) => version);
    assert.deepEqual(
      names,
      [...names].sort((a, b) => compareVersions(b, a)),
    );
    assert.equal(newestVersion(), names[0]);
  });

  it("are complete: tag, places, a day, a range, companions at exact versions, no digest", () => {
    for (const [version, row] of rows) {
      assert.equal(row.tag, version);
      assert.equal(row.hub, "docker.io/istio");
      assert.equal(row.repository, "https://blob.istio.io/istio-release/charts");
      assert.equal(row.oci, "ghcr.io/istio/release/charts");
      assert.match(row.endOfLife, /^\d{4}-\d\d-\d\d$/);
      assert.ok(compareVersions(row.kubernetes.newest, row.kubernetes.oldest) > 0);
      for (const { version: exact } of [row.gatewayApi, row.loadBalancerController]) {
        assert.match(exact, /^\d+\.\d+\.\d+$/);
      }
      assert.match(row.refresherImage, /^public\.ecr\.aws\/aws-cli\/aws-cli:\d+\.\d+\.\d+$/);
    }
  });

  it("bring Gateway API CRDs of 1.5, which Istio 1.30 asks for", () => {
    for (const [, { gatewayApi }] of rows) {
      assert.ok(compareVersions(gatewayApi.version, "1.8.0") >= 0);
    }
  });

  it("say the newest Kubernetes, also for a version that a rule will refuse", () => {
    assert.equal(newestKubernetes("1.30.4"), "1.36");
    assert.equal(newestKubernetes("0.1"), newestKubernetes(newestVersion()));
  });

  it("compare by number, with missing parts as 0", () => {
    assert.ok(compareVersions("1.31.10", "1.31.9") > 0);
    assert.ok(compareVersions("1.9", "1.31") < 0);
    assert.equal(compareVersions("1.31", "1.31.0"), 0);
  });
});
