// The part of the AWS CLI that pods of the lab use: `aws eks get-token`, signed with the lab's key.
// Plain JavaScript, because it is started often and in a root file system of its own.
import { createHmac } from "node:crypto";
import * as fs from "node:fs";

const words = process.argv.slice(2);

function fail(message) {
  process.stderr.write(`${message}\n`);
  process.exit(255);
}

function option(name, fallback) {
  const joined = words.find((word) => word.startsWith(`--${name}=`));
  const at = words.indexOf(`--${name}`);
  return joined ? joined.slice(name.length + 3) : at < 0 ? fallback : words[at + 1];
}

const positional = [];
for (let at = 0; at < words.length; at++) {
  if (!words[at].startsWith("--")) positional.push(words[at]);
  else if (!words[at].includes("=") && !words[at].startsWith("--no-")) at++;
}
if (positional.join(" ") !== "eks get-token") {
  fail(`aws: the lab knows only \`eks get-token\`, not \`${positional.join(" ")}\``);
}
const cluster = option("cluster-name", option("cluster-id"));
if (!cluster) fail("aws: error: the following arguments are required: --cluster-name");
const region = option("region", process.env.AWS_REGION ?? process.env.AWS_DEFAULT_REGION);
if (!region) fail("You must specify a region. You can also configure your region.");
const role = option("role-arn") || process.env.LAB_ROLE_ARN;
if (!process.env.LAB_ROLE_ARN) fail("Unable to locate credentials.");

const seconds = Math.floor(Date.now() / 1000);
const url = new URL(`https://sts.${region}.amazonaws.com/?Action=GetCallerIdentity`);
url.searchParams.set("X-Amz-Date", String(seconds));
url.searchParams.set("x-k8s-aws-id", cluster);
url.searchParams.set("role", role);
const signature = createHmac("sha256", fs.readFileSync("/lab/signing-key")).update(url.href);
url.searchParams.set("X-Amz-Signature", signature.digest("hex"));
const token = `k8s-aws-v1.${Buffer.from(url.href).toString("base64url")}`;
const expirationTimestamp = new Date((seconds + 14 * 60) * 1000).toISOString();

const query = option("query");
if (query && query !== "status.token") fail(`aws: the lab does not know --query ${query}`);
const answer = query
  ? token
  : {
      kind: "ExecCredential",
      apiVersion: option("api-version", "client.authentication.k8s.io/v1beta1"),
      spec: {},
      status: { expirationTimestamp, token },
    };
const plain = query && option("output", "json") === "text";
process.stdout.write(`${plain ? answer : JSON.stringify(answer)}\n`);
