import assert from "node:assert/strict";
import { UNKNOWN, type Values } from "../../engine";
import { rules } from "../../policy/rules";
import type { Resource } from "../../policy/rule";
import { refusals, resource } from "./support";

/** Messages of one rule about resources. */
function said(rule: string, ...resources: Resource[]): string[] {
  return refusals(resources)
    .filter(({ policy }) => policy === rule)
    .map(({ message }) => message);
}

const RULE = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule";
const GROUP = "aws:ec2/securityGroup:SecurityGroup";
const SERVICE = "kubernetes:core/v1:Service";
const RELEASE = "kubernetes:helm.sh/v3:Release";
const GATEWAY = "kubernetes:gateway.networking.k8s.io/v1:Gateway";
const INSTANCE = "aws:ec2/instance:Instance";
const TEMPLATE = "aws:ec2/launchTemplate:LaunchTemplate";
const CLUSTER = "aws:eks/cluster:Cluster";
const POLICY = "kubernetes:security.istio.io/v1:PeerAuthentication";
const KEY = "tls:index/privateKey:PrivateKey";
const SCHEME = "service.beta.kubernetes.io/aws-load-balancer-scheme";

describe("no-public-mesh-port", () => {
  const NAME = "no-public-mesh-port";
  const FIX =
    "allowed: addresses, groups and prefix lists of your own; fix: name who calls, or let clients come by an IngressGateway, which opens its own ports alone";
  const rule = (inputs: Values) => said(NAME, resource(RULE, { ipProtocol: "tcp", ...inputs }));

  it("refuses each port of the mesh to the world, of IPv4 and IPv6", () => {
    for (const port of [15008, 15010, 15012, 15014, 15017, 15021, 15090, 15443, 15444])
      for (const [key, cidr] of Object.entries({ cidrIpv4: "0.0.0.0/0", cidrIpv6: "::/0" }))
        assert.deepEqual(rule({ fromPort: port, toPort: port, [key]: cidr }), [
          `${key}: got ${cidr} with port ${port}; ${FIX}`,
        ]);
  });

  it("looks inside ranges, groups and protocol -1", () => {
    const ingress = [
      { protocol: "tcp", fromPort: 443, toPort: 443, cidrBlocks: ["0.0.0.0/0"] },
      { protocol: "tcp", fromPort: 15440, toPort: 15449, cidrBlocks: ["10.0.0.0/8", "0.0.0.0/0"] },
    ];
    assert.deepEqual(said(NAME, resource(GROUP, { ingress })), [
      `ingress[1].cidrBlocks[1]: got 0.0.0.0/0 with ports 15443, 15444; ${FIX}`,
    ]);
    assert.match(rule({ ipProtocol: "-1", cidrIpv4: "0.0.0.0/0" })[0], /with ports 15000, /);
    const old = { protocol: "tcp", fromPort: 15012, toPort: 15012, ipv6CidrBlocks: ["::/0"] };
    const type = "aws:ec2/securityGroupRule:SecurityGroupRule";
    assert.deepEqual(said(NAME, resource(type, { type: "ingress", ...old })), [
      `ipv6CidrBlocks[0]: got ::/0 with port 15012; ${FIX}`,
    ]);
    assert.deepEqual(said(NAME, resource(type, { type: "egress", ...old })), []);
  });

  it("takes other ports, other addresses, and what is not known yet", () => {
    assert.deepEqual(rule({ fromPort: 443, toPort: 443, cidrIpv4: "0.0.0.0/0" }), []);
    assert.deepEqual(rule({ fromPort: 15012, toPort: 15012, cidrIpv4: "10.0.0.0/8" }), []);
    assert.deepEqual(rule({ fromPort: 15012, toPort: 15012, cidrIpv4: UNKNOWN }), []);
    assert.deepEqual(said(NAME, resource(GROUP, { ingress: UNKNOWN })), []);
  });

  it("refuses the world in a mesh's prefix list", () => {
    const entries = [{ cidr: "10.0.0.0/8" }, { cidr: "0.0.0.0/0" }];
    const list = (inside: string) =>
      resource("aws:ec2/managedPrefixList:ManagedPrefixList", { entries }, { inside });
    assert.deepEqual(said(NAME, list("MeshTopology")), [
      "entries[1].cidr: got 0.0.0.0/0 in a list that ports of the mesh are open to; allowed: addresses of your networks; fix: name these",
    ]);
    assert.deepEqual(said(NAME, list("")), []);
  });
});

