/** All programs that keep the promises, or the one that breaks the rule that is named. */
import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { PROGRAMS } from "./programs";

const config = new pulumi.Config();
const provider = new k8s.Provider("lab", { kubeconfig: config.require("kubeconfig") });
const given = { kubernetes: { provider }, charts: config.require("charts") };
const rule = config.require("rule");
if (rule === "none") for (const { good } of Object.values(PROGRAMS)) good(given);
else PROGRAMS[rule].bad(given);
