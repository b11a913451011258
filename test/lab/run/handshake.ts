import * as fs from "node:fs";
import * as path from "node:path";
import * as tls from "node:tls";
import { command } from "../machine/processes";
import { requestCertificate, withoutRoots } from "./certificates";
import { proxyIn } from "./proxy";
import type { Session } from "./session";

/** A certificate and its key, as PEM. */
export interface Leaf {
  /** The certificate, then those above it that are shown with it. */
  readonly cert: string;
  readonly key: string;
}

const curve = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"];

function read(work: string, name: string): Leaf {
  const [cert, key] = ["pem", "key"].map((ending) =>
    fs.readFileSync(path.join(work, `${name}.${ending}`), "utf8"),
  );
  return { cert, key };
}

/** Makes a root, in files of the name. */
export async function makeRoot(work: string, name: string): Promise<Leaf> {
  const [key, out] = ["key", "pem"].map((ending) => path.join(work, `${name}.${ending}`));
  const uses = ["-addext", "keyUsage=critical,keyCertSign,cRLSign"];
  const files = ["-keyout", key, "-out", out, "-days", "1000", "-subj", `/O=Istio/CN=${name}`];
  await command("openssl", "req", "-x509", ...curve, ...files, ...uses);
  return read(work, name);
}

/** Has a root sign what istiod would sign, or sign with, in files of the name. */
async function sign(
  work: string,
  root: string,
  name: string,
  subject: string,
  extensions: readonly string[],
): Promise<Leaf> {
  const file = (ending: string) => path.join(work, `${name}.${ending}`);
  const request = ["-keyout", file("key"), "-out", file("csr"), "-subj", subject];
  await command("openssl", "req", "-new", ...curve, ...request);
  fs.writeFileSync(file("ext"), `${extensions.join("\n")}\n`);
  const ca = ["-CA", path.join(work, `${root}.pem`), "-CAkey", path.join(work, `${root}.key`)];
  const out = ["-in", file("csr"), "-out", file("pem"), "-extfile", file("ext")];
  await command("openssl", "x509", "-req", "-CAcreateserial", "-days", "1", ...ca, ...out);
  return read(work, name);
}

/** A certificate straight below a root, of a name as OpenSSL writes it: `URI:<SPIFFE id>`, `DNS:<host>`. */
export const signLeaf = (work: string, root: string, name: string): Promise<Leaf> =>
  sign(work, root, `${root}-leaf`, "/", [`subjectAltName=critical,${name}`]);

/** What an istiod can sign with, below a root. */
export const signIntermediate = (work: string, root: string): Promise<Leaf> =>
  sign(work, root, `${root}-ca`, `/O=Istio/CN=${root} intermediate`, [
    "basicConstraints=critical,CA:TRUE,pathlen:0",
    "keyUsage=critical,keyCertSign,cRLSign",
    "subjectKeyIdentifier=hash",
  ]);

/** A certificate that istiod signs for the workload of a cluster. */
export async function leafIn(session: Session, cluster: string): Promise<Leaf> {
  const chain = await requestCertificate(await proxyIn(session, cluster), session.work);
  const cert = withoutRoots(chain).map(String).join("");
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

interface Asked {
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
