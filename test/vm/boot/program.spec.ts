import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { source } from "../../support/packMachine";

/** Runs some Python in the program of machines, with everything that it does to the machine written down in `did`. */
function inProgram(script: string, settings: object = {}): string[] {
  const program = source.replace(
    /^S = .*$/m,
    `S = json.loads(${JSON.stringify(settings).replace(/^|$/g, "'''")})`,
  );
  const harness = `
import io, sys, tempfile
did = []
def note(*words): did.append(" ".join(str(word) for word in words))
RUN = tempfile.mkdtemp()
say = lambda text: note("says", text)
run = lambda *command: note("runs", *command)
`;
  const lines = [
    program.replace(/^if __name__[^]*$/m, ""),
    harness,
    script,
    "print(json.dumps(did))",
  ];
  const output = execFileSync("python3", ["-"], { input: lines.join("\n"), encoding: "utf8" });
  return JSON.parse(output.trim().split("\n").at(-1)!);
}

/** Looks once for each of these: what the group wants, whether the agent is ready, whether the group waits for a hook, the time. */
function looked(...looks: [state: string | null, isReady: boolean, waits: boolean, at: number][]) {
  const told = JSON.stringify(JSON.stringify(looks));
  return inProgram(
    `
class clock:
    now = 0
    monotonic = staticmethod(lambda: clock.now)
    sleep = staticmethod(lambda seconds: note("sleeps", seconds))
time = clock
subprocess = type("none", (), {"run": staticmethod(lambda *a, **k: None), "DEVNULL": None})
known = {"state": "", "seen": 0}
for state, is_ready, waits, clock.now in json.loads(${told}):
    metadata = lambda path: state
    ready = lambda: is_ready
    def scaling(action, **more):
        note(action, more.get("LifecycleHookName", more.get("HealthStatus")))
        return waits
    look(known)
    note("drains" if os.path.exists(RUN + "/drain") else "serves")
`,
    { group: "g", drainSeconds: 30, unhealthySeconds: 900 },
  );
}

const LAUNCH = "CompleteLifecycleAction launch";

describe("what a machine does as its group wants", () => {
  it("ends its launch hook once, when its agent is ready", () =>
    assert.deepEqual(
      looked(
        ["InService", false, true, 1],
        ["InService", true, true, 2],
        ["InService", true, false, 3],
      ),
      ["serves", "says is in the mesh", LAUNCH, "serves", "serves"],
    ));

  it("asks for a minute where the group waits for no hook", () => {
    const asked = [1, 30, 62, 70].map((at): [string, boolean, boolean, number] => [
      "InService",
      true,
      false,
      at,
    ]);
    assert.equal(looked(...asked).filter((line) => line === LAUNCH).length, 3);
  });

  it("drains in standby, and ends the launch hook once more when it comes back", () =>
    assert.deepEqual(
      looked(
        ["InService", true, true, 1],
        ["Standby", true, false, 2],
        ["InService", true, true, 3],
      ),
      [
        ...["says is in the mesh", LAUNCH, "serves"],
        ...["says leaves the mesh: Standby", "drains"],
        ...["says is in the mesh", LAUNCH, "serves"],
      ],
    ));

  it("ends its launch hook in a warm pool too, where nobody is sent to it", () =>
    assert.deepEqual(
      looked(["Warmed:Stopped", true, true, 1], ["Warmed:Stopped", true, false, 2]),
      [...["says leaves the mesh: Warmed:Stopped", LAUNCH, "drains", "drains"]],
    ));

  it("drains before its agent stops, and ends its termination hook then", () =>
    assert.deepEqual(looked(["InService", true, true, 1], ["Terminated", true, true, 2]).slice(3), [
      "says leaves the mesh: Terminated",
      "sleeps 30",
      "runs systemctl stop istio.service",
      "CompleteLifecycleAction terminate",
      "says has left the mesh",
      "sleeps 600",
      "drains",
    ]));

  it("says that it is to be replaced where its agent stays away", () => {
    const lines = looked(
      ["InService", true, true, 1],
      ["InService", false, true, 900],
      ["InService", false, true, 902],
    );
    assert.deepEqual(lines.slice(3), [
      "serves",
      "says the agent has not been ready for 900 seconds: the machine is to be replaced",
      "SetInstanceHealth Unhealthy",
      "serves",
    ]);
  });

  it("asks nothing of a group that it is not in", () =>
    assert.deepEqual(looked([null, true, false, 1]), ["says is in the mesh", "serves"]));
});

