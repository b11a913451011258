import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { parse as parseYaml } from "yaml";
import { agentEnvironment, machineProbe, shellFile } from "../../../components/vm/boot/environment";
import { program } from "../../../components/vm/boot/packed";
import { earliest, first, guardScript, probeScript } from "../../../components/vm/boot/script";
import { units } from "../../../components/vm/boot/units";
import { LARGEST, userData } from "../../../components/vm/boot/userData";
import type { BootFacts } from "../../../components/vm/boot/userData";
import { packable, source, unpacked } from "../../support/packMachine";

const label = fc.stringMatching(/^[a-z]([a-z0-9-]{0,20}[a-z0-9])?$/);
const port = fc.integer({ min: 1, max: 65535 });
const anyText = fc.string({ unit: "grapheme", minLength: 1, maxLength: 30 });

const facts: fc.Arbitrary<BootFacts> = fc.record(
  {
    group: label,
    namespace: label,
    serviceAccount: label,
    ports: fc.dictionary(label, port, { maxKeys: 5 }),
    mesh: label,
    dataPlane: fc.constantFrom("sidecar", "ambient"),
    trustDomain: fc.constantFrom("cluster.local", "prod.example"),
    clusterId: label,
    network: label,
    istiodHost: fc.constant("istiod.east.prod.demo.internal"),
    probe: fc.record(
      { command: fc.array(anyText, { minLength: 1, maxLength: 4 }), periodSeconds: fc.nat(60) },
      { requiredKeys: ["periodSeconds"] },
    ),
    autoScalingGroup: label,
    region: fc.constantFrom("eu-west-1", "cn-north-1"),
    domain: fc.constant("amazonaws.com"),
    clusterName: label,
    agentOnly: fc.boolean(),
    packageLocation: fc.constant("https://mirror.example/istio/{kind}"),
    userData: fc.constantFrom("#!/bin/sh\necho '$x' \"\\\"\n", "#cloud-config\n{}\n"),
  },
  {
    requiredKeys: [
      ...(["group", "namespace", "serviceAccount", "ports", "mesh", "dataPlane"] as const),
      ...(["trustDomain"] as const),
      ...(["clusterId", "network", "istiodHost", "probe", "autoScalingGroup", "region"] as const),
      ...(["domain", "clusterName", "agentOnly"] as const),
    ],
  },
);

const PEM = "-----BEGIN CERTIFICATE-----\ncm9vdA==\n-----END CERTIFICATE-----\n";
const values = {
  server: "https://east.example",
  certificateAuthority: Buffer.from(PEM).toString("base64"),
  roots: PEM,
};

/** The parts, as Python's reader of mail has them, which cloud-init uses. */
function partsOf(texts: string[]): { type: string; name: string | null; body: string }[][] {
  const script = `
import email, json, sys
print(json.dumps([[{"type": part.get_content_type(), "name": part.get_filename(),
  "body": part.get_payload(decode=True).decode("utf-8")}
  for part in email.message_from_string(text).walk() if not part.is_multipart()]
  for text in json.load(sys.stdin)]))`;
  return JSON.parse(execFileSync("python3", ["-c", script], { input: JSON.stringify(texts) }) + "");
}

interface Written {
  path: string;
  content: string;
  permissions?: string;
  encoding?: string;
}

function filesOf(config: string): Record<string, Written> {
  const { write_files: files } = parseYaml(config) as { write_files: Written[] };
  return Object.fromEntries(files.map((file) => [file.path, file]));
}

const sample = fc.sample(facts, { numRuns: 25, seed: 7 });
const texts = sample.map((one) => userData(one, values));

