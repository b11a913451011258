import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ExitCode, run } from "../../cli/command";
import { pasteable } from "../../cli/problems";

const directory = mkdtempSync(join(tmpdir(), "refusal-"));
const FILE = join(directory, "Pulumi.prod.yaml");

const stack = (networks: string, clusters: string, more = "") => `config:
  aws:region: eu-west-1
  istio-patterns:topology:
    istio: { version: "1.31.4" }
    networks: ${networks}
    clusters:
      a: ${clusters}
    meshes: { dev: { clusters: { a: {} } } }
${more}`;

/** What is refused, as a pipe or a terminal of so many columns gets it. */
async function refused(text: string, columns?: number): Promise<string> {
  writeFileSync(FILE, text);
  let stderr = "";
  const code = await run(["plan", FILE], {
    stdout: { write: () => undefined },
    stderr: { write: (more) => (stderr += more), isTTY: columns !== undefined, columns },
  });
  assert.equal(code, ExitCode.Refused, stderr);
  return stderr.replaceAll(FILE, "FILE");
}

describe("what is refused of a stack file", () => {
  after(() => rmSync(directory, { recursive: true }));

  it("has file, line and column, and the rule", async () => {
    assert.equal(
      await refused(stack("{ main: { cidr: 10.0.0.0/16 } }", "{ network: mian }")),
      `istio-patterns:topology has 1 problem; more may show once it is mended:
  FILE:7:12: clusters.a.network: got "mian"; allowed: main; fix: did you mean "main"? [unknown-network]
\`istio-patterns explain <rule>\` says why.
`,
    );
  });

  it("is wrapped and coloured on a terminal too where the file itself is at fault", async () => {
    assert.equal(
      (await refused("config: [1,\n  2", 80)).replace(/\u001b\[\d+m/g, ""),
      `The stack file has 1 problem

FILE:2:4 [file]
  got      Flow sequence in block collection must be sufficiently indented and
           end with a ]
  allowed  YAML
  fix      correct the syntax there
`,
    );
  });

  it("is wrapped and coloured on a terminal", async () => {
    const text = await refused(stack("{ main: { cidr: 10.0.0.0/16 } }", "{ network: mian }"), 80);
    assert.match(text, /\u001b\[/);
    assert.equal(
      text.replace(/\u001b\[\d+m/g, ""),
      `istio-patterns:topology has 1 problem; more may show once it is mended

FILE:7:12: clusters.a.network [unknown-network]
  got      "mian"
  allowed  main
  fix      did you mean "main"?

\`istio-patterns explain <rule>\` says why.
`,
    );
  });

  it("names what is known where a name is missing", async () => {
    assert.match(
      await refused(stack("{ eu: { cidr: 10.0.0.0/16 }, us: { cidr: 10.1.0.0/16 } }", "{}")),
      /clusters\.a\.network: got nothing; allowed: eu, us; fix: add it \[shape\]/,
    );
  });

  it("gives an example of a map, and of the alternatives that one has", async () => {
    const main = "{ main: { cidr: 10.0.0.0/16 } }";
    const listed = stack(main, "{ network: main }").replace("{ a: {} }", "[a, b]");
    assert.match(
      await refused(listed),
      /meshes\.dev\.clusters: got \["a", "b"\]; allowed: a map; fix: write a map: \{ a: \{\}, b: \{\} \} \[shape\]/,
    );
    const root = stack(main, "{ network: main }", "    trust: { roots: { own: meshRoot } }\n");
    assert.match(
      await refused(root),
      /trust\.roots\.own: got "meshRoot"; allowed: a map; fix: write \{ secret: <key> \}, the config key that holds it \[shape\]/,
    );
  });

  it("gives a command for the very file, and for a cluster's own api", async () => {
    assert.match(
      await refused(stack("{ main: { cidr: 10.0.0.0/16 } }", "{ network: main, api: {} }")),
      /FILE:7:27: clusters\.a\.api: .*; fix: `pulumi config set --config-file FILE --path 'istio-patterns:topology\.clusters\.a\.api\.allowFrom\[0\]' '<your address>\/32'` \[api-one-way\]/,
    );
    const fix = "`pulumi config set --path api.x 7`";
    const given = (path: string) => pasteable(fix, { path, text: "" });
    assert.equal(
      given("my stack.yaml"),
      "`pulumi config set --config-file 'my stack.yaml' --path api.x 7`",
    );
    assert.equal(given("main:Pulumi.dev.yaml"), fix);
  });
});
