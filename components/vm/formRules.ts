/** What must hold for what is written of groups of machines. */
import { ALL_PORTS } from "../istio/ports";
import { Inbound, INSTANCE_TYPE, MANAGED_POLICY, oneOf, Severity, written } from "../topology";
import type { Problem, Rule } from "../topology";
import { LABEL } from "../topology/rules/names";
import { idPattern, when } from "../topology/rules/support";
import { IMAGES } from "./images";
import { packageRules } from "./packageRules";
import { perGroup } from "./perGroup";
import type { At } from "./perGroup";

/** RFC 1035: what Services are named by. */
export const SERVICE = /^[a-z]([a-z0-9-]*[a-z0-9])?$/;
export const LONGEST_LABEL = 63;

export const isLabel = (text: string) => LABEL.test(text) && text.length <= LONGEST_LABEL;

const checkName = perGroup(({ name }, at) =>
  when(!SERVICE.test(name), {
    path: at(),
    got: written(name),
    allowed: "a name that begins with a letter: it is a Service's",
    fix: "rename it",
  }),
);

const checkIdentity = perGroup(({ namespace, serviceAccount }, at) =>
  Object.entries({ namespace, serviceAccount }).flatMap(([field, name]) =>
    when(!isLabel(name), {
      path: at(field),
      got: written(name),
      allowed: `lower-case letters, digits and hyphens, a letter or digit first and last, at most ${LONGEST_LABEL}`,
      fix: "rename it",
    }),
  ),
);

export const SYSTEM =
  /^(default|kube-.*|istio-system|istio-ingress-.*|external-istiod-.*|amazon-.*)$/;

const checkNamespace = perGroup(({ namespace }, at) =>
  when(SYSTEM.test(namespace), {
    path: at("namespace"),
    got: written(namespace),
    allowed: "a namespace of applications, which is made here",
    fix: "name another one: this one is somebody else's",
  }),
);

/** https://istio.io/latest/docs/ops/deployment/application-requirements/#ports-used-by-istio, and SSH, which is never redirected. */
const TAKEN = [22, ...ALL_PORTS];

const checkPorts = perGroup(({ ports }, at) =>
  Object.entries(ports).flatMap(([name, port]) =>
    when(TAKEN.includes(port), {
      path: at("ports", name),
      got: String(port),
      allowed: `a port that is neither SSH's nor Istio's: not ${TAKEN.join(", ")}`,
      fix: "let the application listen on another one",
    }),
  ),
);

/** Problems of the names of ports. */
export function portNameProblems(ports: Record<string, number>, at: At): Problem[] {
  return Object.keys(ports).flatMap((name) =>
    when(!isLabel(name), {
      path: at("ports", name),
      got: written(name),
      allowed: `lower-case letters, digits and hyphens, at most ${LONGEST_LABEL}`,
      fix: "rename it; what it begins with says what the port speaks, as http or tcp",
    }),
  );
}

/** Problems of ports that have two names. */
export function samePortProblems(ports: Record<string, number>, at: At): Problem[] {
  return Object.entries(ports).flatMap(([name, port], index, list) => {
    const first = list.slice(0, index).find(([, other]) => other === port);
    return when(first !== undefined, {
      path: at("ports", name),
      got: String(port),
      allowed: `a port of its own: ${first?.[0]} has this one`,
      fix: "leave out one of the two",
    });
  });
}

const checkPortNames = perGroup(({ ports }, at) => portNameProblems(ports, at));
const checkSamePort = perGroup(({ ports }, at) => samePortProblems(ports, at));

const checkInbound = perGroup(({ ports, inbound }, at) => {
  const names = Object.keys(ports);
  return [
    ...when(inbound === Inbound.Routed && names.length === 0, {
      path: at("ports"),
      got: "none",
      allowed: "at least one port where others call the machines",
      fix: `name what the application listens on, or say inbound: ${Inbound.None}`,
    }),
    ...when(inbound === Inbound.None && names.length > 0, {
      path: at("ports"),
      got: oneOf(names),
      allowed: "none: nobody calls the machines",
      fix: `write ports: {}, or say inbound: ${Inbound.Routed}`,
    }),
  ];
});

const checkCount = perGroup(({ count }, at) =>
  when(count.min > count.max, {
    path: at("count"),
    got: `${count.min} to ${count.max}`,
    allowed: "no more at least than at most",
    fix: "correct min or max",
  }),
);

const checkType = perGroup(({ instanceType }, at) =>
  when(!INSTANCE_TYPE.test(instanceType), {
    path: at("instanceType"),
    got: written(instanceType),
    allowed: 'an EC2 instance type, such as "t3.small"',
    fix: "name one",
  }),
);

const AMI = idPattern("ami");
const PARAMETER = /^(\/[\w.-]+)+$/;

