import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { z } from "zod";
import { ExitCode, run } from "../../cli/command";
import type { PlanJson, RefusalJson } from "../../cli/forms";
import { planJson } from "../../cli/json";
import type { FilePlan } from "../../cli/planFile";
import { OURS } from "../../cli/report/owners";
import { COMPONENT_ROOMS } from "../../cli/report/rooms";
import { program } from "../../components/mesh";
import { DESCRIPTION_KEY } from "../../components/topology";
import { jsonSchemas } from "../support/jsonSchemas";
import { exported } from "../support/alone";
import { mockRun } from "../support/graph";
import type { Graph } from "../support/graph";
import { patterns } from "../support/topologies";
import { planOf, subjects } from "./support";

const ROOT = join(__dirname, "../..");

/** Refuses what is not of a schema that is published. */
const formOf = (file: string) =>
  z.fromJSONSchema(JSON.parse(readFileSync(join(ROOT, file), "utf8")));

describe("schemas of what the command line prints", () => {
  it("are those that the types give: if not, npx tsx test/support/jsonSchemas.ts", () => {
    for (const [file, text] of Object.entries(jsonSchemas()))
      assert.equal(readFileSync(join(ROOT, file), "utf8"), text, file);
  });
});

describe("a plan as JSON", () => {
  const form = formOf("schema/plan.schema.json");
  const printed = (plan: FilePlan): PlanJson => JSON.parse(JSON.stringify(planJson(plan)));

  for (const [name, description] of Object.entries(subjects)) {
    it(`has the published form, and every resource, of ${name}`, async () => {
      const plan = await planOf(description);
      const json = printed(plan);
      assert.equal(form.safeParse(json).error, undefined);
      assert.deepEqual(
        json.resources.map(({ urn }) => urn),
        plan.graph.resources.map(({ urn }) => urn).sort(),
      );
      for (const { urn, inputs, secrets } of json.resources) {
        assert.deepEqual(Object.keys(inputs), Object.keys(plan.graph.get(urn).inputs), urn);
        if (secrets.length > 0) assert.ok(JSON.stringify(inputs).includes('"[secret]"'), urn);
      }
    });
  }

  it("is refused by its form with a field too many, one missing or one of another kind", async () => {
    const json = printed(await planOf(patterns["01-single-cluster"]));
    const [first] = json.resources;
    assert.ok(form.safeParse(json).success);
    for (const wrong of [
      { ...json, version: 2 },
      { ...json, more: 1 },
      { ...json, resources: undefined },
      { ...json, resources: [{ ...first, kind: "guessed" }] },
      { ...json, quotas: [{ what: "VPCs", used: "1", limit: 5 }] },
    ])
      assert.equal(form.safeParse(JSON.parse(JSON.stringify(wrong))).success, false);
  });

  it("names the room of every component", () => {
    assert.deepEqual(Object.keys(COMPONENT_ROOMS).sort(), [...exported].sort());
    for (const [name, room] of Object.entries(COMPONENT_ROOMS)) {
      const rooms = readFileSync(join(ROOT, "components/index.ts"), "utf8");
      assert.ok(rooms.includes(`./${room}/`), name);
    }
    assert.equal(OURS, "istio-patterns:index:");
  });
});

/** Whether one path is another, or leads to or from it. */
function areOne(a: string, b: string): boolean {
  const [short, long] = a.length < b.length ? [a, b] : [b, a];
  return long === short || long.startsWith(`${short}.`) || long.startsWith(`${short}[`);
}

