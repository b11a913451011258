/** What machines boot. */
import { Architecture } from "../topology";

interface Image {
  /** SSM parameter of its newest AMI, which its publisher keeps. */
  parameter: Record<Architecture, string>;
  rootDevice: string;
}

/**
 * By name in the description (https://docs.aws.amazon.com/linux/al2023/ug/ec2.html,
 * https://documentation.ubuntu.com/aws/aws-how-to/instances/find-ubuntu-images/).
 */
export const IMAGES: Readonly<Record<string, Image>> = {
  "amazon-linux-2023": {
    parameter: {
      [Architecture.X86]: "/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64",
      [Architecture.Arm64]: "/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-arm64",
    },
    rootDevice: "/dev/xvda",
  },
  "ubuntu-24.04": {
    parameter: {
      [Architecture.X86]:
        "/aws/service/canonical/ubuntu/server/24.04/stable/current/amd64/hvm/ebs-gp3/ami-id",
      [Architecture.Arm64]:
        "/aws/service/canonical/ubuntu/server/24.04/stable/current/arm64/hvm/ebs-gp3/ami-id",
    },
    rootDevice: "/dev/sda1",
  },
};

/**
 * What a launch template has for an image. A parameter is looked up when an instance starts, so that no new AMI changes the template
 * (https://docs.aws.amazon.com/autoscaling/ec2/userguide/using-systems-manager-parameters.html).
 */
export function imageId(image: string, architecture: Architecture): string {
  const parameter = IMAGES[image]?.parameter[architecture] ?? image;
  return parameter.startsWith("/") ? `resolve:ssm:${parameter}` : image;
}
