import { topologyRules } from "../../components/topology";
import { machineRules } from "../../components/topology/rules/machines";
import { vmRules } from "../../components/vm/rules";
import type { TopologyDescription } from "../../components/topology";
import { type Claim, testEveryRule, testRules } from "../support/rules";
import { good } from "./good";

type Groups = NonNullable<TopologyDescription["virtualMachines"]>;

const legacy = (change: (group: Groups[string]) => void) => (description: TopologyDescription) =>
  change(description.virtualMachines!.legacy!);

const ISTIO =
  "a port that is neither SSH's nor Istio's: not 22, 15000, 15001, 15002, 15003, 15004, 15006, 15008, 15009, 15010, 15012, 15014, 15017, 15020, 15021, 15053, 15090";
const LABEL =
  "lower-case letters, digits and hyphens, a letter or digit first and last, at most 63";

const controllers: Claim[] = [
  [
    "machine-controller",
    "a remote",
    legacy((group) => (group.controlledBy = "north")),
    'virtualMachines.legacy.controlledBy: got "north"; allowed: a member of mesh prod that holds the configuration of its istiod: east, west; fix: name one of these',
  ],
  [
    "machine-controller",
    "the cluster of an external istiod, whose configuration is elsewhere",
    ({ meshes, virtualMachines }) => {
      meshes.prod!.controlPlane = { runsIn: ["north"], configCluster: "west" };
      delete meshes.prod!.clusters.north;
      virtualMachines!.legacy!.controlledBy = "north";
    },
    'virtualMachines.legacy.controlledBy: got "north"; allowed: a member of mesh prod that holds the configuration of its istiod: west; fix: name one of these',
  ],
];

