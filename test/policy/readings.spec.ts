/** What rules read, where resources say the same thing in another place or do not say it yet. */
import assert from "node:assert/strict";
import { UNKNOWN, type Values } from "../../engine";
import { plain } from "../../policy/policy";
import type { Resource } from "../../policy/rule";
import { refusals, resource } from "./support";

const RELEASE = "kubernetes:helm.sh/v3:Release";
const GATEWAY = "kubernetes:gateway.networking.k8s.io/v1:Gateway";
const POLICY = "kubernetes:security.istio.io/v1:PeerAuthentication";

/** How often a rule has something against resources. */
function count(rule: string, ...resources: Resource[]): number {
  return refusals(resources).filter(({ policy }) => policy === rule).length;
}

describe("what rules read", () => {
  it("is a mistake of ours where it throws what the SDK does not throw for values that are not known", () => {
    const broken = {
      get port(): never {
        throw new Error("broken");
      },
    };
    assert.throws(() => plain(broken), /^Error: broken$/);
  });

  it("leaves out what is excepted, of rules about all resources together too", () => {
    const istiod = resource(RELEASE, { chart: "istiod", namespace: "istio-system", values: {} });
    const rule = "mesh-wide-mutual-tls";
    const found = (except: string[]) =>
      refusals([istiod], { settings: { [rule]: { except } } }).filter(
        ({ policy }) => policy === rule,
      );
    assert.equal(found([]).length, 1);
    assert.equal(found(["it"]).length, 0);
  });

  it("is every kind of load balancer of AWS's, and no gateway that Istio gives none", () => {
    for (const kind of ["lb", "alb", "elb"])
      assert.equal(
        count("internal-balancers", resource(`aws:${kind}/loadBalancer:LoadBalancer`, {})),
        1,
        kind,
      );
    for (const [gatewayClassName, wanted] of [
      ["istio", 1],
      ["istio-remote", 0],
      ["istio-waypoint", 0],
    ] as const)
      assert.equal(
        count("internal-balancers", resource(GATEWAY, { spec: { gatewayClassName } })),
        wanted,
        gatewayClassName,
      );
  });

  it("is a cluster whose key is not known yet, and every type that has disks", () => {
    const provider = { keyArn: "arn:aws:kms:eu-west-1:111122223333:key/a" };
    const cluster = (resources: unknown) =>
      resource("aws:eks/cluster:Cluster", { encryptionConfig: { provider, resources } });
    assert.equal(count("encrypted-secrets", cluster(UNKNOWN)), 0);
    assert.equal(count("encrypted-secrets", cluster([UNKNOWN])), 0);
    assert.equal(count("encrypted-secrets", cluster(["other"])), 1);
    const configuration = resource("aws:ec2/launchConfiguration:LaunchConfiguration", {});
    assert.equal(count("encrypted-volumes", configuration), 1);
    assert.equal(count("metadata-tokens", configuration), 1);
  });

  it("is the root namespace, wherever the values say it", () => {
    const mesh = (values: Values, namespace: string) => [
      resource(RELEASE, { chart: "/charts/istiod", namespace: "istio-system", values }),
      resource(POLICY, { metadata: { namespace }, spec: { mtls: { mode: "STRICT" } } }),
    ];
    const open = (values: Values, namespace: string) =>
      count("mesh-wide-mutual-tls", ...mesh(values, namespace));
    assert.equal(open({ global: { istioNamespace: "mesh" } }, "mesh"), 0);
    assert.equal(open({ global: { istioNamespace: "mesh" } }, "istio-system"), 1);
    const both = { global: { istioNamespace: "mesh" }, meshConfig: { rootNamespace: "root" } };
    assert.equal(open(both, "root"), 0);
  });

  it("is a root's certificate as well as its key, and a version that the values say", () => {
    const certificate = resource(
      "tls:index/selfSignedCert:SelfSignedCert",
      {},
      { inside: "RootCa" },
    );
    assert.equal(count("protected-roots", certificate), 1);
    const tagged = (tag: string) =>
      resource(RELEASE, { chart: "istiod", values: { global: { tag } } });
    assert.equal(count("supported-istio", tagged("1.31.0")), 1);
    assert.equal(count("supported-istio", tagged("1.31.4")), 0);
  });

  it("is the first and the last port of a range", () => {
    const rule = (fromPort: number, toPort: number) =>
      resource("aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule", {
        ...{ ipProtocol: "tcp", cidrIpv4: "0.0.0.0/0", fromPort, toPort },
      });
    assert.equal(count("no-public-mesh-port", rule(15012, 15013)), 1);
    assert.equal(count("no-public-mesh-port", rule(15011, 15012)), 1);
    assert.equal(count("no-public-mesh-port", rule(15011, 15011)), 0);
  });
});
