/** The policy pack: `pulumi preview --policy-pack <this folder>`. */
import { PolicyPack } from "@pulumi/policy";
import { today } from "../components/topology/days";
import { toPolicy } from "./policy";
import { rules } from "./rules";

new PolicyPack("istio-patterns", { policies: rules(today).map(toPolicy) });
