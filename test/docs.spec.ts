import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { ExitCode, run } from "../cli/command";

const ROOT = join(__dirname, "..");

/** Every page that a user may open. */
const pages = [
  "README.md",
  "CONTRIBUTING.md",
  "CHANGELOG.md",
  "stacks",
  "docs",
  "examples",
  "test/lab/README.md",
  "test/lab/CONTRACT.md",
].flatMap((path) => pagesIn(join(ROOT, path)));

function pagesIn(path: string): string[] {
  if (!statSync(path).isDirectory()) return path.endsWith(".md") ? [path] : [];
  return readdirSync(path)
    .filter((name) => name !== "node_modules")
    .flatMap((name) => pagesIn(join(path, name)));
}

/** What a page says outside its blocks. */
const prose = (page: string) => readFileSync(page, "utf8").replace(/^```[^]*?^```$/gm, "");

/** Anchors as GitHub makes them of headings. */
function anchorsOf(page: string): string[] {
  return [...prose(page).matchAll(/^#+ (.*)$/gm)].map(([, title]) =>
    title!
      .toLowerCase()
      .replace(/[^\p{L}\p{N} _-]/gu, "")
      .replaceAll(" ", "-"),
  );
}

describe("links of the documentation", () => {
  for (const page of pages)
    it(`lead somewhere: ${relative(ROOT, page)}`, () => {
      for (const [, target] of prose(page).matchAll(/\]\(([^)\s]+)\)/g)) {
        if (/^https?:/.test(target!)) continue;
        const [path, anchor] = target!.split("#");
        const file = path === "" ? page : join(dirname(page), path!);
        assert.ok(existsSync(file), `${target} is not there`);
        if (anchor) assert.ok(anchorsOf(file).includes(anchor), `${target} has no such heading`);
      }
    });
});

/** Before a block that needs an account, clusters or the lab, or whose command another test runs where it may write. */
const NOT_HERE = /<!-- (needs AWS|needs clusters|needs the lab|writes a file) -->\n\n$/;

/** Commands that a page has as they are typed, without what is said beside them: of every other block. */
function commandsOf(page: string): string[] {
  const text = readFileSync(page, "utf8");
  return [...text.matchAll(/^```(?:sh|bash|shell|console)\n([^]*?)^```$/gm)]
    .filter(({ index }) => !NOT_HERE.test(text.slice(0, index)))
    .flatMap(([, block]) => block!.trim().split("\n"))
    .map((line) => line.replace(/\s+#.*$/, ""));
}

/** What a command asks of the command line. */
function argumentsOf(command: string): string[] {
  const [, stack = "Pulumi.dev.yaml"] = /^make plan(?: STACK=(\S+))?$/.exec(command) ?? [];
  if (command.startsWith("make plan")) return ["plan", stack];
  const ours = "npx tsx cli/main.ts ";
  assert.ok(command.startsWith(ours), `${command} is none that runs without an account`);
  return command.slice(ours.length).split(" ");
}

describe("commands of the documentation", () => {
  const commands = [...new Set(pages.flatMap(commandsOf))];

  for (const command of commands)
    it(`run: ${command}`, async () => {
      const inRoot = argumentsOf(command).map((word) =>
        /\.ya?ml$/.test(word) ? join(ROOT, word) : word,
      );
      const seen = { stdout: "", stderr: "" };
      const code = await run(inRoot, {
        stdout: { write: (text) => (seen.stdout += text) },
        stderr: { write: (text) => (seen.stderr += text) },
      });
      const fine: ExitCode[] = [ExitCode.Done, ExitCode.Changes, ExitCode.Dangerous];
      assert.ok(fine.includes(code), `${code}: ${seen.stderr}`);
      assert.ok(seen.stdout.length > 100);
    });

  it("are there", () => {
    assert.ok(commands.length >= 5, `${commands.length} commands`);
  });
});
