/** Synthesises N single clusters with EKS blueprints for the CDK, each with Istio and what it needs for load balancers. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import blueprints from "@aws-quickstart/eks-blueprints";
import { App } from "aws-cdk-lib";
import { KubernetesVersion } from "aws-cdk-lib/aws-eks";

const clusters = Number(process.argv[2]);
const app = new App({ outdir: process.argv[3] });
for (let number = 1; number <= clusters; number++) {
  await blueprints.EksBlueprint.builder()
    .account("123456789012")
    .region("eu-west-1")
    .version(KubernetesVersion.V1_33)
    .addOns(
      new blueprints.AwsLoadBalancerControllerAddOn(),
      new blueprints.IstioBaseAddOn(),
      new blueprints.IstioControlPlaneAddOn(),
    )
    .buildAsync(app, `cluster${number}`);
}
app.synth();
const templates = readdirSync(process.argv[3]).filter((file) => file.endsWith(".template.json"));
const resources = templates
  .map((file) => JSON.parse(readFileSync(join(process.argv[3], file), "utf8")))
  .reduce((sum, { Resources = {} }) => sum + Object.keys(Resources).length, 0);
process.stdout.write(JSON.stringify({ resources }));
// Node waits for V8's own threads before it leaves by itself, and one that compiles may never end:
// https://github.com/nodejs/node/issues/54918.
process.exit();
