/** Whether images of the mesh's containers can be pulled as often as tasks start. */
import { natGateways } from "../network/plan";
import { below, LaunchType, natAddressesOf, Severity, tasksOf } from "../topology";
import type { Relations, Rule, Tasks, Vpc } from "../topology";
import type { EcsServicePlan, TasksPlan } from "./facts";
import { isOfDockerHub } from "./imageRules";

/** Pulls that Docker Hub grants an address in six hours where nobody signs in (https://docs.docker.com/docker-hub/usage/). */
const PULLS = 100;

/** Tasks on Fargate by their VPC, by whose NAT addresses they pull. */
function onFargate({ meshes }: Relations): Map<Vpc, Tasks[]> {
  const byVpc = new Map<Vpc, Tasks[]>();
  for (const tasks of meshes.flatMap(tasksOf))
    if (tasks.service.launchType === LaunchType.Fargate)
      byVpc.set(tasks.vpc, [...(byVpc.get(tasks.vpc) ?? []), tasks]);
  return byVpc;
}

/** Images of the mesh's that come from Docker Hub, each behind the setting that names it. */
function pulledBy(plan: EcsServicePlan): [setting: string, image: string][] {
  const { ztunnelImage, helperImage, forwarderImage, forward } = plan;
  const images = {
    ...{ hub: ztunnelImage, refresherImage: helperImage },
    ...(Object.keys(forward).length > 0 && { forwarderImage }),
  };
  return Object.entries(images).filter(([, image]) => isOfDockerHub(image));
}

/** A deployment starts all tasks anew, and so does its way back. */
function pullsOf(plan: EcsServicePlan): number {
  return 2 * (plan.scaling?.max ?? plan.count) * pulledBy(plan).length;
}

function addressesOf(vpc: Vpc): number {
  return vpc.existing ? Math.max(1, natAddressesOf(vpc)) : natGateways(vpc);
}

const checkPulls: Rule<TasksPlan>["check"] = (_, relations, { services }) =>
  [...onFargate(relations)].flatMap(([vpc, all]) => {
    const plans = all.map(({ service }) => services[service.name]!);
    const pulls = plans.reduce((sum, plan) => sum + pullsOf(plan), 0);
    const granted = PULLS * addressesOf(vpc);
    if (pulls <= granted) return [];
    const { path } = all[0]!.controlledBy.in.mesh.istio;
    const images = new Map(plans.flatMap(pulledBy));
    const settings = [...images.keys()].map((setting) => below(path, setting));
    return [
      {
        path: settings[0]!,
        got: [...images.values()].join(", "),
        allowed: `at most ${granted} pulls of Docker Hub in six hours by the NAT addresses of ${vpc.path}: a deployment of all tasks, and its way back, take ${pulls}`,
        fix: `name copies in ECR at ${settings.join(" and ")}`,
      },
    ];
  });

export const pullRules: Rule<TasksPlan>[] = [
  {
    id: "ecs-pulls",
    summary: "Docker Hub grants as many pulls as tasks on Fargate take.",
    why: "Every task on Fargate pulls for itself (https://docs.aws.amazon.com/AmazonECS/latest/developerguide/fargate-pull-behavior.html), and Docker Hub counts pulls by address (https://docs.docker.com/docker-hub/usage/).",
    severity: Severity.Warning,
    check: checkPulls,
  },
];
