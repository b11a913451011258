/** What must hold for waypoints in front of tasks. */
import { pathOf, Severity, written } from "../topology";
import type { Rule } from "../topology";
import { when } from "../topology/rules/support";
import { KUBERNETES_NAMES, LONGEST_LABEL } from "../vm/formRules";
import { perService } from "./perService";
import { waypointName } from "./waypoint";

const checkLength = perService(({ name, waypoint }, at) =>
  when(waypoint && waypointName(name).length > LONGEST_LABEL, {
    path: at("waypoint"),
    got: written(waypointName(name)),
    allowed: `a name of at most ${LONGEST_LABEL} characters, which is the service's and this`,
    fix: "rename the service, or leave out the waypoint",
  }),
);

const checkAccount = perService((service, at, { ecsServices }) => {
  const { namespace, controlledBy, serviceAccount } = service;
  const taken = Object.values(ecsServices).find(
    (other) =>
      other.waypoint &&
      other.namespace === namespace &&
      other.controlledBy === controlledBy &&
      waypointName(other.name) === serviceAccount,
  );
  return when(taken !== undefined, {
    path: at("serviceAccount"),
    got: written(serviceAccount),
    allowed: `another name: the waypoint of ${pathOf("ecsServices", taken?.name ?? "")} has this one`,
    fix: "rename it",
  });
});

const severity = Severity.Problem;

export const waypointRules: Rule[] = [
  {
    id: "ecs-waypoint-name",
    summary: "The name of a waypoint is one that Kubernetes takes.",
    why: KUBERNETES_NAMES,
    severity,
    check: checkLength,
  },
  {
    id: "ecs-waypoint-identity",
    summary: "No tasks have the identity of a waypoint.",
    why: "istiod makes a ServiceAccount of a waypoint's name, and tasks know whoever comes through it by that.",
    severity,
    check: checkAccount,
  },
];
