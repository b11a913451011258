/** Programs that keep a promise, and programs that break it: the pack's rules by name. Compiled, and run by the real CLI. */
import * as aws from "@pulumi/aws";
import * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import { RootCa } from "../../../components";

/** What a program takes from the lab. */
interface Given {
  /** Of the lab's cluster. */
  kubernetes: pulumi.CustomResourceOptions;
  /** Folder of istiod's charts, each in a folder named after its version: of a chart on disk the provider takes the version that it says itself. */
  charts: string;
}

interface Programs {
  good: (given: Given) => void;
  bad: (given: Given) => void;
  /** Names of what breaks the promise in `bad`. */
  broken: string[];
  /** The rule looks at all of a stack, and is asked only where nothing else is refused. */
  whole?: boolean;
}

const arn = (service: string, name: string) => `arn:aws:${service}:eu-west-1:111122223333:${name}`;

function rule(cidrIpv4: string, name = "rule") {
  const ports = { ipProtocol: "tcp", fromPort: 15012, toPort: 15017 };
  const securityGroupId = "sg-00000000000000001";
  new aws.vpc.SecurityGroupIngressRule(name, { securityGroupId, cidrIpv4, ...ports });
}

function service(name: string, scheme: string | undefined, { kubernetes }: Given) {
  const key = "service.beta.kubernetes.io/aws-load-balancer-scheme";
  const annotations = scheme ? { [key]: scheme } : undefined;
  const spec = { type: "LoadBalancer", ports: [{ port: 80 }] };
  new k8s.core.v1.Service(name, { metadata: { name, annotations }, spec }, kubernetes);
}

type Namespace = (typeof NAMESPACES)[number];

/** What its versions are is for the rules about versions to say. */
function cluster(name: string, version: string, resources: string[]) {
  const encryptionConfig = { provider: { keyArn: arn("kms", "key/a") }, resources };
  const vpcConfig = { subnetIds: ["subnet-00000000000000001", "subnet-00000000000000002"] };
  const roleArn = "arn:aws:iam::111122223333:role/a";
  new aws.eks.Cluster(name, { name, version, roleArn, vpcConfig, encryptionConfig });
}

function template(name: string, encrypted: string, httpTokens: string) {
  const blockDeviceMappings = [{ deviceName: "/dev/xvda", ebs: { encrypted, volumeSize: 20 } }];
  new aws.ec2.LaunchTemplate(name, { name, blockDeviceMappings, metadataOptions: { httpTokens } });
}

function secret(name: string, type: string, { kubernetes }: Given) {
  const annotations = { "kubernetes.io/service-account.name": "default" };
  new k8s.core.v1.Secret(name, { metadata: { name, annotations }, type }, kubernetes);
}

function peerAuthentication(
  name: string,
  namespace: Namespace,
  mode: string,
  { kubernetes }: Given,
) {
  new k8s.apiextensions.CustomResource(
    name,
    {
      ...{ apiVersion: "security.istio.io/v1", kind: "PeerAuthentication" },
      metadata: { name: "default", namespace },
      spec: { mtls: { mode } },
    },
    kubernetes,
  );
}

function istiod(
  name: string,
  namespace: Namespace,
  version: string,
  { charts, kubernetes }: Given,
) {
  const chart = `${charts}/${version}/istiod`;
  new k8s.helm.v3.Release(name, { name, chart, namespace, version, values: {} }, kubernetes);
}

/** Versions that every list has, whatever day it is: what is said of them is advice alone. */
const [NOW, OLD] = ["1.36", "1.32"];

/** Of Istio, one without and one with a known hole. */
export const ISTIO_VERSIONS = ["1.31.4", "1.31.0"] as const;
const [PATCHED, OPEN] = ISTIO_VERSIONS;

/** Where programs put objects of Kubernetes: the provider waits for a namespace that is not there, in a preview too. */
export const NAMESPACES = ["shop", "istio-system"] as const;

export const PROGRAMS: Record<string, Programs> = {
  "no-public-mesh-port": {
    good: () => rule("10.0.0.0/16"),
    bad: () => rule("0.0.0.0/0"),
    broken: ["rule"],
  },
  "internal-balancers": {
    good: (given) => service("inside", "internal", given),
    bad: (given) => service("outside", undefined, given),
    broken: ["outside"],
  },
  "encrypted-secrets": {
    good: () => cluster("sealed", NOW, ["secrets"]),
    bad: () => cluster("open", NOW, []),
    broken: ["open"],
  },
  "encrypted-volumes": {
    good: () => template("sealed", "true", "required"),
    bad: () => template("open", "false", "required"),
    broken: ["open"],
  },
  "log-keys": {
    good: () => void new aws.cloudwatch.LogGroup("sealed", { kmsKeyId: arn("kms", "key/a") }),
    bad: () => void new aws.cloudwatch.LogGroup("open", {}),
    broken: ["open"],
  },
  "no-lasting-token": {
    good: (given) => secret("opaque", "Opaque", given),
    bad: (given) => secret("token", "kubernetes.io/service-account-token", given),
    broken: ["token"],
  },
  "strict-mutual-tls": {
    good: (given) => peerAuthentication("strict", "shop", "STRICT", given),
    bad: (given) => peerAuthentication("permissive", "shop", "PERMISSIVE", given),
    broken: ["permissive"],
  },
  "mesh-wide-mutual-tls": {
    good: (given) => {
      istiod("guarded", "istio-system", PATCHED, given);
      peerAuthentication("mesh", "istio-system", "STRICT", given);
    },
    bad: (given) => istiod("unguarded", "istio-system", PATCHED, given),
    broken: ["unguarded"],
    whole: true,
  },
  "protected-roots": {
    good: () => void new RootCa("kept", { commonName: "kept" }, { protect: true }),
    bad: () => void new RootCa("lost", { commonName: "lost" }),
    broken: ["lost-key", "lost-certificate"],
  },
  "metadata-tokens": {
    good: () => template("second", "true", "required"),
    bad: () => template("first", "true", "optional"),
    broken: ["first"],
  },
  "supported-istio": {
    good: () => undefined,
    bad: (given) => {
      istiod("old", "istio-system", OPEN, given);
      peerAuthentication("mesh", "istio-system", "STRICT", given);
    },
    broken: ["old"],
  },
  "supported-kubernetes": {
    good: () => undefined,
    bad: () => cluster("old", OLD, ["secrets"]),
    broken: ["old"],
  },
};
