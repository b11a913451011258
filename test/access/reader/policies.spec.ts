import assert from "node:assert/strict";
import { assumePolicy, trustPolicy } from "../../../components/access/reader/policies";

const role = {
  accountId: "123456789012",
  namespace: "istio-system",
  assumedBy: [] as string[],
  assumedByAccounts: [] as string[],
};

const byPodIdentity = {
  Sid: "IstiodByPodIdentity",
  Effect: "Allow",
  Principal: { Service: "pods.eks.amazonaws.com" },
  Action: ["sts:AssumeRole", "sts:TagSession"],
  Condition: {
    StringEquals: {
      "aws:SourceAccount": "123456789012",
      "aws:RequestTag/kubernetes-namespace": "istio-system",
    },
  },
};

describe("the trust policy of a reader's role", () => {
  it("lets in pods of istiod's namespace in the role's own account, and nobody else", () => {
    assert.deepEqual(trustPolicy(role), { Version: "2012-10-17", Statement: [byPodIdentity] });
  });

  it("lets in exactly the named roles of other accounts, which need not exist yet", () => {
    const other = "arn:aws:iam::210987654321:role/demo-istio-reader-prod";
    const [first, second] = trustPolicy({
      ...role,
      assumedBy: [other],
      assumedByAccounts: ["arn:aws:iam::210987654321:root"],
    }).Statement;
    assert.deepEqual(first, byPodIdentity);
    assert.deepEqual(second, {
      Sid: "ReadersOfOtherAccounts",
      Effect: "Allow",
      Principal: { AWS: ["arn:aws:iam::210987654321:root"] },
      Action: ["sts:AssumeRole", "sts:TagSession"],
      Condition: { ArnEquals: { "aws:PrincipalArn": [other] } },
    });
  });
});

describe("the rights of a reader's role", () => {
  it("are to take exactly the named roles", () => {
    const others = ["arn:aws:iam::210987654321:role/demo-istio-reader-prod"];
    assert.deepEqual(assumePolicy(others).Statement, [
      {
        Sid: "ReadersOfOtherAccounts",
        Effect: "Allow",
        Action: ["sts:AssumeRole", "sts:TagSession"],
        Resource: others,
      },
    ]);
  });
});
