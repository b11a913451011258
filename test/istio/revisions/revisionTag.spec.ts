import assert from "node:assert/strict";
import { caBundle } from "../../../components/trust/pem";
import { tagService, tagWebhook } from "../../../components/istio/revisions/tagObjects";
import { assertDependsOn, floor, floorOf, release } from "../../support/graph";
import { buildIstio, DEPLOYMENT, ROOT, SERVICE } from "../room";
import { CA_BUNDLE, external, pair, primaryRemote, single, twoRevisions } from "../support";

const TAG = "istio-patterns:index:RevisionTag";
const MUTATING = "kubernetes:admissionregistration.k8s.io/v1:MutatingWebhookConfiguration";
const VALIDATING = "kubernetes:admissionregistration.k8s.io/v1:ValidatingWebhookConfiguration";

const facts = {
  ...{ tag: "next", revision: "canary", namespace: "istio-system", caBundle: CA_BUNDLE },
};

describe("tags", () => {
  it("are objects of their own in a primary, after the istiods that they point to", async () => {
    const graph = await buildIstio({ ...single({ revision: "stable" }), istio: twoRevisions });
    floor(graph, 2);
    floorOf(graph, TAG, 2);
    for (const [tag, revision] of Object.entries(twoRevisions.tags)) {
      const name = `demo-dev-main-tag-${tag}`;
      const webhook = graph.one(MUTATING, name);
      assert.equal(webhook.parent, graph.one(TAG, name).urn);
      const { metadata, webhooks } = webhook.inputs;
      assert.equal(metadata.name, `istio-revision-tag-${tag}`);
      assert.equal(metadata.labels["istio.io/tag"], tag);
      assert.equal(metadata.labels["istio.io/rev"], revision);
      for (const { clientConfig } of webhooks)
        assert.deepEqual(clientConfig, {
          service: {
            ...{ name: `istiod-${revision}`, namespace: "istio-system" },
            ...{ path: "/inject", port: 443 },
          },
          caBundle: caBundle(ROOT),
        });
      const service = graph.one(SERVICE, name).inputs;
      assert.equal(service.metadata.name, `istiod-revision-tag-${tag}`);
      assert.deepEqual(service.spec.selector, { app: "istiod", "istio.io/rev": revision });
      for (const istiod of ["istiod-canary", "istiod-stable"])
        assertDependsOn(graph, webhook, release(graph, `demo-dev-main-istio-${istiod}`));
    }
  });

  it("validate what has no revision by the one that tag default points to, and by no other", async () => {
    const graph = await buildIstio({ ...single({ revision: "canary" }), istio: twoRevisions });
    floor(graph, 2);
    const { metadata, webhooks } = graph.one(VALIDATING).inputs;
    assert.equal(metadata.name, "istiod-default-validator");
    assert.equal(metadata.labels["istio.io/rev"], "stable");
    const [{ clientConfig, failurePolicy }, ...others] = webhooks;
    assert.deepEqual(others, []);
    assert.equal(failurePolicy, "Fail");
    const service = { name: "istiod-stable", namespace: "istio-system", path: "/validate" };
    assert.deepEqual(clientConfig, { service, caBundle: caBundle(ROOT) });
  });

  it("ask the relays of a remote by its own path, and have no Service and no validation there", async () => {
    const graph = await buildIstio(primaryRemote("different"));
    floor(graph, 2);
    const webhook = graph.one(MUTATING, "demo-prod-west-tag-default");
    for (const { clientConfig } of webhook.inputs.webhooks) {
      assert.equal(clientConfig.service.path, "/inject/cluster/west/net/net-west");
      assert.equal(clientConfig.service.name, "istiod-stable");
    }
    for (const relay of ["istiod-canary-relay", "istiod-stable-relay"])
      assertDependsOn(graph, webhook, graph.one(DEPLOYMENT, `demo-prod-west-${relay}`));
    const names = (type: string) => graph.ofType(type).map(({ name }) => name);
    assert.deepEqual(names(VALIDATING), ["demo-prod-east-tag-default"]);
    assert.deepEqual(
      names(SERVICE).filter((name) => name.includes("-tag-")),
      ["demo-prod-east-tag-default", "demo-prod-east-tag-next"],
    );
  });

  it("of external istiods have names apart from those of other meshes, and validate in the config cluster", async () => {
    const description = external();
    description.istio = twoRevisions;
    for (const mesh of Object.values(description.meshes)) mesh.revision = "stable";
    const graph = await buildIstio(description);
    floor(graph, 6);
    floorOf(graph, MUTATING, 6);
    assert.equal(
      graph.one(MUTATING, "demo-prod-west-tag-default").inputs.metadata.name,
      "istio-revision-tag-default-external-istiod-prod",
    );
    assert.deepEqual(
      graph.ofType(VALIDATING).map(({ name }) => name),
      ["demo-prod-east-tag-default", "demo-test-lab-tag-default"],
    );
  });

  it("take their bundle back from istiod, which writes it too: the API server refuses a field of another's", async () => {
    const graph = await buildIstio(primaryRemote("different"));
    const webhooks = [MUTATING, VALIDATING].flatMap((type) => graph.ofType(type));
    floor(graph, 2);
    assert.equal(webhooks.length, 5);
    for (const { inputs } of webhooks)
      assert.equal(inputs.metadata.annotations["pulumi.com/patchForce"], "true");
  });

  it("move and change nothing else: no release, no gateway", async () => {
    const description = pair("different", { revision: "stable" }, { istio: twoRevisions });
    const moved = structuredClone(description);
    moved.istio!.tags!.default = "canary";
    const inputsOf = async (subject: typeof description) => {
      const graph = await buildIstio(subject);
      floor(graph, 4);
      return Object.fromEntries(graph.resources.map(({ urn, inputs }) => [urn, inputs]));
    };
    const [before, after] = [await inputsOf(description), await inputsOf(moved)];
    const changed = Object.keys(after).filter(
      (urn) => JSON.stringify(before[urn]) !== JSON.stringify(after[urn]),
    );
    assert.deepEqual(Object.keys(after), Object.keys(before));
    assert.equal(changed.length, 6);
    assert.ok(changed.every((urn) => urn.includes("RevisionTag$")));
  });
});

