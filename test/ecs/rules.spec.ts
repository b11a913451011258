import { ecsClusterRules } from "../../components/ecs/clusterRules";
import { forwardRules } from "../../components/ecs/forwardRules";
import { roomRules } from "../../components/ecs/roomRules";
import { ecsRules } from "../../components/ecs/rules";
import { waypointRules } from "../../components/ecs/waypointRules";
import { topologyRules } from "../../components/topology";
import { machineRules } from "../../components/topology/rules/machines";
import type { Rule, TopologyDescription } from "../../components/topology";
import { type Claim, testEveryRule, testRules } from "../support/rules";
import { good } from "./good";
import { wayOutClaims } from "./wayOut";

type Services = NonNullable<TopologyDescription["ecsServices"]>;

const echo = (change: (service: Services[string]) => void) => (description: TopologyDescription) =>
  change(description.ecsServices!.echo!);

const LABEL =
  "lower-case letters, digits and hyphens, a letter or digit first and last, at most 63";

const controllers: Claim[] = [
  [
    "ecs-controller",
    "a cluster that is no member",
    (description) => {
      description.clusters.west = { network: "shared" };
      description.ecsServices!.echo!.controlledBy = "west";
    },
    'ecsServices.echo.controlledBy: got "west"; allowed: a member of mesh prod that holds the configuration of its istiod: east; fix: name one of these',
  ],
];

