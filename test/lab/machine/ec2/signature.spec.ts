import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import * as fs from "node:fs";
import * as path from "node:path";
import { signedBy, type Credentials } from "./signature";

const keys: Credentials = {
  accessKey: "ASIA0123456789ABCDEF",
  secretKey: "a/b+c",
  session: "s/e+s==",
  roleArn: "arn:aws:iam::123456789012:role/machines",
  expires: new Date(Date.now() + 3600_000),
};

const source = path.join(__dirname, "../../../../components/vm/boot/istio-machine.py");

/** A request as the program of machines signs it. */
function signed(host: string, cluster: string): URL {
  const program = fs.readFileSync(source, "utf8").replace(/^S = .*$/m, "S = {}");
  const told = {
    "iam/security-credentials/": "machines",
    "iam/security-credentials/machines": JSON.stringify({
      ...{ AccessKeyId: keys.accessKey, SecretAccessKey: keys.secretKey, Token: keys.session },
    }),
  };
  const script = [
    "import json, sys",
    "program, told, host, cluster = sys.argv[1:]",
    "names = {'__name__': 'program'}",
    "exec(program, names)",
    "region, domain = host.split('.', 2)[1:]",
    "names.update(S={'region': region, 'domain': domain}, metadata=json.loads(told).get)",
    "query = {'Action': 'GetCallerIdentity', 'Version': '2011-06-15'}",
    "print(names['presigned']('sts', query, {'x-k8s-aws-id': cluster}))",
  ].join("\n");
  const args = ["-c", script, program, JSON.stringify(told), host, cluster];
  return new URL(execFileSync("python3", args, { encoding: "utf8" }).trim());
}

describe("requests that machines sign", () => {
  const host = "sts.eu-west-1.amazonaws.com";
  let url: URL;
  // Not while mocha reads its files: what is signed then is old before its turn comes.
  before(() => (url = signed(host, "demo-east")));
  const known = (name: string) => (name === keys.accessKey ? keys : undefined);
  const refused = (message: RegExp, { at = url, cluster = "demo-east", of = known } = {}) =>
    assert.throws(() => signedBy(at, { host, "x-k8s-aws-id": cluster }, of), message);

  it("are known by their keys", () =>
    assert.equal(signedBy(url, { host, "x-k8s-aws-id": "demo-east" }, known), keys));

  it("count for the cluster that they name alone", () =>
    refused(/SignatureDoesNotMatch/, { cluster: "demo-west" }));

  it("count as they were signed alone", () => {
    const other = new URL(url);
    other.searchParams.set("Action", "GetSessionToken");
    refused(/SignatureDoesNotMatch/, { at: other });
  });

  it("count for as long as they say", () => {
    const old = new URL(url);
    old.searchParams.set("X-Amz-Date", "20200101T000000Z");
    refused(/seconds old/, { at: old });
  });

  it("count while their keys do", () => {
    refused(/InvalidClientTokenId/, { of: () => undefined });
    const past = { ...keys, expires: new Date(0) };
    refused(/ExpiredToken/, { of: () => past });
  });
});