describe("the objects of a tag", () => {
  const namesOf = (webhooks: { name: string }[]) => webhooks.map(({ name }) => name.split(".s")[0]);

  it("take pods without a label of a revision for tag default alone", () => {
    assert.deepEqual(namesOf(tagWebhook(facts).webhooks), ["rev.namespace", "rev.object"]);
    assert.deepEqual(namesOf(tagWebhook({ ...facts, tag: "default" }).webhooks), [
      ...["rev.namespace", "rev.object", "namespace", "object"],
    ]);
  });

  it("follow the user's values of chart istiod", () => {
    const values = {
      sidecarInjectorWebhook: { reinvocationPolicy: "IfNeeded", enableNamespacesByDefault: true },
      sidecarInjectorWebhookAnnotations: { team: "mesh" },
      serviceAnnotations: { team: "mesh" },
      ...{ ipFamilyPolicy: "PreferDualStack", ipFamilies: ["IPv4", "IPv6"] },
    };
    const { metadata, webhooks } = tagWebhook({ ...facts, tag: "default", values });
    assert.deepEqual(metadata.annotations, { team: "mesh", "pulumi.com/patchForce": "true" });
    assert.deepEqual(namesOf(webhooks).at(-1), "auto");
    assert.ok(webhooks.every(({ reinvocationPolicy }) => reinvocationPolicy === "IfNeeded"));
    const service = tagService({ ...facts, values });
    assert.deepEqual(service.metadata.annotations, { team: "mesh" });
    assert.equal(service.spec.ipFamilyPolicy, "PreferDualStack");
    assert.deepEqual(service.spec.ipFamilies, ["IPv4", "IPv6"]);
    assert.deepEqual(namesOf(tagWebhook({ ...facts, values }).webhooks), [
      ...["rev.namespace", "rev.object"],
    ]);
  });
});
