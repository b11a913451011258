/** IAM documents of machines' roles. Plain data. */
import { partitionOf } from "../topology";

/**
 * What a machine tells its Auto Scaling group. The group's ARN holds an id that AWS makes
 * (https://docs.aws.amazon.com/autoscaling/ec2/userguide/security_iam_service-with-iam.html).
 */
export function lifecyclePolicy(facts: {
  autoScalingGroup: string;
  region: string;
  accountId: string;
}) {
  const { autoScalingGroup, region, accountId } = facts;
  const groups = `arn:${partitionOf(region)}:autoscaling:${region}:${accountId}:autoScalingGroup`;
  return {
    Version: "2012-10-17",
    Statement: [
      {
        Effect: "Allow",
        Action: ["autoscaling:CompleteLifecycleAction", "autoscaling:SetInstanceHealth"],
        Resource: `${groups}:*:autoScalingGroupName/${autoScalingGroup}`,
      },
    ],
  };
}