describe("what a plan's JSON marks as a placeholder", () => {
  /** What functions answer is known in a preview too, and what the description must say is no output. */
  const WORDS = /^(<zone \d of [\w-]+>|<api\.allowFrom\[0\]>)$|<account>/;
  let known: FilePlan;
  let preview: Graph;

  for (const pattern of ["02-primary-remote-different-networks", "01-single-cluster-ambient"]) {
    describe(`of ${pattern}`, () => {
      before(async () => {
        known = await planOf(patterns[pattern]);
        const config = {
          "aws:region": "eu-west-1",
          [DESCRIPTION_KEY]: JSON.stringify(patterns[pattern]),
        };
        const options = { stack: "test", config, unknownOutputs: true };
        preview = await mockRun(() => program(new pulumi.Config()), options);
      });

      it("is everything that the engine does not know in a preview", () => {
        let compared = 0;
        for (const { urn, unknowns } of preview.resources) {
          const { inputs, placeholders, secrets } = reportOf(urn);
          for (const path of unknowns) {
            const marked = [...placeholders, ...secrets].some((each) => areOne(each, path));
            assert.ok(marked, `${urn} ${path}: ${JSON.stringify(inputs)}`);
            compared += 1;
          }
        }
        assert.ok(compared > 40, `${compared} unknown inputs`);
      });

      it("is nothing else", () => {
        for (const { urn, placeholders, inputs } of planJson(known).resources) {
          const { unknowns } = preview.get(urn);
          for (const path of placeholders) {
            const isUnknown = unknowns.some((each) => areOne(each, path));
            assert.ok(isUnknown || WORDS.test(textAt(inputs, path)), `${urn} ${path}`);
          }
        }
      });
    });
  }

  function reportOf(urn: string) {
    return planJson(known).resources.find((resource) => resource.urn === urn)!;
  }

  function textAt(inputs: Record<string, unknown>, path: string): string {
    const keys = path.match(/[^.[\]"]+/g)!;
    return String(
      keys.reduce<unknown>((at, key) => (at as Record<string, unknown>)?.[key], inputs),
    );
  }
});

describe("a refusal as JSON", () => {
  const directory = mkdtempSync(join(tmpdir(), "json-"));
  const form = formOf("schema/plan.schema.json");
  after(() => rmSync(directory, { recursive: true }));

  async function refusalOf(text: string, ...more: string[]): Promise<RefusalJson["refused"]> {
    const file = join(directory, "stack.yaml");
    writeFileSync(file, text);
    const seen = { stdout: "", stderr: "" };
    const code = await run(["plan", file, "--json", ...more], {
      stdout: { write: (part) => (seen.stdout += part) },
      stderr: { write: (part) => (seen.stderr += part) },
    });
    assert.equal(code, ExitCode.Refused);
    assert.notEqual(seen.stderr, "");
    const json: RefusalJson = JSON.parse(seen.stdout.replaceAll(file, "FILE"));
    assert.equal(form.safeParse(json).error, undefined);
    return json.refused;
  }

  const stack = (clusters: string) => `config:
  aws:region: eu-west-1
  istio-patterns:topology:
    istio: { version: "1.31.3" }
    networks:
      main: { cidr: 10.0.0.0/16 }
    clusters:
${clusters}
    meshes: { dev: { clusters: { a: {} } } }
`;

  it("has rule, path and line of each problem", async () => {
    const { problems, message } = await refusalOf(stack("      a:\n        network: mian"));
    assert.match(
      message,
      /^istio-patterns:topology has 1 problem; more may show once it is mended:\n/,
    );
    assert.deepEqual(problems, [
      {
        rule: "unknown-network",
        path: "clusters.a.network",
        file: "FILE",
        line: 9,
        column: 9,
        got: '"mian"',
        allowed: "main",
        fix: 'did you mean "main"?',
      },
    ]);
  });

  it("has them all, and of what `<<` brings no line", async () => {
    const { problems } = await refusalOf(stack("      a: { network: 7 }\n      b: { network: 8 }"));
    assert.deepEqual(
      problems.map(({ path, line }) => [path, line]),
      [
        ["clusters.a.network", 8],
        ["clusters.b.network", 9],
      ],
    );
    const merged = stack("      a: { network: 7 }").replace(/^/gm, "  ");
    const { message } = await refusalOf(`all: &all\n${merged}\n<<: *all\n`);
    assert.match(message, /^ {2}FILE: clusters\.a\.network: got 7; /m);
  });

  it("has the line of what is above a key that is missing, and of what an alias leads to", async () => {
    const { problems } = await refusalOf(stack("      a: {}\n"));
    assert.deepEqual(
      problems.map(({ rule, path, line }) => [rule, path, line]),
      [["shape", "clusters.a.network", 8]],
    );
    const aliased = await refusalOf(`wrong: &wrong\n  network: 7\n${stack("      a: *wrong")}`);
    assert.deepEqual(
      aliased.problems.map(({ path, line }) => [path, line]),
      [["clusters.a.network", 2]],
    );
  });

  it("has the file's own problems and those of arguments", async () => {
    const { problems } = await refusalOf("config: {}");
    assert.deepEqual(problems, [
      {
        rule: "file",
        path: "FILE: config",
        got: "nothing",
        allowed: "a stack file: YAML with `config:` and, under it, istio-patterns:topology",
        fix: "start from a file in stacks/",
      },
    ]);
    const argument = await refusalOf("config: {}", "--diagram", "x.png");
    assert.deepEqual(
      argument.problems.map(({ rule, path }) => [rule, path]),
      [["argument", "--diagram x.png"]],
    );
    assert.match((await refusalOf("config: {}", "--jsn")).message, /unknown option '--jsn'/);
  });
});
