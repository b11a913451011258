import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { createTrust, planTrust } from "../../components/trust";
import type { RootDescription, TopologyDescription } from "../../components/topology";
import { assertProtected, assertSecret, floorOf, mockRun, resourceSet } from "../support/graph";
import type { Graph } from "../support/graph";
import { relationsOf } from "../support/topologies";
import { providedRoot } from "../support/variants";

const KEY = "tls:index/privateKey:PrivateKey";
const ROOT = "tls:index/selfSignedCert:SelfSignedCert";
const REQUEST = "tls:index/certRequest:CertRequest";
const SIGNED = "tls:index/locallySignedCert:LocallySignedCert";

const description: TopologyDescription = {
  name: "demo",
  istio: { version: "1.31.3" },
  networks: { shared: { cidr: "10.10.0.0/16" } },
  clusters: { east: { network: "shared" }, west: { network: "shared" } },
  meshes: { prod: { clusters: { east: {}, west: {} } } },
};
const provided: TopologyDescription = {
  ...description,
  trust: { roots: { own: { secret: "meshRoot" } } },
};

/** Holds what a consumer gets, so that secretness can be seen. */
class Consumer extends pulumi.ComponentResource {
  constructor(name: string, outputs: pulumi.Inputs) {
    super("test:index:Consumer", name);
    this.registerOutputs(outputs);
  }
}

function run(of: TopologyDescription, unknownOutputs = false, protect = true): Promise<Graph> {
  return mockRun(
    () => {
      const plan = planTrust(relationsOf(of));
      const secrets = { meshRoot: pulumi.secret(providedRoot) };
      const trust = createTrust("demo", plan, { secrets, protect }, {});
      const { certificate, privateKey, chain, root } = trust.certificates["prod/east"];
      new Consumer("roots", trust.roots);
      new Consumer("east", { certificate, privateKey, chain, root });
    },
    { unknownOutputs },
  );
}