const forms: Claim[] = [
  [
    "machine-name",
    "a name that begins with a digit",
    ({ virtualMachines }) => (virtualMachines!["7th"] = { ...virtualMachines!.legacy! }),
    'virtualMachines["7th"]: got "7th"; allowed: a name that begins with a letter: it is a Service\'s; fix: rename it',
  ],
  [
    "machine-identity-name",
    "names in capitals",
    legacy((group) => Object.assign(group, { namespace: "Legacy", serviceAccount: "a_b" })),
    `virtualMachines.legacy.namespace: got "Legacy"; allowed: ${LABEL}; fix: rename it`,
    `virtualMachines.legacy.serviceAccount: got "a_b"; allowed: ${LABEL}; fix: rename it`,
  ],
  [
    "machine-namespace",
    "Istio's own",
    legacy((group) => (group.namespace = "istio-system")),
    'virtualMachines.legacy.namespace: got "istio-system"; allowed: a namespace of applications, which is made here; fix: name another one: this one is somebody else\'s',
  ],
  [
    "machine-port",
    "ports of the agent and of SSH",
    legacy((group) => (group.ports = { http: 15006, ssh: 22 })),
    `virtualMachines.legacy.ports.http: got 15006; allowed: ${ISTIO}; fix: let the application listen on another one`,
    `virtualMachines.legacy.ports.ssh: got 22; allowed: ${ISTIO}; fix: let the application listen on another one`,
  ],
  [
    "machine-port-name",
    "a name in capitals",
    legacy((group) => (group.ports = { HTTP: 8080 })),
    'virtualMachines.legacy.ports.HTTP: got "HTTP"; allowed: lower-case letters, digits and hyphens, at most 63; fix: rename it; what it begins with says what the port speaks, as http or tcp',
  ],
  [
    "machine-port-twice",
    "two names",
    legacy((group) => (group.ports = { http: 8080, web: 8080 })),
    "virtualMachines.legacy.ports.web: got 8080; allowed: a port of its own: http has this one; fix: leave out one of the two",
  ],
  [
    "machine-inbound",
    "no port where others call",
    legacy((group) => (group.ports = {})),
    "virtualMachines.legacy.ports: got none; allowed: at least one port where others call the machines; fix: name what the application listens on, or say inbound: none",
  ],
  [
    "machine-inbound",
    "ports that nobody calls",
    legacy((group) => (group.inbound = "none")),
    "virtualMachines.legacy.ports: got grpc-api, http; allowed: none: nobody calls the machines; fix: write ports: {}, or say inbound: routed",
  ],
  [
    "machine-count",
    "more at least than at most",
    legacy((group) => (group.count = { min: 3, max: 2 })),
    "virtualMachines.legacy.count: got 3 to 2; allowed: no more at least than at most; fix: correct min or max",
  ],
  [
    "machine-instance-type",
    "a type without a dot",
    legacy((group) => (group.instanceType = "t3small")),
    'virtualMachines.legacy.instanceType: got "t3small"; allowed: an EC2 instance type, such as "t3.small"; fix: name one',
  ],
  [
    "machine-image",
    "a name that nobody knows",
    legacy((group) => (group.image = "ubuntu")),
    'virtualMachines.legacy.image: got "ubuntu"; allowed: amazon-linux-2023, ubuntu-24.04, the id of an AMI, or the name of an SSM parameter, which begins with /; fix: name one of these',
  ],
  [
    "machine-policies",
    "what is no ARN, and what is listed twice",
    legacy((group) => {
      const read = "arn:aws:iam::aws:policy/ReadOnlyAccess";
      group.policyArns = [read, "ReadOnlyAccess", read];
    }),
    'virtualMachines.legacy.policyArns[1]: got "ReadOnlyAccess"; allowed: ARNs of managed IAM policies, each once; fix: correct it',
    'virtualMachines.legacy.policyArns[2]: got "arn:aws:iam::aws:policy/ReadOnlyAccess"; allowed: ARNs of managed IAM policies, each once; fix: correct it',
  ],
  [
    "machine-policies",
    "more than a role takes",
    legacy((group) => {
      const arn = (_: unknown, index: number) => `arn:aws:iam::111122223333:policy/p${index}`;
      group.policyArns = Array.from({ length: 10 }, arn);
    }),
    "virtualMachines.legacy.policyArns: got 10 policies; allowed: at most 9; fix: put several into one policy",
  ],
  [
    "machine-package",
    "what is no address, and no checksum",
    legacy((group) => (group.agentPackage = { location: "s3://mirror/istio", sha256: "abc" })),
    'virtualMachines.legacy.agentPackage.location: got "s3://mirror/istio"; allowed: an http or https URL of a folder, without a query; fix: correct it',
    'virtualMachines.legacy.agentPackage.sha256: got "abc"; allowed: 64 hexadecimal digits; fix: copy what `sha256sum` says of the package',
  ],
  [
    "machine-package",
    "an address of what the image has",
    legacy((group) => (group.agentPackage = { source: "image", location: "https://mirror" })),
    'virtualMachines.legacy.agentPackage.location: got "https://mirror"; allowed: nothing with source: image; fix: remove it: no package is installed',
  ],
  [
    "machine-package-way",
    "a mirror by http, and no checksum",
    legacy((group) => (group.agentPackage = { location: "http://mirror/istio" })),
    'virtualMachines.legacy.agentPackage.location: got "http://mirror/istio", and no sha256; allowed: an https URL, or agentPackage.sha256: who changes the package on its way changes the checksum beside it too; fix: say https, or the checksum',
  ],
  [
    "machine-user-data",
    "a script without its first line",
    legacy((group) => (group.userData = "apt install it\n")),
    'virtualMachines.legacy.userData: got "apt install it"; allowed: a first line that begins with #!, #cloud-config, #include, #cloud-boothook, ## template: jinja; fix: cloud-init ignores a part that it does not know: add that line',
  ],
];