describe("user data of machines", () => {
  it("is the same for the same facts, and leaves a user three kilobytes of sixteen", () => {
    assert.deepEqual(
      sample.map((one) => userData(structuredClone(one), { ...values })),
      texts,
    );
    const usual = { ...sample[0]!, ports: { http: 8080 }, probe: { periodSeconds: 5 } };
    const authority = "A".repeat(1500);
    const length = userData(
      { ...usual, userData: undefined },
      { ...values, roots: authority },
    ).length;
    assert.ok(length < LARGEST - 3000, String(length));
  });

  it("is refused where it is too long for EC2", () => {
    const long = { ...sample[0]!, group: "legacy", userData: `#!/bin/sh\n${"#".repeat(LARGEST)}` };
    assert.throws(
      () => userData(long, values),
      /^Error: User data of machines legacy: got \d+ bytes; allowed: 16384, what EC2 takes; fix: let userData fetch the rest, such as a script in S3$/,
    );
  });

  it("has its own parts before the user's, which stays as it is and adds to lists", () => {
    partsOf(texts).forEach((parts, index) => {
      const own = sample[index]!.userData;
      assert.deepEqual(
        parts.map(({ type, name }) => [type, name]),
        [
          ["text/cloud-boothook", "istio-machine-guard"],
          ["text/cloud-config", null],
          ["text/x-shellscript", "00-istio-machine"],
          ...(own === undefined ? [] : [["text/plain", "50-application"]]),
        ],
      );
      if (own !== undefined) assert.equal(parts[3]!.body.trimEnd(), own.trimEnd());
      assert.equal(
        texts[index]!.includes("Merge-Type: list(append)+dict(no_replace,recurse_list)+str()"),
        own !== undefined,
      );
    });
  });

  it("writes for a shell and for YAML what was meant, whatever names and commands hold", () => {
    partsOf(texts).forEach(([, config], index) => {
      const files = filesOf(config!.body);
      const one = sample[index]!;
      const folder = mkdtempSync(join(tmpdir(), "machine-"));
      writeFileSync(join(folder, "env"), files["/var/lib/istio/envoy/cluster.env"]!.content);
      const names = Object.keys(agentEnvironment(one));
      const script = `set -a; . "$1/env"; python3 -c 'import json, os, sys; print(json.dumps({n: os.environ[n] for n in sys.argv[1:]}))' ${names.join(" ")}`;
      const read = execFileSync("bash", ["-c", script, "bash", folder], { encoding: "utf8" });
      assert.deepEqual(JSON.parse(read), agentEnvironment(one));
      const { defaultConfig } = parseYaml(files["/var/lib/istio/config/mesh"]!.content);
      assert.deepEqual(defaultConfig.readinessProbe, machineProbe(one));
      assert.equal(files["/etc/istio-machine/roots.pem"]!.content, PEM);
      assert.equal(files["/etc/istio-machine/api-server.pem"]!.content, PEM);
      const { group } = JSON.parse(files["/etc/istio-machine/settings.json"]!.content);
      assert.equal(group, one.autoScalingGroup);
    });
  });

  it("quotes any value for a shell", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme", maxLength: 40 }), (text) => {
        // A shell has no way to hold a null.
        const value = text.replaceAll("\0", "");
        const script = `${shellFile({ VALUE: value })}\nprintf '%s' "$VALUE" | base64 -w0`;
        const { stdout } = spawnSync("bash", ["-c", script], { encoding: "utf8" });
        assert.equal(Buffer.from(stdout, "base64").toString("utf8"), value);
      }),
      { numRuns: 40 },
    );
  });

  it("holds no key, token or password, and keeps keys off the disk", () => {
    for (const text of texts) assert.doesNotMatch(text, /PRIVATE KEY|eyJhbGci|password/i);
    const { PROV_CERT, OUTPUT_CERTS, XDS_ROOT_CA } = agentEnvironment(sample[0]!);
    assert.deepEqual([PROV_CERT, OUTPUT_CERTS], ["", ""]);
    assert.doesNotMatch(XDS_ROOT_CA!, /^\/etc\/certs/);
  });

  it("says the network, the group and every port of the machines", () => {
    for (const one of sample) {
      const environment = agentEnvironment(one);
      assert.equal(environment.ISTIO_META_NETWORK, one.network);
      assert.equal(environment.ISTIO_META_AUTO_REGISTER_GROUP, one.group);
      assert.equal(environment.ISTIO_INBOUND_PORTS, Object.values(one.ports).join(","));
    }
  });
});

describe("the program of machines", () => {
  it("is packed as it is written, but for what only a reader needs", () => {
    assert.equal(unpacked(program), packable);
    const parsed = (input: string) => {
      const script = `
import ast, sys
tree = ast.parse(sys.stdin.read())
for one in ast.walk(tree):
    if isinstance(one, (ast.Module, ast.FunctionDef)) and ast.get_docstring(one) is not None:
        one.body = one.body[1:]
print(ast.dump(tree))`;
      return execFileSync("python3", ["-c", script], { input, encoding: "utf8" });
    };
    assert.equal(parsed(packable), parsed(source));
  });
});

