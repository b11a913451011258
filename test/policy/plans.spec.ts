import assert from "node:assert/strict";
import { rules } from "../../policy/rules";
import type { Resource } from "../../policy/rule";
import { runDescription } from "../support/program";
import { patterns } from "../support/topologies";
import * as variants from "../support/variants";
import { planned, refusals } from "./support";

const { brought, exposures, managedNodes, providedRoot, transitGateways, twoServers } = variants;
/** Every stack file, and what they leave out. */
const subjects = { ...patterns, exposures, managedNodes, transitGateways, twoServers, brought };
const config = {
  "istio-patterns:meshRoot": providedRoot,
  "istio-patterns:labKubeconfig": "{}",
};
/** Turned on by hand: AWS's own key is the default of a description. */
const OPTIONAL = "log-keys";
/** Of a cluster of somebody's own and of one that an istiod there watches: neither is asked by an identity of AWS's. */
const TOKENS = ["dev-prod-lab-reader-token", "dev-prod-east-reader-token"];

describe("policy pack over plans", () => {
  for (const [name, description] of Object.entries(subjects))
    for (const unknownOutputs of [false, true])
      it(`has nothing against ${name}, ${unknownOutputs ? "before anything is known" : "all being known"}`, async () => {
        const graph = await runDescription(description, { config, unknownOutputs });
        const all = planned(graph);
        assert.ok(all.length > 40, `${all.length} resources`);
        const settings: Record<string, { except: string[] }> =
          description === brought ? { "no-lasting-token": { except: TOKENS } } : {};
        const found = refusals(all, { settings }).filter(({ policy }) => policy !== OPTIONAL);
        assert.deepEqual(found, []);
      });

  it("refuses the tokens that a brought cluster needs, until they are excepted", async () => {
    const found = refusals(planned(await runDescription(brought, { config })));
    assert.deepEqual(
      found.filter(({ policy }) => policy !== OPTIONAL).map(({ policy, name }) => [policy, name]),
      TOKENS.map((name) => ["no-lasting-token", name]),
    );
  });

  it("has nothing against log groups where the description names keys", async () => {
    const [pattern] = Object.values(patterns);
    const keys = { "eu-west-1": "arn:aws:kms:eu-west-1:111122223333:key/a" };
    const all = planned(await runDescription({ ...pattern, encryption: { keys } }));
    assert.deepEqual(refusals(all), []);
  });
});

interface Fault {
  is: (resource: Resource) => boolean;
  spoil: (resource: Resource) => void;
}

const of =
  (type: string, inside = "") =>
  (resource: Resource) =>
    resource.type === type && resource.urn.includes(inside);
const release = (chart: string) => (resource: Resource) =>
  of("kubernetes:helm.sh/v3:Release")(resource) && resource.inputs.chart === chart;
const [CLUSTER, TEMPLATE] = ["aws:eks/cluster:Cluster", "aws:ec2/launchTemplate:LaunchTemplate"];
const SCHEME = "service.beta.kubernetes.io/aws-load-balancer-scheme";

/** What a change of the components could come to, by the rule that must refuse it. */
const FAULTS: Record<string, Fault> = {
  "no-public-mesh-port": {
    is: of("aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule"),
    spoil: ({ inputs }) => (inputs.cidrIpv4 = "0.0.0.0/0"),
  },
  "internal-balancers": {
    is: release("gateway"),
    spoil: ({ inputs }) => (inputs.values.service.annotations[SCHEME] = "internet-facing"),
  },
  "encrypted-secrets": { is: of(CLUSTER), spoil: ({ inputs }) => delete inputs.encryptionConfig },
  "encrypted-volumes": {
    is: of(TEMPLATE),
    spoil: ({ inputs }) => (inputs.blockDeviceMappings[0].ebs.encrypted = "false"),
  },
  "log-keys": {
    is: of("aws:cloudwatch/logGroup:LogGroup"),
    spoil: ({ inputs }) => delete inputs.kmsKeyId,
  },
  "no-lasting-token": {
    is: of("kubernetes:core/v1:Secret"),
    spoil: ({ inputs }) => (inputs.type = "kubernetes.io/service-account-token"),
  },
  "strict-mutual-tls": {
    is: of("kubernetes:security.istio.io/v1:PeerAuthentication"),
    spoil: ({ inputs }) => (inputs.spec.portLevelMtls = { 8080: { mode: "DISABLE" } }),
  },
  "mesh-wide-mutual-tls": {
    is: of("kubernetes:security.istio.io/v1:PeerAuthentication"),
    spoil: ({ inputs }) => (inputs.spec.selector = { matchLabels: { app: "web" } }),
  },
  "protected-roots": {
    is: of("tls:index/privateKey:PrivateKey", "RootCa$"),
    spoil: (root) => (root.protect = false),
  },
  "metadata-tokens": {
    is: of(TEMPLATE),
    spoil: ({ inputs }) => (inputs.metadataOptions.httpTokens = "optional"),
  },
  "supported-istio": {
    is: release("istiod"),
    spoil: ({ inputs }) => (inputs.version = "1.31.0"),
  },
  "supported-kubernetes": { is: of(CLUSTER), spoil: ({ inputs }) => (inputs.version = "1.32") },
};

describe("policy pack over a plan with a fault", () => {
  let whole: Resource[];
  before(async () => {
    const keys = { "eu-west-1": "arn:aws:kms:eu-west-1:111122223333:key/a" };
    whole = planned(await runDescription({ ...managedNodes, encryption: { keys } }));
    assert.deepEqual(refusals(whole), []);
  });

  for (const { name, level } of rules(() => ""))
    it(`has exactly ${name} against it, as ${level}`, () => {
      const { is, spoil } = FAULTS[name];
      const all = structuredClone(
        whole.map(({ type, name, urn, protect, provider, inputs }) => ({
          ...{ type, name, urn, protect, provider, inputs },
        })),
      );
      const found = all.find(is);
      assert.ok(found, "nothing to spoil");
      spoil(found);
      assert.deepEqual(
        refusals(all).map((one) => [one.policy, one.level]),
        [[name, level]],
      );
    });
});
