/** Requests that are signed in their query (https://docs.aws.amazon.com/IAM/latest/UserGuide/create-signed-request.html). */
import { createHash, createHmac, randomBytes, timingSafeEqual } from "node:crypto";

/** Keys of a role, as an instance or a task has them. */
export interface Credentials {
  readonly accessKey: string;
  readonly secretKey: string;
  readonly session: string;
  readonly roleArn: string;
  readonly expires: Date;
}

/** New ones, which live for so long. */
export function credentialsOf(roleArn: string, seconds: number): Credentials {
  return {
    accessKey: `ASIA${randomBytes(8).toString("hex").toUpperCase()}`,
    secretKey: randomBytes(30).toString("base64"),
    session: randomBytes(60).toString("base64"),
    roleArn,
    expires: new Date(Date.now() + seconds * 1000),
  };
}

const sha = (text: string): string => createHash("sha256").update(text).digest("hex");
const hmac = (key: string | Buffer, text: string): Buffer =>
  createHmac("sha256", key).update(text).digest();

const encoded = (text: string): string =>
  encodeURIComponent(text).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );

/** Seconds since such a time was written: `20260829T123600Z`. */
function age(time: string): number {
  const [, ...parts] = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(time) ?? [];
  const [year, month, day, hour, minute, second] = parts.map(Number);
  return (Date.now() - Date.UTC(year, month - 1, day, hour, minute, second)) / 1000;
}

/**
 * Whose keys have signed a request, which may be so old as it says itself where nothing else holds.
 *
 * @throws what is wrong with it
 */
export function signedBy(
  url: URL,
  headers: Readonly<Record<string, string>>,
  known: (accessKey: string) => Credentials | undefined,
  most?: number,
): Credentials {
  const query = new Map(url.searchParams);
  const get = (name: string) => query.get(`X-Amz-${name}`) ?? "";
  const [accessKey = "", ...scope] = get("Credential").split("/");
  const keys = known(accessKey);
  if (!keys) throw new Error(`InvalidClientTokenId: nobody has key ${accessKey}`);
  if (keys.expires < new Date()) throw new Error("ExpiredToken: the keys have expired");
  if (get("Security-Token") !== keys.session) throw new Error("InvalidClientTokenId: session");
  const seconds = age(get("Date"));
  if (!(seconds > -300 && seconds < (most ?? Number(get("Expires")))))
    throw new Error(`the request is ${seconds} seconds old`);
  const signature = get("Signature");
  query.delete("X-Amz-Signature");
  const names = get("SignedHeaders").split(";");
  const parameters = [...query].map(([name, value]) => `${encoded(name)}=${encoded(value)}`);
  const lines = names.map((name) => `${name}:${headers[name] ?? ""}\n`).join("");
  const canonical = [
    "GET",
    url.pathname,
    parameters.sort().join("&"),
    lines,
    names.join(";"),
    sha(""),
  ];
  const text = ["AWS4-HMAC-SHA256", get("Date"), scope.join("/"), sha(canonical.join("\n"))];
  const key = scope.reduce<string | Buffer>(hmac, `AWS4${keys.secretKey}`);
  const expected = hmac(key, text.join("\n")).toString("hex");
  if (
    signature.length !== expected.length ||
    !timingSafeEqual(Buffer.from(signature), Buffer.from(expected))
  )
    throw new Error("SignatureDoesNotMatch");
  return keys;
}
