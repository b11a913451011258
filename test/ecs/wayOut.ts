/** Claims about tasks in a VPC of yours, which may have no NAT gateway. */
import type { TopologyDescription } from "../../components/topology";
import type { Claim } from "../support/rules";

type Services = NonNullable<TopologyDescription["ecsServices"]>;

/** The service `pay` alone, changed, in a VPC of yours that names no NAT gateway. */
const standing =
  (change: Partial<Services[string]> = {}, endpoints?: string[]) =>
  (description: TopologyDescription) => {
    delete description.ecsServices!.echo;
    Object.assign(description.ecsServices!.pay!, change);
    const subnet = (zone: string, index: number, tier: "private" | "load-balancer") => ({
      ...{ id: `subnet-${tier}-${zone}`, cidr: `10.10.${index}.0/24` },
      ...{ zone: `eu-west-1${zone}`, tier },
    });
    description.networks.shared = {
      existing: {
        ...{ vpcId: "vpc-1", cidrs: ["10.10.0.0/16"], ...(endpoints && { endpoints }) },
        subnets: {
          "private-a": subnet("a", 0, "private"),
          "private-b": subnet("b", 1, "private"),
          "lb-a": subnet("a", 2, "load-balancer"),
          "lb-b": subnet("b", 3, "load-balancer"),
        },
      },
    };
  };

const ECR = "111122223333.dkr.ecr.eu-west-1.amazonaws.com";

/** Everything that the mesh adds is copied to ECR. */
const copied =
  (change?: Partial<Services[string]>, endpoints?: string[]) =>
  (description: TopologyDescription) => {
    standing(change, endpoints)(description);
    const copies = { hub: `${ECR}/istio`, refresherImage: `${ECR}/aws-cli:2` };
    Object.assign(description.istio!, copies, { forwarderImage: `${ECR}/socat:1` });
  };

const FARGATE = ["s3", "ecr.api", "ecr.dkr", "logs", "secretsmanager", "ssmmessages"];

export const wayOutClaims: Claim[] = [
  [
    "ecs-way-out",
    "images of the mesh that are in no private ECR",
    standing(),
    "networks.shared.existing.natAddresses: got none; allowed: those of NAT gateways, by which tasks pay pull docker.io/istio/ztunnel:1.31.4, public.ecr.aws/aws-cli/aws-cli:2.35.19; fix: say them; without NAT name private ECR of eu-west-1 at istio.hub, istio.refresherImage",
  ],
  [
    "ecs-way-out",
    "an image in ECR of another region, and what leads ports",
    (description) => {
      const image = `${ECR.replace("eu-west-1", "us-east-1")}/pay:1`;
      const pay = { host: "pay.pay", port: 80, local: 9001 };
      copied({ image, capacity: "on-demand", forward: { pay } })(description);
      description.istio!.forwarderImage = "docker.io/alpine/socat:1.8.0.3";
    },
    "networks.shared.existing.natAddresses: got none; allowed: those of NAT gateways, by which tasks pay pull docker.io/alpine/socat:1.8.0.3, 111122223333.dkr.ecr.us-east-1.amazonaws.com/pay:1; fix: say them; without NAT name private ECR of eu-west-1 at istio.forwarderImage, ecsServices.pay.image",
  ],
  [
    "ecs-endpoints",
    "no endpoint at all, with a secret and a way in for people",
    copied(),
    "networks.shared.existing.endpoints: got none; allowed: endpoints for s3, ecr.api, ecr.dkr, logs, secretsmanager, ssmmessages, by which tasks pay start where there is no NAT; fix: make those for s3, ecr.api, ecr.dkr, logs, secretsmanager, ssmmessages and say them, or say natAddresses where the VPC has NAT gateways",
  ],
  [
    "ecs-endpoints",
    "a parameter where there are endpoints for secrets",
    copied(
      { exec: false, secrets: { KEY: "arn:aws:ssm:eu-west-1:111122223333:parameter/pay" } },
      FARGATE,
    ),
    "networks.shared.existing.endpoints: got s3, ecr.api, ecr.dkr, logs, secretsmanager, ssmmessages; allowed: endpoints for s3, ecr.api, ecr.dkr, logs, ssm, by which tasks pay start where there is no NAT; fix: make those for ssm and say them, or say natAddresses where the VPC has NAT gateways",
  ],
  [
    "ecs-endpoints",
    "instances, whose agents call ECS",
    (description) => {
      copied({ secrets: {}, exec: false }, FARGATE)(description);
      const { capacity: _, ...kept } = description.ecsServices!.pay!;
      description.ecsServices!.pay = { ...kept, launchType: "ec2", ecsCluster: "apps" };
      const apps = { mesh: "prod", controlledBy: "east", instanceType: "c7g.large" };
      description.ecsClusters = { apps };
    },
    "networks.shared.existing.endpoints: got s3, ecr.api, ecr.dkr, logs, secretsmanager, ssmmessages; allowed: endpoints for s3, ecr.api, ecr.dkr, logs, ecs, ecs-agent, ecs-telemetry, by which tasks pay start where there is no NAT; fix: make those for ecs, ecs-agent, ecs-telemetry and say them, or say natAddresses where the VPC has NAT gateways",
  ],
  ["ecs-endpoints", "all of them", copied({}, FARGATE)],
  ["ecs-way-out", "copies of all in ECR of the region", copied()],
];
