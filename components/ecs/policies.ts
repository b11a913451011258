/** IAM documents of tasks' roles. Plain data. */
import { partitionOf } from "../topology";

/** Who may take a role of tasks: ECS, for tasks of the account (https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-iam-roles.html). */
export function tasksTrustPolicy({ region, accountId }: { region: string; accountId: string }) {
  return {
    Version: "2012-10-17",
    Statement: [
      {
        Effect: "Allow",
        Principal: { Service: "ecs-tasks.amazonaws.com" },
        Action: "sts:AssumeRole",
        Condition: {
          StringEquals: { "aws:SourceAccount": accountId },
          ArnLike: { "aws:SourceArn": `arn:${partitionOf(region)}:ecs:${region}:${accountId}:*` },
        },
      },
    ],
  };
}

/** What ECS Exec needs of the tasks' role. AWS takes no resource for it (https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonmessagegatewayservice.html). */
export const execPolicy = {
  Version: "2012-10-17",
  Statement: [
    {
      Effect: "Allow",
      Action: ["ControlChannel", "DataChannel"].flatMap((channel) => [
        `ssmmessages:Create${channel}`,
        `ssmmessages:Open${channel}`,
      ]),
      Resource: "*",
    },
  ],
};

/** An image in a private repository of ECR (https://docs.aws.amazon.com/AmazonECR/latest/userguide/Registries.html). */
const PRIVATE = /^(\d{12})\.dkr\.ecr\.([a-z0-9-]+)\.amazonaws\.com(?:\.cn)?\/([^:@]+)/;

/** ARN of the repository that holds an image; absent where that is none of ECR's private ones. */
export function repositoryOf(image: string): string | undefined {
  const [, account, region, name] = PRIVATE.exec(image) ?? [];
  return name && `arn:${partitionOf(region!)}:ecr:${region}:${account}:repository/${name}`;
}

/** Images that tasks of a service are made of. */
export function imagesOf(facts: {
  ztunnelImage: string;
  helperImage: string;
  forwarderImage: string;
  forward: object;
  image: string;
}): string[] {
  const { ztunnelImage, helperImage, forwarderImage, forward, image } = facts;
  const forwards = Object.keys(forward).length > 0;
  return [ztunnelImage, helperImage, ...(forwards ? [forwarderImage] : []), image];
}

/** What ECS needs to start tasks: it writes their logs, and fetches what their images and secrets are. */
export function executionPolicy(facts: {
  logGroupArn: string;
  images: string[];
  secretArns: string[];
}) {
  const { logGroupArn, images, secretArns } = facts;
  const repositories = [...new Set(images.flatMap((image) => repositoryOf(image) ?? []))].sort();
  const stored = secretArns.map(resourceOf).sort();
  const [managed, parameters] = [":secretsmanager:", ":ssm:"].map((service) =>
    stored.filter((arn) => arn.includes(service)),
  );
  return {
    Version: "2012-10-17",
    Statement: [
      allow(["logs:CreateLogStream", "logs:PutLogEvents"], [`${logGroupArn}:*`]),
      // AWS takes no resource for it (https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonelasticcontainerregistry.html).
      allow(["ecr:GetAuthorizationToken"], repositories.length > 0 ? ["*"] : []),
      allow(["ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"], repositories),
      allow(["secretsmanager:GetSecretValue"], managed!),
      allow(["ssm:GetParameters"], parameters!),
    ].flat(),
  };
}

function allow(Action: string[], Resource: string[]) {
  return Resource.length > 0 ? [{ Effect: "Allow", Action, Resource }] : [];
}

/**
 * Without the key of a JSON secret, its version and stage, which may stand behind a secret's ARN
 * (https://docs.aws.amazon.com/AmazonECS/latest/developerguide/secrets-envvar-secrets-manager.html).
 */
function resourceOf(arn: string): string {
  return arn.split(":").slice(0, 7).join(":");
}