describe("internal-balancers", () => {
  const NAME = "internal-balancers";
  const UNLESS =
    "; where it is to face the internet, name it under `except` of this rule in the policy pack's configuration";
  const service = (annotations?: unknown, inside = "") =>
    said(
      NAME,
      resource(SERVICE, { metadata: { annotations }, spec: { type: "LoadBalancer" } }, { inside }),
    );

  it("refuses one of Kubernetes' that says nothing, or the internet", () => {
    const path = `metadata.annotations["${SCHEME}"]`;
    const rest = `allowed: "internal"; fix: say "internal"${UNLESS}`;
    assert.deepEqual(service(), [`${path}: got nothing; ${rest}`]);
    assert.deepEqual(service({ [SCHEME]: "internet-facing" }), [
      `${path}: got "internet-facing"; ${rest}`,
    ]);
    assert.deepEqual(service({ [SCHEME]: "internet-facing" }, "EastWestGateway").length, 1);
    assert.deepEqual(service(undefined, "IngressGateway").length, 1);
  });

  it("takes an internal one, one not known yet, and an ingress gateway that says the internet", () => {
    assert.deepEqual(service({ [SCHEME]: "internal" }), []);
    assert.deepEqual(service({ [SCHEME]: UNKNOWN }), []);
    assert.deepEqual(service(UNKNOWN), []);
    assert.deepEqual(service({ [SCHEME]: "internet-facing" }, "IngressGateway"), []);
  });

  it("looks at gateways by chart and by object, but for those inside a cluster", () => {
    const release = (values: Values) => resource(RELEASE, { chart: "/charts/gateway", values });
    assert.equal(said(NAME, release({})).length, 1);
    assert.deepEqual(said(NAME, release({ service: { type: "ClusterIP" } })), []);
    const gateway = (spec: Values) => said(NAME, resource(GATEWAY, { spec }));
    assert.equal(gateway({ gatewayClassName: "istio" }).length, 1);
    assert.deepEqual(gateway({ gatewayClassName: "istio-waypoint" }), []);
    const at = (type?: string) => [{ type, value: "10.0.0.1" }];
    assert.deepEqual(gateway({ gatewayClassName: "istio", addresses: at("Hostname") }), []);
    assert.equal(gateway({ gatewayClassName: "istio", addresses: at("IPAddress") }).length, 1);
    assert.equal(gateway({ gatewayClassName: "istio", addresses: at() }).length, 1);
    assert.equal(gateway({ gatewayClassName: "istio", addresses: UNKNOWN }).length, 1);
    const annotations = { "networking.istio.io/service-type": "ClusterIP" };
    assert.deepEqual(gateway({ gatewayClassName: "istio", infrastructure: { annotations } }), []);
  });

  it("refuses one of AWS's that is not internal", () => {
    const type = "aws:lb/loadBalancer:LoadBalancer";
    const rest = `allowed: true; fix: say true${UNLESS}`;
    assert.deepEqual(said(NAME, resource(type, {})), [
      `internal: got nothing, which is false; ${rest}`,
    ]);
    assert.deepEqual(said(NAME, resource(type, { internal: false })), [
      `internal: got false; ${rest}`,
    ]);
    assert.deepEqual(said(NAME, resource(type, { internal: true })), []);
  });

  it("leaves out what the configuration names", () => {
    const all = [resource("aws:lb/loadBalancer:LoadBalancer", {})];
    assert.deepEqual(refusals(all, { settings: { [NAME]: { except: ["it"] } } }), []);
  });
});

describe("encrypted-secrets", () => {
  const NAME = "encrypted-secrets";
  const cluster = (encryptionConfig?: unknown) =>
    said(NAME, resource(CLUSTER, { encryptionConfig }));

  it("refuses a cluster without a key for secrets", () => {
    const rest =
      'allowed: ["secrets"]; fix: give the cluster a KMS key: EksCluster of this package makes one, or takes encryptionKeyArn';
    assert.deepEqual(cluster(), [`encryptionConfig.resources: got nothing; ${rest}`]);
    assert.deepEqual(cluster({ resources: [] }), [`encryptionConfig.resources: got []; ${rest}`]);
  });

  it("takes one with a key, also one that is not known yet", () => {
    const provider = { keyArn: UNKNOWN };
    assert.deepEqual(cluster({ provider, resources: ["secrets"] }), []);
    assert.deepEqual(cluster(UNKNOWN), []);
  });
});

