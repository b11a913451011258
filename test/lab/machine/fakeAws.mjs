// The part of the AWS CLI that pods and tasks of the lab use: `aws eks get-token`, signed with the lab's key, or with a task's own.
// Plain JavaScript, because it is started often and in a root file system of its own.
import { createHash, createHmac } from "node:crypto";
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

/** AWS names no number (https://docs.aws.amazon.com/eks/latest/userguide/pod-identities.html#pod-id-considerations). */
const ASSOCIATION_SECONDS = 5;
const AUDIENCE = "pods.eks.amazonaws.com";

/** What the agent of Pod Identity answers: it takes a pod's token of its own audience, and knows an association after a while. */
function ownRole() {
  const { AWS_CONTAINER_CREDENTIALS_FULL_URI: uri, AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE: file } =
    process.env;
  if (uri !== "http://169.254.170.23/v1/credentials" || !file) return undefined;
  const [, claims] = fs.readFileSync(file, "utf8").split(".");
  const { aud } = JSON.parse(Buffer.from(claims, "base64url").toString());
  if (!aud.includes(AUDIENCE)) return undefined;
  const { LAB_CLUSTER, LAB_NAMESPACE, LAB_SERVICE_ACCOUNT } = process.env;
  const mine = ({ clusterName, namespace, serviceAccount }) =>
    clusterName === LAB_CLUSTER &&
    namespace === LAB_NAMESPACE &&
    serviceAccount === LAB_SERVICE_ACCOUNT;
  const known = Date.now() - ASSOCIATION_SECONDS * 1000;
  const files = fs.readdirSync("/lab/associations").filter((name) => name.endsWith(".json"));
  const found = files
    .map((name) => `/lab/associations/${name}`)
    .filter((path) => fs.statSync(path).mtimeMs <= known)
    .map((path) => JSON.parse(fs.readFileSync(path, "utf8")).outputs)
    .find(mine);
  return found && (found.targetRoleArn || found.roleArn);
}

/** Keys of a task's role, which ECS answers (https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-iam-roles.html). */
async function taskKeys() {
  const { AWS_CONTAINER_CREDENTIALS_RELATIVE_URI: uri } = process.env;
  if (!uri) return undefined;
  const answer = await fetch(`http://169.254.170.2${uri}`);
  if (!answer.ok) fail(`Error when retrieving credentials from container-role: ${answer.status}`);
  return answer.json();
}

/** A request in the query of which its signature stands, with the headers that it is to have (SigV4). */
function presigned({ url, region, headers, keys }) {
  const sha = (text) => createHash("sha256").update(text).digest("hex");
  const hmac = (key, text) => createHmac("sha256", key).update(text).digest();
  const time = new Date().toISOString().replace(/[-:]|\.\d+/g, "");
  const scope = [time.slice(0, 8), region, "sts", "aws4_request"];
  const names = Object.keys(headers).sort();
  const query = {
    "X-Amz-Algorithm": "AWS4-HMAC-SHA256",
    "X-Amz-Credential": [keys.AccessKeyId, ...scope].join("/"),
    "X-Amz-Date": time,
    "X-Amz-Expires": "60",
    "X-Amz-Security-Token": keys.Token,
    "X-Amz-SignedHeaders": names.join(";"),
  };
  for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value);
  const lines = names.map((name) => `${name}:${headers[name]}\n`).join("");
  const parameters = [...url.searchParams].map((pair) => pair.map(encodeURIComponent).join("="));
  const request = ["GET", url.pathname, parameters.sort().join("&"), lines, names.join(";")];
  const canonical = [...request, sha("")].join("\n");
  const text = ["AWS4-HMAC-SHA256", time, scope.join("/"), sha(canonical)].join("\n");
  const key = scope.reduce(hmac, `AWS4${keys.SecretAccessKey}`);
  url.searchParams.set("X-Amz-Signature", hmac(key, text).toString("hex"));
}

const own = ownRole();
const keys = own ? undefined : await taskKeys();
const command = positional.join(" ");
if (command === "configure export-credentials") {
  if (!own && !keys) fail("Unable to retrieve credentials: no credentials found");
  process.stdout.write(`${JSON.stringify({ Version: 1, AccessKeyId: "ASIALAB" })}\n`);
  process.exit(0);
}
if (command !== "eks get-token") {
  fail(
    `aws: the lab knows only \`eks get-token\` and \`configure export-credentials\`, not \`${command}\``,
  );
}
const cluster = option("cluster-name", option("cluster-id"));
if (!cluster) fail("aws: error: the following arguments are required: --cluster-name");
const region = option("region", process.env.AWS_REGION ?? process.env.AWS_DEFAULT_REGION);
if (!region) fail("You must specify a region. You can also configure your region.");
const role = option("role-arn") || own;
if (!own && !keys) fail("Unable to locate credentials.");

const seconds = Math.floor(Date.now() / 1000);
const url = new URL(`https://sts.${region}.amazonaws.com/?Action=GetCallerIdentity`);
if (keys) {
  url.searchParams.set("Version", "2011-06-15");
  presigned({ url, region, headers: { host: url.host, "x-k8s-aws-id": cluster }, keys });
} else {
  url.searchParams.set("X-Amz-Date", String(seconds));
  url.searchParams.set("x-k8s-aws-id", cluster);
  url.searchParams.set("role", role);
  const signature = createHmac("sha256", fs.readFileSync("/lab/signing-key")).update(url.href);
  url.searchParams.set("X-Amz-Signature", signature.digest("hex"));
}
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
