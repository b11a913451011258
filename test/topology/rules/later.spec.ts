import { topologyRules } from "../../../components/topology";
import { laterRules } from "../../../components/topology/rules/later";
import { type Claim, testEveryRule, testRules } from "../../support/rules";
import { good } from "./good";

const identity = { namespace: "old", serviceAccount: "old", ports: { http: 8080 } };
const member = { mesh: "prod", controlledBy: "east", ...identity };

const claims: Claim[] = [
  [
    "not-built-ecs-services",
    "ECS services",
    (description) => (description.ecsServices = { echo: { ...member, image: "echo:1" } }),
    'ecsServices.echo: got "echo"; allowed: nothing: ecsServices are not built yet; fix: run the workload in a cluster, and remove it here',
  ],
  [
    "not-built-tenants",
    "tenants",
    (description) => (description.tenants = { model: "namespace", of: {} }),
    "tenants: got model namespace; allowed: nothing: tenants are not built yet; fix: give each tenant a mesh of its own under meshes, or make its namespaces yourself; remove tenants",
  ],
];

describe("rules about what comes later", () => {
  testRules(topologyRules, good, claims);
  testEveryRule(laterRules, claims);
});
