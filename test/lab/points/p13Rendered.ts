import * as assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import { parseAllDocuments } from "yaml";
import type { Json } from "../machine/kube";
import { command } from "../machine/processes";
import type { Session } from "../run/session";

const admission = "/apis/admissionregistration.k8s.io/v1";

/** What a chart renders from one of its templates. */
async function render(
  { machine, work }: Session,
  chart: string,
  template: string,
  values: Json,
): Promise<Json[]> {
  const { bin, charts } = machine.options.tools;
  const file = path.join(work, "rendered.json");
  fs.writeFileSync(file, JSON.stringify(values));
  const text = await command(
    path.join(bin, "helm"),
    ...["template", "rendered", path.join(charts, chart), "--namespace", "istio-system"],
    ...["--show-only", `templates/${template}`, "--values", file],
  );
  return parseAllDocuments(text)
    .map((document) => document.toJSON() as Json)
    .filter((object) => object !== null);
}

/** Labels that istiod and people look for; the rest says which release an object is of. */
function labelsOf({ metadata: { labels } }: Json): Json {
  const { app } = labels;
  const name = labels["app.kubernetes.io/name"];
  return { app, name, revision: labels["istio.io/rev"], tag: labels["istio.io/tag"] };
}

/** A selector in the order of its keys: for a label it means the same in any. */
const selectorOf = ({ matchExpressions }: Json) =>
  [...matchExpressions].sort((one: Json, other: Json) => one.key.localeCompare(other.key));

/** Without what the API server fills in. */
function webhooksOf({ webhooks }: Json): Json[] {
  return webhooks.map(
    ({ matchPolicy, timeoutSeconds, namespaceSelector, objectSelector, ...webhook }: Json) => ({
      ...webhook,
      rules: webhook.rules.map(({ scope, ...rule }: Json) => rule),
      clientConfig: {
        ...webhook.clientConfig,
        service: { port: 443, ...webhook.clientConfig.service },
      },
      ...(namespaceSelector?.matchExpressions && { namespaces: selectorOf(namespaceSelector) }),
      ...(objectSelector?.matchExpressions && { objects: selectorOf(objectSelector) }),
    }),
  );
}

async function compareWebhooks(session: Session, name: string): Promise<void> {
  const { kube } = session.cluster(name);
  const releases = { next: "b", default: "a" };
  for (const [tag, revision] of Object.entries(releases)) {
    const injector = await kube.get(
      `${admission}/mutatingwebhookconfigurations/istio-sidecar-injector-${revision}`,
    );
    // What the revision's own webhooks have, which its release was given.
    const { caBundle, service } = injector.webhooks[0].clientConfig;
    const istiodRemote = { injectionCABundle: caBundle, injectionPath: service.path };
    const values = { revision, revisionTags: [tag], istiodRemote };
    const [chart] = await render(session, "istiod", "revision-tags-mwc.yaml", values);
    const own = await kube.get(`${admission}/mutatingwebhookconfigurations/${chart.metadata.name}`);
    assert.deepEqual(labelsOf(own), labelsOf(chart), `${name}: labels of tag ${tag}`);
    assert.deepEqual(webhooksOf(own), webhooksOf(chart), `${name}: webhooks of tag ${tag}`);
  }
}

async function compareOfPrimary(session: Session, name: string): Promise<void> {
  const { kube } = session.cluster(name);
  const values = { revision: "b", revisionTags: ["next"] };
  const [chart] = await render(session, "istiod", "revision-tags-svc.yaml", values);
  const { metadata } = chart;
  const own = await kube.get(`/api/v1/namespaces/${session.namespace}/services/${metadata.name}`);
  assert.deepEqual(labelsOf(own), labelsOf(chart), `${name}: labels of ${metadata.name}`);
  assert.deepEqual(own.spec.selector, chart.spec.selector);
  const portsOf = ({ spec }: Json) =>
    spec.ports.map(({ nodePort, targetPort, ...port }: Json) => ({
      ...port,
      targetPort: targetPort ?? port.port,
    }));
  assert.deepEqual(portsOf(own), portsOf(chart), `${name}: ports of ${metadata.name}`);
  const validator = `${admission}/validatingwebhookconfigurations/istiod-default-validator`;
  const mine = await kube.get(validator);
  const { caBundle } = mine.webhooks[0].clientConfig;
  const [base] = await render(
    session,
    "base",
    "defaultrevision-validatingwebhookconfiguration.yaml",
    { defaultRevision: "a", base: { validationCABundle: caBundle } },
  );
  assert.deepEqual(labelsOf(mine), labelsOf(base), `${name}: labels of the validator`);
  assert.deepEqual(
    webhooksOf(mine).map(({ namespaces, objects, ...webhook }) => webhook),
    webhooksOf(base),
  );
}

/** Tags are made here, and not by the charts: they must be what the charts would make. */
export async function demandRendered(session: Session): Promise<void> {
  for (const name of session.members) await compareWebhooks(session, name);
  for (const name of session.mesh.runsIn) await compareOfPrimary(session, name);
}