describe("generated trust", () => {
  it("makes one root and an intermediate per istiod", async () => {
    const graph = await run(description);
    floorOf(graph, SIGNED, 2);
    assert.deepEqual(
      graph.resources
        .filter(({ type }) => /^(tls|istio-patterns):/.test(type))
        .map(({ type, name }) => `${type} ${name}`)
        .sort(),
      [
        "istio-patterns:index:IntermediateCa demo-prod-east-ca",
        "istio-patterns:index:IntermediateCa demo-prod-west-ca",
        "istio-patterns:index:RootCa demo-root-shared",
        `${REQUEST} demo-prod-east-ca-request`,
        `${REQUEST} demo-prod-west-ca-request`,
        `${SIGNED} demo-prod-east-ca-certificate`,
        `${SIGNED} demo-prod-west-ca-certificate`,
        `${KEY} demo-prod-east-ca-key`,
        `${KEY} demo-prod-west-ca-key`,
        `${KEY} demo-root-shared-key`,
        `${ROOT} demo-root-shared-certificate`,
      ],
    );
  });

  it("names roots after trust and root, of which `default` is not said", async () => {
    const rootsOf = async (roots: Record<string, RootDescription>) => {
      const { prod } = description.meshes;
      const graph = await run({
        ...description,
        trust: { roots },
        meshes: { prod, bank: { clusters: { south: {} }, trust: { roots } } },
        clusters: { ...description.clusters, south: { network: "shared" } },
      });
      const names = (type: string) =>
        graph
          .ofType(type)
          .map(({ name }) => name)
          .sort();
      return [...names("istio-patterns:index:RootCa"), ...names(ROOT)];
    };
    assert.deepEqual(await rootsOf({ default: {} }), [
      "demo-root-mesh-bank",
      "demo-root-shared",
      "demo-root-mesh-bank-certificate",
      "demo-root-shared-certificate",
    ]);
    assert.deepEqual(await rootsOf({ own: {} }), [
      "demo-root-mesh-bank-own",
      "demo-root-shared-own",
      "demo-root-mesh-bank-own-certificate",
      "demo-root-shared-own-certificate",
    ]);
  });

  it("gives the root ten years and one level below it", async () => {
    const graph = await run(description);
    const { privateKeyPem, ...inputs } = graph.one(ROOT).inputs;
    assert.ok(privateKeyPem);
    assert.deepEqual(inputs, {
      allowedUses: ["cert_signing", "crl_signing"],
      isCaCertificate: true,
      maxPathLength: 1,
      setAuthorityKeyId: true,
      setSubjectKeyId: true,
      subject: { organization: "Istio", commonName: "demo root" },
      validityPeriodHours: 87600,
    });
  });

  it("gives an intermediate two years and no level below it", async () => {
    const graph = await run(description);
    const signed = graph.one(SIGNED, "demo-prod-east-ca-certificate");
    const { caCertPem, caPrivateKeyPem, certRequestPem, ...inputs } = signed.inputs;
    assert.ok(caCertPem && caPrivateKeyPem && certRequestPem);
    assert.deepEqual(inputs, {
      allowedUses: ["cert_signing", "crl_signing"],
      earlyRenewalHours: 4380,
      isCaCertificate: true,
      maxPathLength: 0,
      setSubjectKeyId: true,
      validityPeriodHours: 17520,
    });
  });

  it("marks every private key a secret wherever it goes", async () => {
    const graph = await run(description);
    floorOf(graph, KEY, 3);
    for (const key of graph.ofType(KEY)) {
      assert.deepEqual(key.additionalSecretOutputs.sort(), [
        "privateKeyOpenssh",
        "privateKeyPem",
        "privateKeyPemPkcs8",
      ]);
    }
    assertSecret(graph.one(ROOT), "privateKeyPem");
    for (const request of graph.ofType(REQUEST)) assertSecret(request, "privateKeyPem");
    for (const signed of graph.ofType(SIGNED)) assertSecret(signed, "caPrivateKeyPem");
    const components = graph.resources.filter(({ type }) => /:(RootCa|IntermediateCa)$/.test(type));
    assert.equal(components.length, 3);
    for (const { outputSecrets } of components) assert.deepEqual(outputSecrets, ["privateKey"]);
    const { outputSecrets } = graph.one("test:index:Consumer", "east");
    assert.deepEqual(outputSecrets, ["privateKey"]);
  });

  it("keeps certificates public: a secret one would hide every value that holds it", async () => {
    for (const of of [description, provided]) {
      const graph = await run(of);
      assert.deepEqual(graph.one("test:index:Consumer", "roots").outputSecrets, []);
    }
  });

  it("hands out a chain of the intermediate, then the root, in the one form of PEM", async () => {
    const graph = await run(description);
    const { certificate, chain, root } = graph.one("test:index:Consumer", "east").outputs;
    assert.equal(chain, certificate + root);
    assert.equal(root, graph.one("test:index:Consumer", "roots").outputs.shared);
    assert.match(
      root,
      /^-----BEGIN CERTIFICATE-----\n[^\n]+\n(?:[^\n]+\n)*-----END CERTIFICATE-----\n$/,
    );
  });

  it("protects the root's key and certificate, and nothing that is renewed", async () => {
    const graph = await run(description);
    assertProtected(graph.one(ROOT));
    assertProtected(graph.one(KEY, "demo-root-shared-key"));
    for (const { protect } of [...graph.ofType(SIGNED), ...graph.ofType(REQUEST)]) {
      assert.equal(protect, false);
    }
    const unprotected = await run(description, false, false);
    floorOf(unprotected, ROOT, 1);
    assert.equal(unprotected.one(ROOT).protect, false);
  });

  it("makes the same resources whether outputs are known or not", async () => {
    assert.deepEqual(
      resourceSet(await run(description, true)),
      resourceSet(await run(description)),
    );
  });
});

describe("provided trust", () => {
  it("makes no root, and signs with the one given", async () => {
    const graph = await run(provided);
    floorOf(graph, SIGNED, 2);
    assert.equal(graph.ofType(ROOT).length, 0);
    const signed = graph.one(SIGNED, "demo-prod-east-ca-certificate");
    assertSecret(signed, "caPrivateKeyPem");
    assert.match(signed.inputs.caPrivateKeyPem, /^-----BEGIN PRIVATE KEY-----\n/);
    assert.match(signed.inputs.caCertPem, /^-----BEGIN CERTIFICATE-----\n/);
    assert.equal(signed.secrets.includes("caCertPem"), false);
  });

  it("stops where the root is missing, and does not generate another one", async () => {
    const missing = mockRun(() =>
      createTrust("demo", planTrust(relationsOf(provided)), { secrets: {}, protect: true }, {}),
    );
    await assert.rejects(missing, {
      message: 'The provided root is missing: `secrets` has no value under "meshRoot".',
    });
  });
});
