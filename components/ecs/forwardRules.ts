/** What must hold for ports of tasks that lead to Services. */
import { LaunchType, Severity, written } from "../topology";
import type { EcsService, Problem, Rule } from "../topology";
import { when } from "../topology/rules/support";
import { isTaken } from "./ports";
import { perService } from "./perService";

const HOST = /^[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*$/;

/** Below that a program without capabilities may not listen (https://docs.kernel.org/networking/ip-sysctl.html). */
const LEAST = 1024;

const checkCaptured = perService(({ launchType, forward }, at) =>
  when(launchType === LaunchType.Ec2 && Object.keys(forward).length > 0, {
    path: at("forward"),
    got: Object.keys(forward).join(", "),
    allowed: `nothing with launchType: ${LaunchType.Ec2}: all of the application's TCP goes through ztunnel`,
    fix: "leave it out, and let the application call Services by their names",
  }),
);

const checkHost = perService(({ forward }, at) =>
  Object.entries(forward).flatMap(([name, { host }]) =>
    when(!HOST.test(host), {
      path: at("forward", name, "host"),
      got: written(host),
      allowed: 'the name of a Service, such as "pay.pay.svc.cluster.local"',
      fix: "correct it",
    }),
  ),
);

function whoHas({ ports, forward }: EcsService, name: string): string | undefined {
  const { local } = forward[name]!;
  const own = Object.entries(ports).find(([, port]) => port === local)?.[0];
  if (own !== undefined) return `port ${own} of the application`;
  const before = Object.keys(forward).slice(0, Object.keys(forward).indexOf(name));
  return before.find((other) => forward[other]!.local === local);
}

const checkLocal = perService((service, at) =>
  Object.entries(service.forward).flatMap(([name, { local }]): Problem[] => {
    const problem = { path: at("forward", name, "local"), got: String(local) };
    const fix = "name another one";
    const taken = whoHas(service, name);
    return [
      ...when(local < LEAST, {
        ...problem,
        allowed: `a port from ${LEAST}: below, a program without rights may not listen`,
        fix,
      }),
      ...when(isTaken(local), {
        ...problem,
        allowed: "a port outside 15000 to 15090, which are ztunnel's",
        fix,
      }),
      ...when(taken !== undefined, {
        ...problem,
        allowed: `a port of its own: ${taken} has this one`,
        fix,
      }),
    ];
  }),
);

const severity = Severity.Problem;

export const forwardRules: Rule[] = [
  {
    id: "ecs-forward-captured",
    summary: "Ports that lead to Services are for tasks on Fargate.",
    why: "On EC2 ztunnel takes all TCP of the application, whatever the program.",
    severity,
    check: checkCaptured,
  },
  {
    id: "ecs-forward-host",
    summary: "A port of tasks leads to a Service by its name.",
    why: "ztunnel looks it up (istio/ztunnel, src/proxy/socks5.rs).",
    severity,
    check: checkHost,
  },
  {
    id: "ecs-forward-port",
    summary: "Ports that lead to Services are of nobody else in the task.",
    why: "All containers of a task have one address (https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-networking-awsvpc.html).",
    severity,
    check: checkLocal,
  },
];
