import "reflect-metadata";
import assert from "node:assert/strict";
import { webcrypto } from "node:crypto";
import * as x509 from "@peculiar/x509";
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

function run(
  of: TopologyDescription,
  unknownOutputs = false,
  protect = true,
  meshRoot = providedRoot,
): Promise<Graph> {
  return mockRun(
    () => {
      const plan = planTrust(relationsOf(of));
      const secrets = { meshRoot: pulumi.secret(meshRoot) };
      const trust = createTrust("demo", plan, { secrets, protect }, {});
      const { certificate, privateKey, chain, root } = trust.certificates["prod/east"];
      new Consumer("roots", trust.bundles);
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
    assert.equal(root, graph.one("test:index:Consumer", "roots").outputs.prod);
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
    for (const of of [description, several("default"), several("next")])
      assert.deepEqual(resourceSet(await run(of, true)), resourceSet(await run(of)));
  });
});

/** A root beside the first one: on its way in, or after that one on its way out. */
function several(signing: "default" | "next"): TopologyDescription {
  return {
    ...description,
    trust: { roots: { default: {}, next: { secret: "meshRoot" } }, signing },
  };
}

describe("several roots", () => {
  const steps = ["default", "next"] as const;
  /** The certificates of a bundle, in order. */
  const parts = (bundle: string) => bundle.match(/-----BEGIN[^]*?END CERTIFICATE-----\n/g) ?? [];

  it("are all in the bundle, the one that signs first and at the end of the chain", async () => {
    const bundles = await Promise.all(
      steps.map(async (signing) => {
        const graph = await run(several(signing));
        const { certificate, chain, root } = graph.one("test:index:Consumer", "east").outputs;
        assert.equal(graph.one("test:index:Consumer", "roots").outputs.prod, root);
        const bundle = parts(root);
        assert.equal(bundle.join(""), root);
        assert.equal(chain, certificate + bundle[0]);
        const signed = graph.ofType(SIGNED).map(({ inputs }) => inputs.caCertPem);
        assert.deepEqual(signed, [bundle[0], bundle[0]]);
        return bundle;
      }),
    );
    const alone = (await run(description)).one("test:index:Consumer", "east").outputs.root;
    assert.equal(bundles[0][0], alone);
    assert.equal(bundles[0].length, 2);
    assert.deepEqual(bundles[1], [...bundles[0]].reverse());
  });

  it("change nothing below the root that signs until another one does, which has keys of its own", async () => {
    const below = async (of: TopologyDescription) =>
      (await run(of)).ofType(KEY).filter(({ name }) => name.endsWith("-ca-key"));
    const names = async (of: TopologyDescription) => (await below(of)).map(({ name }) => name);
    assert.deepEqual(await names(several("default")), await names(description));
    assert.deepEqual(await names(several("next")), [
      "demo-prod-east-next-ca-key",
      "demo-prod-west-next-ca-key",
    ]);
    const last = { ...description, trust: { roots: { next: { secret: "meshRoot" } } } };
    assert.deepEqual(await names(last), await names(several("next")));
  });

  it("are protected while they sign, so that the engine refuses to let one go that does", async () => {
    const held = async (signing: "default" | "next") => {
      const graph = await run(several(signing));
      const pin = graph.one(REQUEST, "demo-root-shared-next-pin");
      const generated = [graph.one(KEY, "demo-root-shared-key"), graph.one(ROOT)];
      assert.equal(new Set(generated.map(({ protect }) => protect)).size, 1);
      return [generated[0].protect, pin.protect];
    };
    assert.deepEqual(await held("default"), [true, false]);
    assert.deepEqual(await held("next"), [false, true]);
  });
});

/** A root whose certificate ends after so many hours, as its secret holds it. */
async function rootEnding(hours: number): Promise<string> {
  const algorithm = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" };
  const keys = await webcrypto.subtle.generateKey(algorithm, true, ["sign", "verify"]);
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    keys,
    name: "CN=root",
    signingAlgorithm: algorithm,
    notAfter: new Date(Date.now() + hours * 3_600_000),
  });
  const key = await webcrypto.subtle.exportKey("pkcs8", keys.privateKey);
  return `${certificate.toString("pem")}\n${x509.PemConverter.encode(key, "PRIVATE KEY")}`;
}

describe("provided trust", () => {
  it("is pinned: with protection the engine refuses another certificate under the same name", async () => {
    const pinOf = async (root: string, protect = true) =>
      (await run(provided, false, protect, root)).one(REQUEST, "demo-root-shared-own-pin");
    const pin = await pinOf(providedRoot);
    assertProtected(pin);
    assertSecret(pin, "privateKeyPem");
    assert.match(pin.inputs.subject.commonName, /^[0-9a-f]{64}$/);
    const again = await pinOf(providedRoot.replaceAll("\n", "\r\n"));
    assert.deepEqual(again.inputs, pin.inputs);
    const [body] = /(?<=CERTIFICATE-----\n)[^\n]+/.exec(providedRoot)!;
    const other = await pinOf(providedRoot.replace(body, "b3RoZXI="));
    assert.notDeepEqual(other.inputs.subject, pin.inputs.subject);
    assert.equal((await pinOf(providedRoot, false)).protect, false);
  });

  it("is warned of in the half year before it ends, and after", async () => {
    const saidOf = async (hours: number) =>
      (await run(provided, false, true, await rootEnding(hours))).messages.join("\n");
    const day = (hours: number) =>
      new Date(Date.now() + hours * 3_600_000).toISOString().slice(0, 10);
    const fix =
      "and no certificate below it is accepted from then on. Put another one in its place: name that under `trust.roots` beside it, and follow docs/roots.md.";
    const [long, soon, late] = [184 * 24, 180 * 24, -48];
    assert.equal(await saidOf(long), "");
    assert.match(await saidOf(soon), new RegExp(`This root ends on ${day(soon)}, ${fix}$`));
    assert.match(await saidOf(late), new RegExp(`This root has ended on ${day(late)}, ${fix}$`));
  });

  it("makes no root, and signs with the one given", async () => {
    const graph = await run(provided);
    floorOf(graph, SIGNED, 2);
    assert.equal(graph.ofType(ROOT).length, 0);
    const signed = graph.one(SIGNED, "demo-prod-east-own-ca-certificate");
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
