/** The least program that needs what `plan` needs: it imports the same SDKs, and registers one resource on the same engine. */
import * as aws from "@pulumi/aws";
import "@pulumi/eks";
import "@pulumi/kubernetes";
import "@pulumi/tls";
import { mockRun } from "../engine";

void mockRun(() => void new aws.ec2.Vpc("main", { cidrBlock: "10.0.0.0/16" })).then(
  ({ resources }) => process.stdout.write(JSON.stringify({ totals: { total: resources.length } })),
);