const related: Claim[] = [
  [
    "machine-ambient",
    "a mesh that runs ambient, and does not say that it is an experiment",
    ({ meshes, virtualMachines }) => {
      meshes.prod = { dataPlane: "ambient", clusters: { east: {} } };
      delete virtualMachines!.batch;
    },
    "meshes.prod.experimental: got false; allowed: true, since machines legacy join an ambient mesh; fix: name a mesh of sidecars, or set experimental: true",
  ],
  [
    "machine-ambient",
    "one of several clusters, and another network than the cluster's",
    ({ meshes }) =>
      (meshes.prod = {
        ...{ dataPlane: "ambient", experimental: true },
        clusters: { east: {}, west: {} },
      }),
    'virtualMachines.batch.mesh: got "prod", an ambient mesh with west, east; allowed: an ambient mesh of one cluster: its istiods read only entries of their own; fix: name a mesh of one cluster, or one of sidecars',
    'virtualMachines.batch.network: got "apart"; allowed: shared, that of west: in ambient another one needs a gateway of its own; fix: name shared',
    'virtualMachines.legacy.mesh: got "prod", an ambient mesh with east, west; allowed: an ambient mesh of one cluster: its istiods read only entries of their own; fix: name a mesh of one cluster, or one of sidecars',
  ],
  [
    "machine-cluster-values",
    "a cluster of yours that says nothing of itself",
    ({ clusters }) =>
      (clusters.east!.existing = {
        kubeconfig: { secret: "east" },
        kubernetesVersion: "1.35",
        podCidrs: ["10.10.0.0/17"],
      }),
    ...["eksName", "endpoint", "certificateAuthority"].map(
      (value) =>
        `clusters.east.existing.${value}: got nothing; allowed: a value: machines legacy ask this cluster for their tokens; fix: say it; they sign in with their IAM role, which EKS alone knows`,
    ),
  ],
  [
    "machine-identity-shared",
    "an account that another group has",
    ({ virtualMachines }) => (virtualMachines!.older = { ...virtualMachines!.legacy! }),
    'virtualMachines.older.serviceAccount: got "legacy"; allowed: an account of its own: virtualMachines.legacy has this one, by another role; fix: name another one',
  ],
  [
    "machine-revision",
    "a revision where none has a name",
    legacy((group) => (group.revision = "canary")),
    'virtualMachines.legacy.revision: got "canary"; allowed: nothing: the mesh has no named revisions; fix: remove it',
  ],
  [
    "machine-revision",
    "a revision that the mesh has not",
    (description) => {
      description.istio = { revisions: { r1: { version: "1.31.4" }, r2: { version: "1.31.3" } } };
      description.meshes.prod!.revision = "r1";
      description.virtualMachines!.legacy!.revision = "r3";
    },
    'virtualMachines.legacy.revision: got "r3"; allowed: r1, r2; fix: name one of these',
  ],
  [
    "machine-subnets",
    "a VPC without a private subnet",
    ({ networks }) => {
      networks.apart = {
        existing: {
          vpcId: "vpc-1",
          cidrs: ["10.20.0.0/16"],
          subnets: {
            one: { id: "subnet-1", cidr: "10.20.0.0/24", zone: "eu-west-1a", tier: "public" },
          },
        },
      };
    },
    "networks.apart.existing.subnets: got no private subnet; allowed: a private subnet for machines batch; fix: add one in each zone that they are to stand in",
  ],
  [
    "machine-architecture",
    "another one than the instance type's",
    legacy((group) => Object.assign(group, { instanceType: "t3.small", architecture: "arm64" })),
    "virtualMachines.legacy.architecture: got arm64; allowed: what t3.small has: x86; fix: leave it out, or name another instance type",
  ],
];

describe("rules about who serves machines", () => {
  testRules(topologyRules, good, controllers);
  testEveryRule(
    machineRules.filter(({ id }) => id.startsWith("machine")),
    controllers,
  );
});

describe("rules about machines", () => {
  const length: Claim = [
    "machine-user-data-length",
    "a script as long as a book",
    legacy((group) => (group.userData = `#!/bin/sh\n${"# more\n".repeat(3000)}`)),
    "virtualMachines.legacy.userData: got 21010 characters; allowed: 2021, what the rest of the user data leaves of EC2's 16384 bytes; fix: let it fetch the rest, such as a script in S3, or put the application into an image",
  ];
  const claims = [...forms, ...related, length];
  testRules(vmRules, good, claims);
  testEveryRule(vmRules, claims);
});
