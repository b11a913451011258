/** Instances give credentials to nobody who only reaches an address. */
import { listOf, UNKNOWN } from "../rule";
import type { Resource, ResourceRule } from "../rule";

const TYPES = [
  "aws:ec2/instance:Instance",
  "aws:ec2/launchConfiguration:LaunchConfiguration",
  "aws:ec2/launchTemplate:LaunchTemplate",
];

export const metadataTokens: ResourceRule = {
  name: "metadata-tokens",
  summary: "Instances answer at their metadata address by IMDSv2 alone.",
  why: "By IMDSv1 a pod or proxy that can be made to ask for an address gives the node's credentials away (https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/configuring-instance-metadata-service.html).",
  level: "mandatory",
  check: ({ type, inputs }) => {
    if (!TYPES.includes(type)) return [];
    const { metadataOptions: options, launchTemplate } = inputs;
    // Its template says it.
    if (launchTemplate && options === undefined) return [];
    const { httpTokens, httpEndpoint } = settingsOf(options);
    if (["required", UNKNOWN].includes(httpTokens) || httpEndpoint === "disabled") return [];
    return [
      {
        path: "metadataOptions.httpTokens",
        got: httpTokens === undefined ? "nothing" : JSON.stringify(httpTokens),
        allowed: '"required"',
        fix: 'say "required"',
      },
    ];
  },
};

function settingsOf(options: unknown): Resource["inputs"] {
  if (options === UNKNOWN) return { httpTokens: UNKNOWN };
  const [only = options] = listOf(options);
  return (only ?? {}) as Resource["inputs"];
}
