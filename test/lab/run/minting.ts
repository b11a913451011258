/** Whoever administers a mesh signs what identities he likes, and shows them to workloads and gateways of another. */
import * as fs from "node:fs";
import * as path from "node:path";
import * as tls from "node:tls";
import type { Kube } from "../machine/kube";
import { signLeaf, type Leaf } from "./handshake";

/** What an istiod signs with. */
export const secretPath = "/api/v1/namespaces/istio-system/secrets/cacerts";

/** Signs by the intermediate of a mesh's istiod, whose key is a Secret there. */
export async function mint(work: string, kube: Kube, identity: string): Promise<Leaf> {
  const { data } = await kube.get(secretPath);
  const file = (key: string) => Buffer.from(data[key], "base64").toString();
  fs.writeFileSync(path.join(work, "taken.pem"), file("ca-cert.pem"));
  fs.writeFileSync(path.join(work, "taken.key"), file("ca-key.pem"));
  const { cert, key } = await signLeaf(work, "taken", `URI:${identity}`);
  return { cert: `${cert}${file("cert-chain.pem")}`, key };
}

/** What is asked, where, and by which name in TLS. */
export interface Asked {
  readonly address: string;
  readonly port: number;
  readonly servername: string;
  /** Host of the request. */
  readonly host: string;
}

/** A connection with a certificate that is shown; who answers is not asked: what is refused is for the other side to refuse. */
function connect({ address: host, port, servername }: Asked, leaf: Leaf, begin: () => void) {
  const options = { host, port, servername, ...leaf, ALPNProtocols: ["istio-http/1.1"] };
  return tls.connect({ ...options, rejectUnauthorized: false }, begin);
}

const request = (host: string, more: string) =>
  `GET /header HTTP/1.1\r\nhost: ${host}\r\n${more}\r\n`;

/** What a certificate is answered. */
export async function askedWith(leaf: Leaf, asked: Asked): Promise<string> {
  return new Promise((done) => {
    let heard = "";
    const socket = connect(asked, leaf, () =>
      socket.write(request(asked.host, "connection: close\r\n")),
    );
    const end = (word: string) => {
      done(heard || word);
      socket.destroy();
    };
    socket.on("data", (bytes: Buffer) => (heard += bytes.toString()));
    socket.on("error", ({ message }) => end(message)).on("close", () => end("closed"));
    socket.setTimeout(10_000, () => end("no answer"));
  });
}

/** A connection that stands, and is asked on each second. */
export interface Standing {
  /** What was heard in place of another answer. */
  readonly ended: Promise<string>;
}

/** Once it has been answered. */
export async function standing(leaf: Leaf, asked: Asked): Promise<Standing> {
  let end: (word: string) => void = () => {};
  const ended = new Promise<string>((done) => (end = done));
  const answered = new Promise<string>((done) => {
    const ask = () => socket.write(request(asked.host, ""));
    const socket = connect(asked, leaf, ask);
    const timer = setInterval(ask, 1000);
    // What comes after the first lines of an answer begins none.
    socket.on("data", (bytes: Buffer) => {
      const [first = ""] = bytes.toString().split("\r\n");
      if (!first.startsWith("HTTP/")) return;
      done(first);
      if (!first.includes(" 200 ")) socket.destroy(new Error(first));
    });
    socket.on("error", ({ message }) => end(message)).on("close", () => end("closed"));
    socket.on("close", () => clearInterval(timer));
  });
  const first = await Promise.race([answered, ended]);
  if (!first.includes(" 200 ")) throw new Error(`a connection that is to stand: ${first}`);
  return { ended };
}