const forms: Claim[] = [
  [
    "ecs-name",
    "a digit first",
    (description) => {
      description.ecsServices = { "7": description.ecsServices!.echo! };
    },
    'ecsServices["7"]: got "7"; allowed: a name that begins with a letter: it is a Service\'s; fix: rename it',
  ],
  [
    "ecs-identity-name",
    "capitals",
    echo((service) => (service.serviceAccount = "Echo")),
    `ecsServices.echo.serviceAccount: got "Echo"; allowed: ${LABEL}; fix: rename it`,
  ],
  [
    "ecs-namespace",
    "a namespace of Kubernetes",
    echo((service) => (service.namespace = "kube-system")),
    'ecsServices.echo.namespace: got "kube-system"; allowed: a namespace of applications, which is made here; fix: name another one: this one is somebody else\'s',
  ],
  [
    "ecs-port",
    "the SOCKS port of ztunnel",
    echo((service) => (service.ports = { http: 15080 })),
    "ecsServices.echo.ports.http: got 15080; allowed: a port outside 15000 to 15090, which are ztunnel's; fix: let the application listen on another one",
  ],
  [
    "ecs-port",
    "no port at all",
    echo((service) => (service.ports = {})),
    "ecsServices.echo.ports: got none; allowed: at least one port; fix: name what the application listens on",
  ],
  [
    "ecs-port-name",
    "capitals",
    echo((service) => (service.ports = { HTTP: 80 })),
    'ecsServices.echo.ports.HTTP: got "HTTP"; allowed: lower-case letters, digits and hyphens, at most 63; fix: rename it; what it begins with says what the port speaks, as http or tcp',
  ],
  [
    "ecs-port-twice",
    "a port under two names",
    echo((service) => (service.ports = { http: 80, web: 80 })),
    "ecsServices.echo.ports.web: got 80; allowed: a port of its own: http has this one; fix: leave out one of the two",
  ],
  [
    "ecs-fargate-size",
    "CPU units that nobody sells",
    echo((service) => (service.cpu = 300)),
    "ecsServices.echo.cpu: got 300; allowed: 256, 512, 1024, 2048, 4096, 8192, 16384; fix: name one of these CPU units",
  ],
  [
    "ecs-fargate-size",
    "memory that does not go with them",
    echo((service) => Object.assign(service, { cpu: 256, memory: 4096 })),
    "ecsServices.echo.memory: got 4096 MiB with 256 CPU units; allowed: 512, or 1024 to 2048 MiB in steps of 1024; fix: correct cpu or memory",
  ],
  [
    "ecs-fargate-size",
    "half a step",
    echo((service) => Object.assign(service, { cpu: 512, memory: 1536 })),
    "ecsServices.echo.memory: got 1536 MiB with 512 CPU units; allowed: 1024 to 4096 MiB in steps of 1024; fix: correct cpu or memory",
  ],
  [
    "ecs-count",
    "a number beside what scales it",
    echo((service) => (service.scaling = { min: 3, max: 2 })),
    "ecsServices.echo.count: got 2; allowed: nothing beside scaling, which says how many there are; fix: leave out one of the two",
    "ecsServices.echo.scaling: got 3 to 2; allowed: no more at least than at most; fix: correct min or max",
  ],
  [
    "ecs-on-demand-base",
    "a base where nothing is on Spot",
    echo((service) => (service.onDemandBase = 1)),
    "ecsServices.echo.onDemandBase: got 1; allowed: nothing without capacity: spot on Fargate; fix: leave out the base, or buy the rest on Spot",
  ],
  [
    "ecs-on-demand-base",
    "a base that leaves nothing for Spot",
    echo((service) => Object.assign(service, { capacity: "spot", onDemandBase: 2 })),
    "ecsServices.echo.onDemandBase: got 2; allowed: less than the 2 tasks that there are at most; fix: lower it, or write capacity: on-demand alone",
  ],
  [
    "ecs-policies",
    "what is no ARN, and what is listed twice",
    echo((service) => {
      const read = "arn:aws:iam::aws:policy/ReadOnlyAccess";
      service.policyArns = [read, "ReadOnlyAccess", read];
    }),
    'ecsServices.echo.policyArns[1]: got "ReadOnlyAccess"; allowed: ARNs of managed IAM policies, each once; fix: correct it',
    'ecsServices.echo.policyArns[2]: got "arn:aws:iam::aws:policy/ReadOnlyAccess"; allowed: ARNs of managed IAM policies, each once; fix: correct it',
  ],
  [
    "ecs-policies",
    "more than a role takes",
    echo((service) => {
      const arn = (_: unknown, index: number) => `arn:aws:iam::111122223333:policy/p${index}`;
      service.policyArns = Array.from({ length: 11 }, arn);
    }),
    "ecsServices.echo.policyArns: got 11 policies; allowed: at most 10; fix: put several into one policy",
  ],
  [
    "ecs-image",
    "no tag, though the registry has a port",
    echo((service) => (service.image = "registry.example:5000/echo")),
    'ecsServices.echo.image: got "registry.example:5000/echo"; allowed: an image with its tag or digest; fix: name one of the two: without it each task may run another version',
  ],
  [
    "ecs-image-latest",
    "the latest",
    echo((service) => (service.image = "registry.example/echo:latest")),
    'ecsServices.echo.image: got "registry.example/echo:latest"; allowed: a tag that stays, or a digest; fix: tasks that start later may run another version than those beside them: name a version',
  ],
  [
    "ecs-image-docker-hub",
    "an image without a registry",
    echo((service) => (service.image = "library/httpd:2.4")),
    'ecsServices.echo.image: got "library/httpd:2.4"; allowed: an image of a registry without limits for those who do not sign in; fix: Fargate pulls at each start, and Docker Hub counts pulls by address: copy it to ECR',
  ],
  [
    "ecs-environment",
    "what the plan sets, and what stands twice",
    echo((service) => {
      service.environment = { HTTP_PROXY: "http://proxy", "2A": "x", KEY: "x" };
      service.secrets = { KEY: "arn:aws:ssm:eu-west-1:111122223333:parameter/key" };
    }),
    'ecsServices.echo.environment["2A"]: got "2A"; allowed: letters, digits and underscores, no digit first; fix: rename it',
    "ecsServices.echo.environment.HTTP_PROXY: got a value of your own; allowed: nothing, the plan sets it; fix: say proxyEnv: false and all four yourself, or remove it",
    'ecsServices.echo.secrets.KEY: got "KEY"; allowed: a variable once: it stands in environment too; fix: leave out one of the two',
  ],
  [
    "ecs-secrets",
    "a secret itself",
    echo((service) => (service.secrets = { KEY: "hunter2" })),
    'ecsServices.echo.secrets.KEY: got "hunter2"; allowed: the ARN of a Secrets Manager secret or of an SSM parameter; fix: store it there, and name it here: the task definition shows what stands in environment',
  ],
];

