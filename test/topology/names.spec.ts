import assert from "node:assert/strict";
import fc from "fast-check";
import {
  accountId,
  ControlPlaneMode,
  distinctName,
  eksNameOf,
  gatewayKey,
  istiodKey,
  istiodName,
  logicalName,
  memberKey,
  providerKey,
  rootKey,
  shortened,
  systemNamespace,
  trustKey,
} from "../../components/topology";
import { topologyOf } from "../support/topologies";
import { brought } from "../support/variants";

describe("keys", () => {
  it("join what they are made of", () => {
    assert.equal(memberKey("prod", "east"), "prod/east");
    assert.equal(gatewayKey("prod", "east", "public"), "prod/east/public");
    assert.equal(istiodKey("prod", "east"), "prod/east/istiod");
    assert.equal(istiodKey("prod", "east", "canary"), "prod/east/istiod-canary");
  });

  it("name an AWS provider by account and region, and by region alone in the program's own account", () => {
    const account = "arn:aws:iam::111122223333:role/deployer";
    assert.equal(providerKey({ region: "eu-west-1" }), "eu-west-1");
    assert.equal(providerKey({ account, region: "eu-west-1" }), "111122223333/eu-west-1");
  });

  it("of a trust are the mesh's own or the shared one, which no mesh can take", () => {
    assert.equal(trustKey(), "shared");
    assert.equal(trustKey("prod"), "mesh-prod");
    assert.equal(trustKey("shared"), "mesh-shared");
  });

  it("of a root are the trust's, with the root's name where it has one", () => {
    assert.equal(rootKey("shared", "default"), "shared");
    assert.equal(rootKey("mesh-prod", "default"), "mesh-prod");
    assert.equal(rootKey("mesh-prod", "corporate"), "mesh-prod/corporate");
  });
});

describe("names", () => {
  it("of an istiod follow from its revision, as the chart has them", () => {
    assert.equal(istiodName(), "istiod");
    assert.equal(istiodName("canary"), "istiod-canary");
  });

  it("of istiod's namespace are Istio's own, and one per mesh where istiod is external", () => {
    const { MultiPrimary, PrimaryRemote, External } = ControlPlaneMode;
    const namespaces = [MultiPrimary, PrimaryRemote, External].map((mode) =>
      systemNamespace({ name: "prod", mode }),
    );
    assert.deepEqual(namespaces, ["istio-system", "istio-system", "external-istiod-prod"]);
  });

  it("of a cluster in EKS begin with the topology's, or are what the cluster says of itself", () => {
    const { east, lab } = topologyOf(brought).clusters;
    assert.equal(eksNameOf("demo", east), "demo-east");
    assert.equal(eksNameOf("demo", lab), undefined);
    const existing = { ...lab.existing!, eksName: "old-lab" };
    assert.equal(eksNameOf("demo", { ...lab, existing }), "old-lab");
  });

  it("of an account are the number in its role's ARN", () => {
    assert.equal(accountId("arn:aws-cn:iam::111122223333:role/ops/deployer"), "111122223333");
    assert.equal(accountId(), undefined);
  });

  it("of resources hold no slash and no absent part", () => {
    assert.equal(
      logicalName("demo", undefined, "prod/east/istiod", "zone"),
      "demo-prod-east-istiod-zone",
    );
  });
});

describe("a shortened name", () => {
  it("stays as it is where it fits, and ends in a digest of the whole where it does not", () => {
    assert.equal(shortened("abcdefghijkl", 12), "abcdefghijkl");
    assert.equal(shortened("abcdefghijkl", 11), "ab-d682ed4c");
    assert.equal(shortened("abcdefghijkl", 11, " "), "ab d682ed4c");
  });

  it("fits, and no two names meet, wherever they differ", () => {
    const letters = fc.string({ unit: fc.constantFrom("a", "b"), maxLength: 40 });
    fc.assert(
      fc.property(fc.uniqueArray(letters), fc.integer({ min: 9, max: 30 }), (names, most) => {
        const short = names.map((name) => shortened(name, most));
        assert.equal(new Set(short).size, names.length);
        for (const name of short) assert.ok(name.length <= most, name);
      }),
    );
  });
});

describe("a distinct name", () => {
  it("ends in a digest of its parts before they are joined", () => {
    assert.equal(distinctName(["a", "b-c"], 20), "a-b-c-a00226e4");
    assert.equal(distinctName(["a-b", "c"], 20), "a-b-c-a9504b44");
    assert.equal(distinctName(["a-b", "c"], 12), "a-b-a9504b44");
  });

  it("fits, and no two meet, however their parts are cut", () => {
    const part = fc.string({ unit: fc.constantFrom("a", "-"), minLength: 1, maxLength: 6 });
    const lists = fc.uniqueArray(fc.array(part, { minLength: 1, maxLength: 4 }), {
      selector: (parts) => parts.join(" "),
    });
    fc.assert(
      fc.property(lists, fc.integer({ min: 9, max: 30 }), (all, most) => {
        const names = all.map((parts) => distinctName(parts, most));
        assert.equal(new Set(names).size, all.length);
        for (const name of names) assert.ok(name.length <= most, name);
      }),
    );
  });
});