const checkImage = perGroup(({ image }, at) =>
  when(!Object.hasOwn(IMAGES, image) && !AMI.test(image) && !PARAMETER.test(image), {
    path: at("image"),
    got: written(image),
    allowed: `${oneOf(Object.keys(IMAGES))}, the id of an AMI, or the name of an SSM parameter, which begins with /`,
    fix: "name one of these",
  }),
);

/** IAM lets a role have ten (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html), of which one is Systems Manager's. */
const MOST_POLICIES = 9;

/** Problems of managed policies, of which a role takes so many. */
export function policyProblems(policyArns: readonly string[], most: number, at: At): Problem[] {
  return [
    ...policyArns.flatMap((arn, index) =>
      when(!MANAGED_POLICY.test(arn) || policyArns.indexOf(arn) < index, {
        path: `${at("policyArns")}[${index}]`,
        got: written(arn),
        allowed: "ARNs of managed IAM policies, each once",
        fix: "correct it",
      }),
    ),
    ...when(policyArns.length > most, {
      path: at("policyArns"),
      got: `${policyArns.length} policies`,
      allowed: `at most ${most}`,
      fix: "put several into one policy",
    }),
  ];
}

const checkPolicies = perGroup(({ policyArns }, at) =>
  policyProblems(policyArns, MOST_POLICIES, at),
);

/** https://docs.cloud-init.io/en/latest/explanation/format.html */
const BEGINNINGS = ["#!", "#cloud-config", "#include", "#cloud-boothook", "## template: jinja"];

const checkUserData = perGroup(({ userData }, at) => {
  const [line = ""] = (userData ?? "").split("\n");
  const begins = BEGINNINGS.some((beginning) => line.startsWith(beginning));
  return when(userData !== undefined && !begins, {
    path: at("userData"),
    got: written(line),
    allowed: `a first line that begins with ${oneOf(BEGINNINGS)}`,
    fix: "cloud-init ignores a part that it does not know: add that line",
  });
});

const severity = Severity.Problem;
export const KUBERNETES_NAMES =
  "Kubernetes takes no other names (https://kubernetes.io/docs/concepts/overview/working-with-objects/names/).";

export const machineFormRules: Rule[] = [
  {
    id: "machine-name",
    summary: "The name of a group of machines is a Service's.",
    why: KUBERNETES_NAMES,
    severity,
    check: checkName,
  },
  {
    id: "machine-identity-name",
    summary: "Namespace and service account of machines are names that Kubernetes takes.",
    why: KUBERNETES_NAMES,
    severity,
    check: checkIdentity,
  },
  {
    id: "machine-namespace",
    summary: "Machines have a namespace of applications.",
    why: "It is made and deleted here, and whoever may act in it has the machines' identity within reach.",
    severity,
    check: checkNamespace,
  },
  {
    id: "machine-port",
    summary: "Ports of applications on machines are not Istio's or SSH's.",
    why: "The agent listens on these, or leaves them alone (https://istio.io/latest/docs/ops/deployment/application-requirements/#ports-used-by-istio).",
    severity,
    check: checkPorts,
  },
  {
    id: "machine-port-name",
    summary: "Names of ports are names that a Service takes.",
    why: KUBERNETES_NAMES,
    severity,
    check: checkPortNames,
  },
  {
    id: "machine-port-twice",
    summary: "A port has one name.",
    why: "A Service refuses a port twice (https://kubernetes.io/docs/concepts/services-networking/service/#multi-port-services).",
    severity,
    check: checkSamePort,
  },
  {
    id: "machine-inbound",
    summary: "Machines have ports where others call them, and none where nobody does.",
    why: "What is not named is neither opened nor in the Service.",
    severity,
    check: checkInbound,
  },
  {
    id: "machine-count",
    summary: "The least number of machines is not above the largest.",
    why: "EC2 refuses such a group (https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_CreateAutoScalingGroup.html).",
    severity,
    check: checkCount,
  },
  {
    id: "machine-instance-type",
    summary: "An instance type is written as EC2 writes it.",
    why: "https://docs.aws.amazon.com/ec2/latest/instancetypes/instance-type-names.html",
    severity,
    check: checkType,
  },
  {
    id: "machine-image",
    summary: "An image is one that is known here, an AMI, or an SSM parameter.",
    why: "Launch templates take AMIs, and parameters by resolve:ssm: (https://docs.aws.amazon.com/autoscaling/ec2/userguide/using-systems-manager-parameters.html).",
    severity,
    check: checkImage,
  },
  {
    id: "machine-policies",
    summary: "Policies of machines are managed ones, as many as a role takes.",
    why: "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html",
    severity,
    check: checkPolicies,
  },
  ...packageRules,
  {
    id: "machine-user-data",
    summary: "User data begins with a line that cloud-init knows it by.",
    why: "https://docs.cloud-init.io/en/latest/explanation/format.html",
    severity,
    check: checkUserData,
  },
];
