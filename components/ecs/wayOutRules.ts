/** What tasks are started by, in VPCs that may have no NAT gateway. */
import { below, LaunchType, natAddressesOf, Severity, tasksOf } from "../topology";
import type { Relations, Rule, Tasks } from "../topology";
import type { EcsServicePlan, TasksPlan } from "./facts";
import { repositoryOf } from "./policies";

type EcsRule = Rule<TasksPlan>;

/** Those in VPCs of yours whose NAT gateways are not known: there may be none. A VPC made here has one. */
function withoutNat({ meshes }: Relations): Tasks[] {
  return meshes.flatMap(tasksOf).filter(({ vpc }) => vpc.existing && natAddressesOf(vpc) === 0);
}

/** Images of a task, each behind the setting that names it. */
function imagesOf({ service, controlledBy }: Tasks, plan: EcsServicePlan): [string, string][] {
  const { path } = controlledBy.in.mesh.istio;
  const forwards = Object.keys(plan.forward).length > 0;
  return [
    [below(path, "hub"), plan.ztunnelImage],
    [below(path, "refresherImage"), plan.helperImage],
    ...(forwards ? [[below(path, "forwarderImage"), plan.forwarderImage] as [string, string]] : []),
    [`ecsServices.${service.name}.image`, plan.image],
  ];
}

/** An endpoint leads to the repositories of its own region alone (https://docs.aws.amazon.com/AmazonECR/latest/userguide/vpc-endpoints.html). */
function isNear(image: string, region: string): boolean {
  return repositoryOf(image)?.split(":")[3] === region;
}

const checkImages: EcsRule["check"] = (_, relations, { services }) =>
  withoutNat(relations).flatMap((tasks) => {
    const { region, path } = tasks.vpc;
    const far = imagesOf(tasks, services[tasks.service.name]!).filter(
      ([, image]) => !isNear(image, region),
    );
    if (far.length === 0) return [];
    const images = [...new Set(far.map(([, image]) => image))];
    return [
      {
        path: below(path, "existing", "natAddresses"),
        got: "none",
        allowed: `those of NAT gateways, by which tasks ${tasks.service.name} pull ${images.join(", ")}`,
        fix: `say them; without NAT name private ECR of ${region} at ${far.map(([setting]) => setting).join(", ")}`,
      },
    ];
  });

/**
 * What ECS asks to start a task and keep it (https://docs.aws.amazon.com/AmazonECS/latest/developerguide/vpc-endpoints.html). A token of EKS is
 * signed without a call of STS or EKS (https://docs.aws.amazon.com/cli/latest/reference/eks/get-token.html).
 */
function endpointsOf({ secrets, exec, launchType }: EcsServicePlan): string[] {
  const stored = ["secretsmanager", "ssm"].filter((service) =>
    Object.values(secrets).some((arn) => arn.split(":")[2] === service),
  );
  return [
    ...["s3", "ecr.api", "ecr.dkr", "logs", ...stored],
    ...(exec ? ["ssmmessages"] : []),
    ...(launchType === LaunchType.Ec2 ? ["ecs", "ecs-agent", "ecs-telemetry"] : []),
  ];
}

const checkEndpoints: EcsRule["check"] = (_, relations, { services }) =>
  withoutNat(relations).flatMap((tasks) => {
    const { path, existing } = tasks.vpc;
    const said = existing!.endpoints ?? [];
    const needed = endpointsOf(services[tasks.service.name]!);
    const missing = needed.filter((service) => !said.includes(service));
    if (missing.length === 0) return [];
    return [
      {
        path: below(path, "existing", "endpoints"),
        got: said.length > 0 ? said.join(", ") : "none",
        allowed: `endpoints for ${needed.join(", ")}, by which tasks ${tasks.service.name} start where there is no NAT`,
        fix: `make those for ${missing.join(", ")} and say them, or say natAddresses where the VPC has NAT gateways`,
      },
    ];
  });

const why = "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/vpc-endpoints.html";
const severity = Severity.Warning;

export const wayOutRules: EcsRule[] = [
  {
    id: "ecs-way-out",
    summary: "Tasks in a VPC that exists have a way to their images.",
    ...{ why, severity, check: checkImages },
  },
  {
    id: "ecs-endpoints",
    summary: "Tasks in a VPC that exists have a way to ECR, logs, secrets and ECS.",
    ...{ why, severity, check: checkEndpoints },
  },
];
