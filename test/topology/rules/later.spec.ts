import { topologyRules } from "../../../components/topology";
import { laterRules } from "../../../components/topology/rules/later";
import { type Claim, testEveryRule, testRules } from "../../support/rules";
import { good } from "./good";

const claims: Claim[] = [
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
