/** What must hold for images of tasks. */
import { Severity, written } from "../topology";
import type { Rule } from "../topology";
import { when } from "../topology/rules/support";
import { perService } from "./perService";

/** The part behind the registry and folders. */
const lastOf = (image: string) => image.split("/").at(-1)!;

const checkImage = perService(({ image }, at) =>
  when(!/^[^\s:@]+[:@]\S+$/.test(lastOf(image)), {
    path: at("image"),
    got: written(image),
    allowed: "an image with its tag or digest",
    fix: "name one of the two: without it each task may run another version",
  }),
);

const checkLatest = perService(({ image }, at) =>
  when(/:latest$/.test(image), {
    path: at("image"),
    got: written(image),
    allowed: "a tag that stays, or a digest",
    fix: "tasks that start later may run another version than those beside them: name a version",
  }),
);

/** Names without a registry are Docker Hub's. */
export function isOfDockerHub(image: string): boolean {
  const [registry, ...rest] = image.split("/");
  return rest.length === 0 || !/[.:]|^localhost$/.test(registry!) || registry === "docker.io";
}

const checkHub = perService(({ image }, at) =>
  when(isOfDockerHub(image), {
    path: at("image"),
    got: written(image),
    allowed: "an image of a registry without limits for those who do not sign in",
    fix: "Fargate pulls at each start, and Docker Hub counts pulls by address: copy it to ECR",
  }),
);

const severity = Severity.Problem;
const PULLS =
  "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/fargate-pull-behavior.html";

export const imageRules: Rule[] = [
  {
    id: "ecs-image",
    summary: "An image of tasks has a tag or a digest.",
    why: `Every task pulls for itself (${PULLS}).`,
    severity,
    check: checkImage,
  },
  {
    id: "ecs-image-latest",
    summary: "An image of tasks is of a version.",
    why: `Every task pulls for itself (${PULLS}).`,
    severity: Severity.Warning,
    check: checkLatest,
  },
  {
    id: "ecs-image-docker-hub",
    summary: "An image of tasks is pulled from where nobody counts.",
    why: "https://docs.docker.com/docker-hub/usage/",
    severity: Severity.Warning,
    check: checkHub,
  },
];
