/** All programs that keep the promises, or those that break the rules that are named. */
import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { PROGRAMS } from "./programs";

const config = new pulumi.Config();
const provider = new k8s.Provider("lab", { kubeconfig: config.require("kubeconfig") });
const given = { kubernetes: { provider }, charts: config.require("charts") };
const broken = config.get("broken");
if (broken) for (const rule of broken.split(",")) PROGRAMS[rule].bad(given);
else for (const { good } of Object.values(PROGRAMS)) good(given);