const related: Claim[] = [
  ...wayOutClaims,
  [
    "ecs-pulls",
    "more tasks than Docker Hub grants pulls",
    (description) => {
      Object.assign(description.ecsServices!.echo!, {
        ...{ count: 24, forward: { pay: { host: "pay.pay", port: 80, local: 9001 } } },
      });
    },
    "istio.hub: got docker.io/istio/ztunnel:1.31.4, docker.io/alpine/socat:1.8.0.3; allowed: at most 100 pulls of Docker Hub in six hours by the NAT addresses of networks.shared: a deployment of all tasks, and its way back, take 108; fix: name copies in ECR at istio.hub and istio.forwarderImage",
  ],
  [
    "ecs-data-plane",
    "a mesh of sidecars",
    ({ meshes }) => (meshes.prod!.dataPlane = "sidecar"),
    ...["echo", "pay"].map(
      (name) =>
        `ecsServices.${name}.mesh: got "prod", which runs sidecar; allowed: a mesh that runs ambient: tasks carry ztunnel, which talks to ztunnels; fix: name another mesh, or give this one dataPlane: ambient`,
    ),
  ],
  [
    "ecs-cluster-values",
    "a cluster of yours that says nothing of itself",
    (description) => {
      delete description.ecsServices!.pay;
      description.clusters.east!.existing = {
        kubeconfig: { secret: "east" },
        kubernetesVersion: "1.35",
        podCidrs: ["10.10.0.0/17"],
      };
    },
    ...["eksName", "endpoint", "certificateAuthority"].map(
      (value) =>
        `clusters.east.existing.${value}: got nothing; allowed: a value: tasks echo ask this cluster for their tokens; fix: say it; they sign in with their IAM role, which EKS alone knows`,
    ),
  ],
  [
    "ecs-identity-shared",
    "an account that another service has",
    ({ ecsServices }) => (ecsServices!.pay!.serviceAccount = "echo"),
    'ecsServices.pay.serviceAccount: got "echo"; allowed: an account of its own: ecsServices.echo has this one, by another role; fix: name another one',
  ],
  [
    "ecs-namespace-shared",
    "a namespace of machines",
    (description) => {
      delete description.ecsServices!.pay;
      description.virtualMachines = {
        legacy: {
          ...{ mesh: "prod", controlledBy: "east", network: "shared", namespace: "ecs" },
          ...{ serviceAccount: "legacy", ports: { http: 8080 } },
        },
      };
    },
    'ecsServices.echo.namespace: got "ecs"; allowed: a namespace without machines: virtualMachines.legacy has this one; fix: name another one',
  ],
  [
    "ecs-subnets",
    "a VPC without a private subnet",
    (description) => {
      delete description.ecsServices!.pay;
      description.networks.shared = {
        existing: {
          vpcId: "vpc-1",
          cidrs: ["10.10.0.0/16"],
          subnets: {
            one: { id: "subnet-1", cidr: "10.10.0.0/24", zone: "eu-west-1a", tier: "public" },
          },
        },
      };
    },
    "networks.shared.existing.subnets: got no private subnet; allowed: a private subnet for tasks echo; fix: add one in each zone that they are to stand in",
  ],
  [
    "ecs-called-from",
    "a second cluster of the mesh",
    (description) => {
      delete description.ecsServices!.pay;
      description.networks.apart = { cidr: "10.20.0.0/16" };
      description.clusters.west = { network: "apart" };
      description.meshes.prod!.clusters.west = {};
    },
    'ecsServices.echo.controlledBy: got "east"; allowed: a mesh of one cluster, where all of it is to call the tasks; fix: istiods of an ambient mesh read entries of their own cluster alone: nothing in west calls these tasks',
  ],
  [
    "ecs-definition-length",
    "an environment as long as a book",
    echo((service) => (service.environment = { BOOK: "x".repeat(64 * 1024) })),
    "ecsServices.echo.environment: got a task definition of 78912 bytes; allowed: at most 65536; fix: shorten it: let the application read the rest from where it is stored",
  ],
];

describe("rules about who serves ECS services", () => {
  testRules(topologyRules, good, controllers);
  testEveryRule(
    machineRules.filter(({ id }) => id.startsWith("ecs")),
    controllers,
  );
});

describe("rules about ECS services", () => {
  const claims = [...forms, ...related];
  const own: Rule[] = [...ecsClusterRules, ...roomRules, ...forwardRules, ...waypointRules];
  const others = ecsRules.filter((rule) => !own.includes(rule as Rule));
  testRules(ecsRules, good, claims);
  testEveryRule(others, claims);
});
