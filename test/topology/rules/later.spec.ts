import { topologyRules } from "../../../components/topology";
import { laterRules } from "../../../components/topology/rules/later";
import { type Claim, testEveryRule, testRules } from "../../support/rules";
import { good } from "./good";

const claims: Claim[] = [
  [
    "not-built-tenants",
    "tenants that have clusters",
    (description) => (description.tenants = { model: "cluster", of: {} }),
    "tenants.model: got cluster; allowed: namespace or mesh: tenants by cluster are not built yet; fix: say one of these",
  ],
];

describe("rules about what comes later", () => {
  testRules(topologyRules, good, claims);
  testEveryRule(laterRules, claims);
});