describe("the guard of machines", () => {
  it("is there before a user's own part, and from early in each boot", () => {
    assert.match(first, /^systemctl enable istio-machine-guard\.service/m);
    const [closes, joins] = ["start istio-machine-guard", "start --no-block istio-machine-install"];
    assert.ok(first.indexOf(closes) > 0 && first.indexOf(closes) < first.indexOf(joins));
    const unit = units["/etc/systemd/system/istio-machine-guard.service"]!;
    assert.match(unit, /^Before=network-pre\.target istio\.service/m);
    assert.match(unit, /^WantedBy=sysinit\.target$/m);
  });

  /** Runs a script of machines, with these commands in the place of the machine's; what it has asked of them. */
  function begun(commands: Record<string, string>, told = first): string[] {
    const folder = mkdtempSync(join(tmpdir(), "machine-"));
    const note = `echo "$(basename "$0") $*" >> ${folder}/asked\n`;
    for (const [name, body] of Object.entries(commands))
      writeFileSync(join(folder, name), `#!/bin/sh\n${note}${body}\n`, { mode: 0o755 });
    const script = told
      .replace("tee /dev/console", "cat > /dev/null")
      .replaceAll("/usr/local/sbin", folder);
    const env = { PATH: folder };
    for (const name of ["basename", "cat", "chmod"])
      symlinkSync(execFileSync("which", [name], { encoding: "utf8" }).trim(), join(folder, name));
    execFileSync("/bin/sh", ["-c", script], { env });
    return readFileSync(join(folder, "asked"), "utf8").trim().split("\n");
  }

  it("is waited for, and so is iptables where an image has none", () => {
    const usual = { getent: "", systemctl: "", sleep: "" };
    const closes = "systemctl start istio-machine-guard.service";
    assert.deepEqual(begun({ ...usual, iptables: "" }).slice(-2), [
      closes,
      "systemctl start --no-block istio-machine-install.service",
    ]);
    // The first time there is no way to the repository.
    const tools = {
      ...usual,
      dnf: '[ -e "$0.again" ] && echo > "${0%dnf}iptables" && chmod +x "${0%dnf}iptables"; r=$?; : > "$0.again"; exit $r',
    };
    assert.deepEqual(begun(tools).slice(-5), [
      "dnf -y install iptables-nft",
      "sleep 5",
      "dnf -y install iptables-nft",
      closes,
      "systemctl start --no-block istio-machine-install.service",
    ]);
    const failing = {
      ...usual,
      iptables: "",
      systemctl:
        '[ "$1 $2" != "start istio-machine-guard.service" ] || [ -e "$0.again" ] || { : > "$0.again"; exit 1; }',
    };
    assert.deepEqual(begun(failing).slice(-4, -1), [closes, "sleep 5", closes]);
  });

  it("is run by cloud-init before all else, for users that are there, with iptables where dnf brings it", () => {
    const guard = '#!/bin/sh\necho guards >> "${0%/*}/asked"\n';
    const user = "useradd --system --user-group --home-dir /var/lib/istio istio-proxy";
    const unknown = { systemctl: "exit 3", getent: "exit 2", useradd: "" };
    const asks = "systemctl is-active --quiet istio-machine-guard.service";
    const makes = [asks, "getent passwd istio-proxy", user];
    const ran = (commands: Record<string, string>) => begun(commands, earliest(guard));
    assert.deepEqual(ran({ systemctl: "" }), [asks]);
    const known = { ...unknown, getent: "", iptables: "" };
    assert.deepEqual(ran(known), [...makes.slice(0, 2), "guards"]);
    assert.deepEqual(ran({ ...unknown, iptables: "" }), [...makes, "guards"]);
    const dnf = "dnf -y install iptables-nft";
    assert.deepEqual(ran({ ...unknown, dnf: "" }), [...makes, dnf, "guards"]);
    // What it could not do is waited for by what comes before a user's own script.
    assert.throws(() => ran({ ...unknown, dnf: "exit 1" }));
  });
});

describe("the shell scripts of machines", () => {
  const scripts = {
    first,
    earliest: earliest(guardScript([8080], true)),
    "probe without ports": probeScript([]),
    "probe with ports": probeScript([8080, 9090]),
    "guard without ports": guardScript([], false),
    "guard of ports and metadata": guardScript([8080, 9090], true),
  };

  for (const [name, script] of Object.entries(scripts))
    it(`are such as their shell takes: ${name}`, () => {
      const [, shell] = /^#!\/bin\/(\w+)/.exec(script)!;
      const { status, stderr } = spawnSync(shell!, ["-n"], { input: script, encoding: "utf8" });
      assert.equal(status, 0, stderr);
    });
});