const DIGEST = "2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae"; // of "foo"

/** Installs on a machine that has these programs, from a mirror that has package "foo" and some text beside it. */
function installed(
  {
    programs,
    machine = "x86_64",
    beside = `${DIGEST}  istio-sidecar`,
  }: { programs: string[]; machine?: string; beside?: string },
  settings: object = {},
) {
  const facts = JSON.stringify(JSON.stringify({ programs, machine, beside }));
  return inProgram(
    `
facts = json.loads(${facts})
shutil.which = lambda name, path=None: name if name in facts["programs"] else None
platform.machine = lambda: facts["machine"]
os.remove = lambda file: note("removes", file)
os.path.exists = lambda file: False
def urlopen(url, timeout):
    note("fetches", url)
    return io.BytesIO(facts["beside"].encode() if url.endswith(".sha256") else b"foo")
open = lambda *a: io.BytesIO()
try:
    install()
except RuntimeError as error:
    note("fails:", error)
`,
    { location: "https://mirror/{kind}", ...settings },
  ).filter((line) => !line.startsWith("says"));
}

const STARTS = [
  "runs systemctl daemon-reload",
  "runs systemctl start --no-block istio.service istio-machine-guard.service istio-machine-token.timer istio-machine-lifecycle.service",
];

describe("how a machine gets Istio's agent", () => {
  it("is apt where packages are Debian's", () => {
    const apt = "runs apt-get -y -o DPkg::Lock::Timeout=300";
    assert.deepEqual(installed({ programs: ["dpkg", "apt-get"] }), [
      "fetches https://mirror/deb/istio-sidecar.deb",
      "fetches https://mirror/deb/istio-sidecar.deb.sha256",
      `${apt} update`,
      `${apt} -o Dpkg::Options::=--force-confold install /var/tmp/istio-sidecar.deb`,
      "removes /var/tmp/istio-sidecar.deb",
      ...STARTS,
    ]);
  });

  it("is dnf elsewhere, with arm64's own package", () =>
    assert.deepEqual(installed({ programs: ["dnf"], machine: "aarch64" }), [
      "fetches https://mirror/rpm/istio-sidecar-arm64.rpm",
      "fetches https://mirror/rpm/istio-sidecar-arm64.rpm.sha256",
      "runs dnf -y install /var/tmp/istio-sidecar-arm64.rpm",
      "removes /var/tmp/istio-sidecar-arm64.rpm",
      ...STARTS,
    ]));

  it("asks for no checksum that it has", () =>
    assert.deepEqual(
      installed({ programs: ["dnf"] }, { sha256: DIGEST.toUpperCase() }).slice(0, 2),
      [
        "fetches https://mirror/rpm/istio-sidecar.rpm",
        "runs dnf -y install /var/tmp/istio-sidecar.rpm",
      ],
    ));

  it("installs nothing whose checksum is another one", () =>
    assert.deepEqual(installed({ programs: ["dnf"], beside: "00  istio-sidecar" }).slice(2), [
      "fails: https://mirror/rpm/istio-sidecar.rpm is not what its checksum says: 00",
    ]));

  it("is none where the image has it", () =>
    assert.deepEqual(installed({ programs: ["pilot-agent"] }), STARTS));
});

describe("what a machine says of a refusal", () => {
  const said = (code: number, text: string) =>
    inProgram(`note(refusal(${code}, ${JSON.stringify(text)}))`);

  it("is what the API server says, without the rest of its answer", () => {
    const message = 'serviceaccounts "legacy" is forbidden: User "machine" cannot create it';
    const status = JSON.stringify({ kind: "Status", metadata: {}, message, code: 403 });
    assert.deepEqual(said(403, status), [`the API server answers 403: ${message}`]);
    assert.deepEqual(said(502, "Bad Gateway\n"), ["the API server answers 502: Bad Gateway"]);
  });

  it("names the access entry where nobody is known", () =>
    assert.deepEqual(said(401, '{"message": "Unauthorized"}'), [
      "the API server answers 401: Unauthorized; has this machine's role an access entry in EKS?",
    ]));
});
