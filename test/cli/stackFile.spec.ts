import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Refusal } from "../../cli/problems";
import { readStackFile, stackNameOf } from "../../cli/stackFile";

const directory = mkdtempSync(join(tmpdir(), "stack-file-"));
const path = join(directory, "Pulumi.dev.yaml");

function read(text: string) {
  writeFileSync(path, text);
  return readStackFile(path);
}

/** The whole message with the file's own path cut out. */
function refusal(text: string): string {
  try {
    read(text);
  } catch (error) {
    assert.ok(error instanceof Refusal, String(error));
    return error.message.replaceAll(path, "FILE");
  }
  return assert.fail("not refused");
}

const SHAPE =
  "allowed: a stack file: YAML with `config:` and, under it, istio-patterns:topology; fix: start from a file in stacks/ [file]";

describe("a stack file", () => {
  after(() => rmSync(directory, { recursive: true }));

  it("gives stack, region, description and config, and hides secrets", () => {
    const file = read(`
config:
  aws:region: eu-west-1
  istio-patterns:topology: { networks: {} }
  istio-patterns:root: { secure: v1:abc }
  other:list: [1, 2]
encryptionsalt: v1:xyz
`);
    assert.deepEqual(
      { ...file, source: file.source?.path },
      {
        source: path,
        stack: "dev",
        description: { networks: {} },
        region: "eu-west-1",
        config: {
          "aws:region": "eu-west-1",
          "istio-patterns:root": "[secret]",
          "other:list": "[1,2]",
        },
        secretKeys: ["istio-patterns:root"],
      },
    );
  });

  it("may hold the description as the JSON that `pulumi config set` writes", () => {
    const { description } = read(`config: { "istio-patterns:topology": '{"networks":{}}' }`);
    assert.deepEqual(description, { networks: {} });
  });

  it("merges what `<<` names, as Pulumi does: keys that are written win, then the first map of a list", () => {
    const { description } = read(`
two: &two { zones: 2, nat: single }
three: &three { nat: per-zone, flowLogs: true }
config:
  istio-patterns:topology:
    before: { <<: *two, zones: 3 }
    after: { zones: 3, <<: *two }
    list: { <<: [*two, *three], cidr: 10.0.0.0/16 }
    nested: { <<: { <<: *three, nat: single } }
    text: [<<]
`);
    assert.deepEqual(description, {
      before: { zones: 3, nat: "single" },
      after: { zones: 3, nat: "single" },
      list: { zones: 2, nat: "single", flowLogs: true, cidr: "10.0.0.0/16" },
      nested: { nat: "single", flowLogs: true },
      text: ["<<"],
    });
  });

  it("has plain values of YAML 1.2, as Pulumi reads them", () => {
    const { description } = read(`
config: { istio-patterns:topology: [yes, on, n, True, 12:30, 0o14, 0xFF, 1e3, ~, 1.30, "1.30"] }
`);
    const values = ["yes", "on", "n", true, "12:30", 12, 255, 1000, null, 1.3, "1.30"];
    assert.deepEqual(description, values);
  });

  it("names its stack, or any stack", () => {
    assert.equal(stackNameOf("somewhere/Pulumi.prod.yaml"), "prod");
    assert.equal(stackNameOf("stacks/01-single-cluster.yaml"), "demo");
  });

  it("is refused when it is not there or a directory", () => {
    const message = (file: string) => {
      try {
        readStackFile(file);
      } catch (error) {
        return (error as Error).message;
      }
    };
    assert.equal(
      message("nowhere.yaml"),
      "The stack file has 1 problem:\n  nowhere.yaml: got no such file; " +
        "allowed: a stack file that can be read; fix: start from a file in stacks/ [file]",
    );
    assert.match(message(directory)!, /: got a directory; /);
  });

  it("is refused when it is not YAML", () => {
    assert.equal(
      refusal("config: [1,\n  2"),
      "The stack file has 1 problem:\n  FILE:2:4: got Flow sequence in block collection must be " +
        "sufficiently indented and end with a ]; allowed: YAML; fix: correct the syntax there [file]",
    );
    assert.match(refusal("a: 1\na: 2\n"), /FILE:2:1: got Map keys must be unique; /);
    assert.match(refusal("config: { <<: 5 }"), /got Merge sources must be maps or map aliases; /);
    const [a, b] = ["a: &a [1,1,1,1,1,1,1,1,1,1]", "b: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a,*a]"];
    const bomb = `${a}\n${b}\nc: &c [*b,*b,*b,*b,*b,*b,*b,*b,*b,*b]\nconfig: [*c,*c,*c,*c,*c]`;
    assert.match(refusal(bomb), /got Excessive alias count/);
  });

  it("is refused when it is YAML of something else", () => {
    const got = (text: string) =>
      refusal(text).replace("The stack file has 1 problem:\n  FILE: got ", "");
    assert.equal(got("- 1"), `[1]; ${SHAPE}`);
    assert.equal(got(""), `null; ${SHAPE}`);
    assert.equal(got("config: 3"), `config: 3; ${SHAPE}`);
    assert.equal(
      refusal("config: { aws:region: eu-west-1 }"),
      `The stack file has 1 problem:\n  FILE: config: got aws:region; ${SHAPE}`,
    );
  });

  it("is refused when the region is no text", () => {
    assert.equal(
      refusal("config: { aws:region: [eu], istio-patterns:topology: {} }"),
      'The stack file has 1 problem:\n  FILE: config["aws:region"]: got ["eu"]; ' +
        "allowed: a region as text; fix: write it like `aws:region: eu-west-1` [file]",
    );
  });
});