describe("encrypted-volumes", () => {
  const NAME = "encrypted-volumes";
  const refused = (path: string, got: string) => [
    `${path}: got ${got}; allowed: true; fix: say true`,
  ];
  const NOTHING = "nothing, which is false";

  it("refuses volumes of templates, instances and by themselves that are not", () => {
    const template = (mappings?: unknown) =>
      said(NAME, resource(TEMPLATE, { blockDeviceMappings: mappings }));
    assert.deepEqual(template(), refused("blockDeviceMappings", NOTHING));
    assert.deepEqual(
      template([{ ebs: { encrypted: "true" } }, { ebs: { encrypted: "false" } }]),
      refused("blockDeviceMappings[1].ebs.encrypted", '"false"'),
    );
    assert.deepEqual(
      said(NAME, resource(INSTANCE, {})),
      refused("rootBlockDevice.encrypted", NOTHING),
    );
    assert.deepEqual(
      said(NAME, resource(INSTANCE, { launchTemplate: {}, ebsBlockDevices: [{}] })),
      refused("ebsBlockDevices[0].encrypted", NOTHING),
    );
    assert.deepEqual(
      said(NAME, resource("aws:ebs/volume:Volume", {})),
      refused("encrypted", NOTHING),
    );
  });

  it("takes those that are", () => {
    const rootBlockDevice = { encrypted: true };
    assert.deepEqual(said(NAME, resource(INSTANCE, { rootBlockDevice })), []);
    assert.deepEqual(said(NAME, resource(INSTANCE, { launchTemplate: { id: UNKNOWN } })), []);
    assert.deepEqual(said(NAME, resource(TEMPLATE, { blockDeviceMappings: UNKNOWN })), []);
  });
});

describe("log-keys", () => {
  it("refuses a group without a key, once it is turned on", () => {
    const type = "aws:cloudwatch/logGroup:LogGroup";
    assert.deepEqual(said("log-keys", resource(type, {})), [
      "kmsKeyId: got nothing; allowed: ARN of a key; fix: name one: `encryption.keys` of a description, `encryptionKeyArn` of an EksCluster, `flowLogKeyArn` of a Vpc",
    ]);
    assert.deepEqual(said("log-keys", resource(type, { kmsKeyId: UNKNOWN })), []);
    assert.equal(rules(() => "").find(({ name }) => name === "log-keys")?.level, "disabled");
  });
});

describe("no-lasting-token", () => {
  it("refuses a service account's token in a Secret", () => {
    const secret = (type: string) =>
      said("no-lasting-token", resource("kubernetes:core/v1:Secret", { type }));
    assert.deepEqual(secret("kubernetes.io/service-account-token"), [
      'type: got "kubernetes.io/service-account-token"; allowed: any other type; fix: let EKS identity speak for istiod (remoteAccess eks-identity, the default for clusters of EKS); for a cluster that has none, name the Secret under `except` of this rule in the policy pack\'s configuration',
    ]);
    assert.deepEqual(secret("Opaque"), []);
  });
});

describe("strict-mutual-tls", () => {
  const policy = (spec: Values) => said("strict-mutual-tls", resource(POLICY, { spec }));
  const rest =
    "allowed: STRICT; fix: say STRICT once all callers are in the mesh; a workload whose callers cannot be is for `except` of this rule";

  it("refuses other modes, of single ports too", () => {
    assert.deepEqual(policy({ mtls: { mode: "PERMISSIVE" } }), [
      `spec.mtls.mode: got "PERMISSIVE"; ${rest}`,
    ]);
    assert.deepEqual(
      policy({ mtls: { mode: "STRICT" }, portLevelMtls: { 8080: { mode: "DISABLE" } } }),
      [`spec.portLevelMtls.8080.mode: got "DISABLE"; ${rest}`],
    );
  });

  it("takes STRICT and what the mesh says", () => {
    for (const spec of [{ mtls: { mode: "STRICT" } }, { mtls: { mode: "UNSET" } }, {}])
      assert.deepEqual(policy(spec), []);
  });
});

