import assert from "node:assert/strict";
import { exceptions, weighed } from "./exceptions";
import type { Finding } from "./findings";

const finding: Finding = {
  judge: "parliament",
  rule: "RESOURCE_MISMATCH",
  where: "policy dev-east-load-balancer-controller-policy",
  subject: "managedNodes",
  message: "'ec2:CreateSecurityGroup', 'required_format': 'arn:*:ec2:*:*:security-group/*'",
};

describe("exceptions of the judges", () => {
  it("answer what they name", () => {
    assert.deepEqual(weighed([finding]).open, []);
  });

  for (const [title, other] of Object.entries({
    "another judge's": { judge: "checkov" },
    "another rule": { rule: "RESOURCE_STAR" },
    "the same elsewhere": { where: "policy dev-east-people" },
    "something else of the rule": { message: "'ec2:CreateTags'" },
  })) {
    it(`leave open ${title}`, () => {
      const one = { ...finding, ...other } as Finding;
      assert.deepEqual(weighed([one]).open, [one]);
    });
  }

  it("are idle where nothing is found that they answer", () => {
    assert.equal(weighed([finding]).idle.length, exceptions.length - 1);
  });

  it("have a reason of one line each", () => {
    const lines = exceptions.filter(({ because }) => !/^\S[^\n]{10,100}\S$/.test(because));
    assert.deepEqual(lines, []);
  });
});
