/** What was exported is taken back in the order of docs/federation.md: host, policies, security group, roots. */
import * as assert from "node:assert/strict";
import { until } from "../machine/processes";
import { demandAnswer, demandRefusal, podOf, port, readyPod } from "../run/applications";
import { failure, type Step } from "../run/cli";
import type { Leaf } from "../run/handshake";
import { askedWith, mint, standing, type Asked } from "../run/minting";
import type { Session } from "../run/session";
import { verifyStack, wrongIn } from "../run/verifying";
import { hostOf, offered, serverNameOf, unwrite, writesOf, type Ends } from "./p11Exchange";
import { DESTROY_SECONDS } from "./p9Destroy";

const host = hostOf(offered.name);
const servername = serverNameOf(host);

/** What a mesh's administrator keeps of an import: a host of his own, and a certificate of whoever was let in. */
const kept = "kept";

async function minted({ work }: Session, { importer, identities }: Ends): Promise<Leaf> {
  return mint(work, importer.kube, identities.frontend);
}

async function atGateway({ exporter }: Ends): Promise<Asked> {
  const { status } = await readyPod(exporter, "istio-federation", "istio=federationgateway");
  return { address: status.podIP, port: 15444, servername, host };
}

/** Straight to a pod, which security groups keep other meshes from: what it would answer itself. */
async function atPod({ exporter }: Ends): Promise<Asked> {
  const { status } = await podOf(exporter, offered.namespace, offered.name);
  return { address: status.podIP, port, servername, host };
}

/** Has the description say less, and tells what that changed, in its order. */
async function upWith(
  { cli, file }: Session,
  { federation, ...description }: Session["file"]["original"],
): Promise<string[]> {
  file.write({ ...description, ...(federation && { federation }) });
  const outcome = await cli.operate("up");
  assert.equal(outcome.code, 0, `\`up\` ended with ${failure(outcome)}`);
  return outcome.steps.map(({ op, type, name }: Step) => `${op} ${type.split(":").pop()} ${name}`);
}

/** Steps of these kinds, in the order in which they came. */
const of = (steps: readonly string[], ...kinds: readonly RegExp[]) =>
  steps.flatMap((step) => {
    const found = kinds.findIndex((kind) => kind.test(step));
    return found < 0 ? [] : [found];
  });

/** What `verify` says of what meshes exchange; it finds nothing else wrong. */
async function demandStanding(session: Session, expected: readonly string[]): Promise<void> {
  const found = await verifyStack(session);
  assert.deepEqual(wrongIn(found), [], "expected verify to find nothing wrong");
  const said = found.findings
    .filter(({ what }) => what.startsWith("exchange of "))
    .map(({ what, says }) => `${what}: ${says}`);
  assert.deepEqual(said.sort(), [...expected].sort(), "what verify says of the exchange");
}

/** The last service of the export goes: the policy refuses it first, then the gateway leads nowhere. */
export async function withdraw(session: Session, ends: Ends): Promise<void> {
  const own = await (await writesOf(ends))(kept, servername);
  await demandAnswer(ends.frontend, own, ends.identities.frontend);
  const leaf = await minted(session, ends);
  const held = await standing(leaf, await atGateway(ends));
  const { federation, ...rest } = session.file.original;
  const [[name, exported]] = Object.entries(federation!.exports!);
  const less = { ...federation!, exports: { [name]: { ...exported, services: {} } } };
  const steps = await upWith(session, { ...rest, federation: less });
  const done = Date.now();
  const both = of(steps, /^update AuthorizationPolicy .*peer-shop$/, /^delete Gateway .*-offers$/);
  assert.deepEqual(
    both,
    [0, 1],
    `expected the policy to change before the host goes:\n${steps.join("\n")}`,
  );
  const others = steps.filter((step) => /^delete (?!Gateway |ServiceEntry )/.test(step));
  assert.deepEqual(others, [], "expected nothing else to go");
  await demandTakenBack(ends, own);
  const word = await held.ended;
  console.log(`  a connection that stood ended ${seconds(done)} s after \`up\`: ${word}`);
  assert.match(await askedWith(leaf, await atPod(ends)), /403[^]*RBAC: access denied/);
  await demandStanding(session, [
    "exchange of bank: refuses what is not exported to shop",
    "exchange of bank: accepts roots for shop.example",
    "exchange of shop: refuses what is not exported to bank",
    "exchange of shop: accepts roots for bank.example",
  ]);
}

const seconds = (since: number) => ((Date.now() - since) / 1000).toFixed(0);

/** Neither the name that it had, nor one of the importing mesh's own making; callers of its own mesh go on. */
async function demandTakenBack(ends: Ends, own: string): Promise<void> {
  const refused = /RBAC: access denied|upstream connect error|reset|EOF|refused/;
  await until(`${own} is refused`, 90, async () => {
    await demandRefusal(ends.frontend, own, refused);
    return true;
  });
  await demandRefusal(
    ends.frontend,
    host,
    /no such host|lookup|deadline exceeded|timeout|refused|reset|EOF/,
  );
  await demandAnswer(ends.local, host, ends.identities.local);
}

/** The export goes, and with it all that the meshes know of each other. */
export async function part(session: Session, ends: Ends): Promise<void> {
  const { federation: _, ...rest } = session.file.original;
  const { kubelet } = ends.exporter;
  // The gateway would serve on for two minutes.
  kubelet.mostSeconds = DESTROY_SECONDS;
  const steps = await upWith(session, rest).finally(() => (kubelet.mostSeconds = Infinity));
  session.topology = session.file.topology(rest);
  const order = of(
    steps,
    /^update Release .*bank-west-istio-istiod$/,
    /^delete AuthorizationPolicy .*peer-shop$/,
  );
  assert.deepEqual(
    order,
    [0, 1],
    `expected the roots to go before the policy:\n${steps.join("\n")}`,
  );
  const leaf = await minted(session, ends);
  const asked = await atPod(ends);
  let heard = "";
  await until("a certificate of the other mesh is refused", 90, async () => {
    heard = await askedWith(leaf, asked);
    return /unknown ca|alert/i.test(heard);
  }).catch(({ message }: Error) => assert.fail(`${message}; last: ${heard}`));
  await demandAnswer(ends.local, host, ends.identities.local);
  // No packet comes back: with the export, what joined the two VPCs went too.
  await demandRefusal(
    ends.frontend,
    `${kept}.example`,
    /deadline exceeded|timeout|upstream connect error/,
  );
  await unwrite(ends, [kept]);
  await demandStanding(session, []);
}