describe("mesh-wide-mutual-tls", () => {
  const NAME = "mesh-wide-mutual-tls";
  const [EAST, WEST] = ["urn:east", "urn:west"];
  const istiod = (values: Values = {}) =>
    resource(RELEASE, { chart: "istiod", namespace: "istio-system", values }, { provider: EAST });
  const strict = (provider: string, more: Values = {}) =>
    resource(
      POLICY,
      { metadata: { namespace: "istio-system" }, spec: { mtls: { mode: "STRICT" }, ...more } },
      { provider },
    );

  it("refuses an istiod that nothing stands beside", () => {
    const message =
      "namespace istio-system: got no PeerAuthentication of mode STRICT; allowed: one for the whole mesh; fix: add one, named default, without a selector, or use IstioControlPlane of this package, which brings it";
    assert.deepEqual(said(NAME, istiod()), [message]);
    assert.deepEqual(said(NAME, istiod(), strict(WEST)), [message]);
    assert.deepEqual(said(NAME, istiod(), strict(EAST, { selector: {} })), [message]);
    const elsewhere = istiod({ meshConfig: { rootNamespace: "root" } });
    assert.match(said(NAME, elsewhere, strict(EAST))[0], /^namespace root: /);
  });

  it("takes one for its mesh, of an external istiod in another cluster, and remotes", () => {
    assert.deepEqual(said(NAME, istiod(), strict(EAST)), []);
    assert.deepEqual(said(NAME, istiod({ global: { externalIstiod: true } }), strict(WEST)), []);
    assert.deepEqual(said(NAME, istiod({ profile: "remote" })), []);
  });
});

describe("protected-roots", () => {
  it("refuses a root's key that is not, and takes others", () => {
    const key = (inside: string, protect: boolean) =>
      said("protected-roots", resource(KEY, {}, { inside, protect }));
    assert.deepEqual(key("RootCa", false), [
      "protect: got false; allowed: true; fix: say `protect: true` in the description, or as an option of the RootCa; to destroy the stack, leave this rule out for one `up`",
    ]);
    assert.deepEqual(key("RootCa", true), []);
    assert.deepEqual(key("IntermediateCa", false), []);
  });
});

describe("metadata-tokens", () => {
  const NAME = "metadata-tokens";

  it("refuses what answers by IMDSv1", () => {
    const rest = 'allowed: "required"; fix: say "required"';
    assert.deepEqual(said(NAME, resource(TEMPLATE, {})), [
      `metadataOptions.httpTokens: got nothing; ${rest}`,
    ]);
    assert.deepEqual(
      said(NAME, resource(INSTANCE, { metadataOptions: { httpTokens: "optional" } })),
      [`metadataOptions.httpTokens: got "optional"; ${rest}`],
    );
  });

  it("takes IMDSv2, no metadata, and instances of a template", () => {
    for (const inputs of [
      { metadataOptions: { httpTokens: "required" } },
      { metadataOptions: { httpEndpoint: "disabled" } },
      { launchTemplate: { id: UNKNOWN } },
      { metadataOptions: UNKNOWN },
    ])
      assert.deepEqual(said(NAME, resource(INSTANCE, inputs)), []);
  });
});

describe("supported-istio and supported-kubernetes", () => {
  const istio = (version: string) =>
    said("supported-istio", resource(RELEASE, { chart: "istiod", version, values: {} }));

  it("say holes, ends and versions that nobody knows", () => {
    assert.match(istio("1.31.0")[0], /^version: got "1\.31\.0", with a known hole: /);
    assert.match(istio("1.29.0")[0], /^version: got "1\.29\.0"; allowed: 1\.31\.4, /);
    const old = [resource(CLUSTER, { version: "1.33", encryptionConfig: UNKNOWN })];
    assert.deepEqual(
      refusals(old).map(({ level, message }) => [level, message]),
      [
        [
          "advisory",
          'version: got "1.33", whose standard support ended on 2026-07-29; allowed: a version in standard support; fix: move to the next minor version; an EKS cluster moves one at a time',
        ],
      ],
    );
    const later = [resource(RELEASE, { chart: "istiod", version: "1.30.8", namespace: "a" })];
    const ended = refusals(later, { today: "2027-01-01" }).map(({ message }) => message);
    assert.ok(
      ended.includes(
        'version: got "1.30.8", whose support ended on 2026-12-31; allowed: 1.31.4, 1.31.3, 1.31.2, 1.31.1, 1.31.0; fix: move to "1.31.4"',
      ),
      ended.join("\n"),
    );
  });

  it("say nothing of what is supported, or not known yet", () => {
    assert.deepEqual(istio("1.31.4"), []);
    assert.deepEqual(istio(UNKNOWN), []);
  });
});
