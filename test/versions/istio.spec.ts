import assert from "node:assert/strict";
import {
  compareVersions,
  findVersion,
  istioVersions,
  minorsApart,
  newestKubernetes,
  newestVersion,
  versionOf,
} from "../../components/versions/istio";

describe("Istio versions", () => {
  const rows = Object.entries(istioVersions);

  it("start at 1.30.4 and 1.31.0, and newest comes first", () => {
    assert.equal(rows.length, 10);
    const oldest = ["1.30.4", "1.31.0"];
    for (const [version] of rows) {
      const [own] = oldest.filter((first) => minorsApart(version, first) === 0);
      assert.ok(own && compareVersions(version, own) >= 0, version);
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
      if (row.hole !== undefined)
        assert.match(row.hole, /\(https:\/\/istio\.io\/latest\/news\/\S+\)$/);
      assert.match(row.refresherImage, /^public\.ecr\.aws\/aws-cli\/aws-cli:\d+\.\d+\.\d+$/);
    }
  });

  it("bring Gateway API CRDs of 1.5, which Istio 1.30 asks for", () => {
    for (const [, { gatewayApi }] of rows) {
      assert.ok(compareVersions(gatewayApi.version, "1.8.0") >= 0);
    }
  });

  it("go for newer patches of their minor version, and for nothing else", () => {
    const { tag, hole, ...row } = versionOf("1.31.40");
    const { tag: _, hole: __, ...newest } = istioVersions["1.31.4"];
    assert.deepEqual([tag, hole, row], ["1.31.40", undefined, newest]);
    assert.equal(findVersion("1.31.4"), istioVersions["1.31.4"]);
    for (const unknown of ["1.30.3", "1.32.0", "2.31.9", "1.31", "1.31.9-rc.1", "constructor"])
      assert.equal(findVersion(unknown), undefined, unknown);
    assert.throws(
      () => versionOf("1.30.1"),
      /got "1\.30\.1"; allowed: 1\.31\.4, .*; fix: say "1\.30\.8"$/,
    );
    assert.throws(() => versionOf("1.32.0"), /fix: say "1\.31\.4"$/);
  });

  it("say the newest Kubernetes, also for a version that a rule will refuse", () => {
    assert.equal(newestKubernetes(["1.30.4"]), "1.36");
    assert.equal(newestKubernetes(["0.1"]), newestKubernetes([newestVersion()]));
  });

  it("say the newest Kubernetes that several all support", () => {
    const table = istioVersions as Record<string, (typeof istioVersions)[string]>;
    const row = table[newestVersion()];
    table["1.29.0"] = { ...row, kubernetes: { oldest: "1.9", newest: "1.10" } };
    table["1.28.0"] = { ...row, kubernetes: { oldest: "1.8", newest: "1.9" } };
    try {
      assert.equal(newestKubernetes([newestVersion(), "1.29.0", "0.1"]), "1.10");
      assert.equal(newestKubernetes(["1.29.0", "1.28.0", newestVersion()]), "1.9");
    } finally {
      delete table["1.29.0"];
      delete table["1.28.0"];
    }
  });

  it("are so many minor versions apart, whichever is newer and whatever the patches", () => {
    assert.equal(minorsApart("1.31.0", "1.31.10"), 0);
    assert.equal(minorsApart("1.31.3", "1.30.7"), 1);
    assert.equal(minorsApart("1.9", "1.31.3"), 22);
  });

  it("are newer than what is no version", () => {
    assert.ok(compareVersions("latest", "0.0.1") < 0);
    assert.ok(compareVersions("1.30", "latest") > 0);
  });

  it("compare by number, with missing parts as 0", () => {
    assert.ok(compareVersions("1.31.10", "1.31.9") > 0);
    assert.ok(compareVersions("1.9", "1.31") < 0);
    assert.equal(compareVersions("1.31", "1.31.0"), 0);
  });
});
