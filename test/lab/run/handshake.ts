import * as fs from "node:fs";
import * as path from "node:path";
import * as tls from "node:tls";
import { command } from "../machine/processes";
import { requestCertificate } from "./certificates";
import { proxyIn } from "./proxy";
import type { Session } from "./session";

/** What a workload shows to its peers, as PEM. */
export interface Leaf {
  /** The certificate, then those above it. */
  readonly cert: string;
  readonly key: string;
}

/** A root of someone's own, as the secret of a provided root holds it. */
export interface OwnRoot {
  readonly certificate: string;
  readonly key: string;
}

const curve = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"];

/** Makes a root certificate, in files of the name. */
export async function makeRoot(work: string, name: string): Promise<OwnRoot> {
  const [key, out] = ["key", "pem"].map((ending) => path.join(work, `${name}.${ending}`));
  const uses = ["-addext", "keyUsage=critical,keyCertSign,cRLSign"];
  const files = ["-keyout", key, "-out", out, "-days", "1000", "-subj", `/O=Istio/CN=${name}`];
  await command("openssl", "req", "-x509", ...curve, ...files, ...uses);
  return { certificate: fs.readFileSync(out, "utf8"), key: fs.readFileSync(key, "utf8") };
}

/** A certificate of an identity that a root has signed itself, as no istiod would. */
export async function signLeaf(work: string, root: string, identity: string): Promise<Leaf> {
  const file = (name: string) => path.join(work, `${root}-leaf.${name}`);
  const request = ["-keyout", file("key"), "-out", file("csr"), "-subj", "/"];
  await command("openssl", "req", "-new", ...curve, ...request);
  fs.writeFileSync(file("ext"), `subjectAltName=critical,URI:${identity}\n`);
  const ca = ["-CA", path.join(work, `${root}.pem`), "-CAkey", path.join(work, `${root}.key`)];
  const rest = ["-CAcreateserial", "-days", "1", "-extfile", file("ext")];
  await command(
    "openssl",
    ...["x509", "-req", "-in", file("csr"), "-out", file("pem"), ...ca, ...rest],
  );
  return { cert: fs.readFileSync(file("pem"), "utf8"), key: fs.readFileSync(file("key"), "utf8") };
}

/** A certificate that istiod signs for the workload of a cluster. */
export async function leafIn(session: Session, cluster: string): Promise<Leaf> {
  const chain = await requestCertificate(await proxyIn(session, cluster), session.work);
  // The roots that come with it are what it accepts, not what it shows.
  const shown = chain.filter((one) => one.subject === undefined || !one.checkIssued(one));
  const cert = shown.map(String).join("");
  return { cert, key: fs.readFileSync(path.join(session.work, "workload.key"), "utf8") };
}

/** What comes of a connection between two workloads that both accept these roots; "" where it stands. */
export async function handshake(server: Leaf, client: Leaf, roots: string): Promise<string> {
  // The server would end without a word to either side, were it told to refuse by itself.
  const asks = { requestCert: true, rejectUnauthorized: false, ca: roots };
  let resolve: (answer: string) => void = () => {};
  const answer = new Promise<string>((done) => (resolve = done));
  const listener = tls.createServer({ ...server, ...asks }, (socket) => {
    if (!socket.authorized) resolve(String(socket.authorizationError));
    socket.on("error", () => {}).end("welcome");
  });
  await new Promise<void>((done) => listener.listen(0, "127.0.0.1", done));
  const { port } = listener.address() as { port: number };
  const options = { host: "127.0.0.1", port, ...client, ca: roots };
  const socket = tls.connect({ ...options, checkServerIdentity: () => undefined });
  socket.on("data", () => resolve(""));
  socket.on("error", ({ message }) => resolve(message));
  socket.setTimeout(5000, () => resolve("no answer"));
  return answer.finally(() => {
    socket.destroy();
    listener.close();
  });
}

/** What HTTP/2 begins with (RFC 9113, 3.4), and empty settings. */
const preface = Buffer.concat([
  Buffer.from("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"),
  Buffer.from([0, 0, 0, 4, 0, 0, 0, 0, 0]),
]);

export interface Asked {
  readonly address: string;
  readonly servername: string;
  readonly roots: string;
}

/**
 * What istiod's port for proxies says of a client's certificate; "" where it goes on. By TLS 1.3 a client learns what became of
 * its certificate with the first bytes that it reads.
 */
export function shownToIstiod(leaf: Leaf, { address, servername, roots }: Asked): Promise<string> {
  return new Promise((done) => {
    const options = { host: address, port: 15012, servername, ALPNProtocols: ["h2"] };
    const socket = tls.connect({ ...options, ...leaf, ca: roots }, () => socket.write(preface));
    const end = (answer: string) => {
      done(answer);
      socket.destroy();
    };
    socket.on("data", () => end("")).on("error", ({ message }) => end(message));
    socket.on("close", () => end("closed")).setTimeout(20_000, () => end("no answer"));
  });
}
