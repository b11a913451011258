import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import * as semver from "semver";

const root = path.resolve(__dirname, "..");
const read = (file: string) => fs.readFileSync(path.join(root, file), "utf8");
const { engines, devDependencies } = JSON.parse(read("package.json"));
const least = semver.minVersion(engines.node)!;

describe("the oldest Node", () => {
  it("runs every locked package", () => {
    const locked: Record<string, { engines?: { node?: string } }> = JSON.parse(
      read("package-lock.json"),
    ).packages;
    const wanted = Object.entries(locked).filter(([, { engines }]) => engines?.node);
    assert.ok(wanted.length >= 100, `${wanted.length} packages`);
    const refusing = wanted.filter(([, { engines }]) => !semver.satisfies(least, engines!.node!));
    assert.deepEqual(refusing, []);
  });

  it("is the one of the types, of what make fetches and of the documents", () => {
    assert.match(engines.node, /^>=\d+\.\d+$/, "the form that the Makefile reads");
    assert.equal(semver.minVersion(devDependencies["@types/node"])!.major, least.major);
    const { optionalDependencies } = JSON.parse(read(".node/package.json"));
    const [version, ...others] = new Set(Object.values<string>(optionalDependencies));
    assert.deepEqual(others, [], "expected one version for all platforms");
    assert.ok(semver.satisfies(version, `^${least}`), version);
    for (const file of ["README.md", "CONTRIBUTING.md", "CHANGELOG.md"])
      assert.ok(read(file).includes(engines.node.replace(">=", "")), file);
  });
});

describe("make", () => {
  let folder: string;
  beforeEach(() => {
    folder = fs.mkdtempSync(path.join(os.tmpdir(), "istio-patterns-node-"));
    for (const file of ["Makefile", "package.json", "package-lock.json"]) copy(file);
    for (const file of ["fetch", "package.json", "package-lock.json"]) copy(`.node/${file}`);
  });
  afterEach(() => fs.rmSync(folder, { recursive: true }));

  const copy = (file: string) => fs.cpSync(path.join(root, file), path.join(folder, file));
  const script = (name: string, text: string) => {
    fs.mkdirSync(path.join(folder, "path"), { recursive: true });
    fs.writeFileSync(path.join(folder, "path", name), `#!/bin/sh\n${text}`, { mode: 0o755 });
  };

  /** `make plan` where Node says this of its version, and npm fetches a Node that says who it is. */
  function plan(found: string, fetch = FETCH) {
    const old = path.join(folder, "old.cjs");
    const versions = `{ value: { ...process.versions, node: "${found}" } }`;
    fs.writeFileSync(old, `Object.defineProperty(process, "versions", ${versions});`);
    const real = `"${process.execPath}" --require "${old}" "$@"`;
    script("node", `[ "$1" != --import ] || exec echo found "$@"\n${real}`);
    script("npm", `case $PWD in */draft.*) ${fetch} ;; *) mkdir -p node_modules ;; esac\n`);
    const { MAKEFLAGS, MAKELEVEL, ...environment } = process.env;
    const PATH = `${path.join(folder, "path")}:${process.env.PATH}`;
    return spawnSync("make", ["plan"], {
      cwd: folder,
      env: { ...environment, PATH },
      encoding: "utf8",
    });
  }
  const FETCH = `mkdir -p node_modules/node-here/bin node_modules/.bin
    printf '#!/bin/sh\\necho "$(command -v node)" "$@"' > node_modules/node-here/bin/node
    chmod +x node_modules/node-here/bin/node
    ln -s ../node-here/bin/node node_modules/.bin/node`;
  const packages =
    "npm: fetching the packages of package-lock.json into node_modules/, which takes a minute or two\n";
  const command = "--import tsx cli/main.ts plan Pulumi.dev.yaml\n";

  it("runs all on the Node that it finds where that is new enough", () => {
    for (const found of [`${least}`, "22.100.0", "24.1.0", "100.0.0"])
      assert.equal(plan(found, "exit 1").stdout, `found ${command}`, found);
    assert.ok(!fs.existsSync(path.join(folder, ".node/bin")));
  });

  it("fetches one, once, where it is older, and puts it before the other", () => {
    for (const found of ["20.20.2", "22.9.0", "9.11.2"]) {
      fs.rmSync(path.join(folder, ".node/bin"), { recursive: true, force: true });
      const first = plan(found);
      const fetched = path.join(fs.realpathSync(folder), ".node/bin/node");
      assert.equal(first.stdout, `${fetched} ${command}`);
      const note = `Node: found ${found}, needed 22.13 or newer: fetching one from npm into .node/\n`;
      assert.equal(first.stderr, note + packages);
      const second = plan(found, "exit 1");
      assert.deepEqual([second.stdout, second.stderr], [first.stdout, ""]);
      fs.rmSync(path.join(folder, "node_modules"), { recursive: true });
      assert.deepEqual(
        fs.readdirSync(path.dirname(fetched)),
        ["node"],
        "expected no draft to stay",
      );
    }
  });

  it("says what to do where npm fetches none, or one that does not run", () => {
    const broken = `${FETCH}; echo exit 1 > node_modules/node-here/bin/node`;
    for (const fetch of ["exit 1", "true", broken]) {
      const { stderr, status } = plan("20.20.2", fetch);
      assert.equal(
        stderr.split("\n").find((line) => line.includes("could not")),
        "Node: found 20.20.2, needed 22.13 or newer. npm could not fetch one (see above): " +
          "run make again, or install Node from https://nodejs.org.",
      );
      assert.deepEqual([status, fs.readdirSync(path.join(folder, ".node/bin"))], [2, []]);
    }
  });
});
