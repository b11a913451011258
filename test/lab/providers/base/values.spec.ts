import assert from "node:assert";
import { spawnSync } from "node:child_process";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { changesBetween, isWithin } from "./diff";
import { Store } from "./store";
import { compact, hasUnknown, openSecrets, sealSecrets, UNKNOWN } from "./values";

const SIGNATURE = "4dabf18193072939515e22adb298388d";
const secret = (value: unknown) => ({ [SIGNATURE]: "1b47061264138c4ac30d75fd1eb44270", value });

describe("values between engine and stand-ins", () => {
  it("opens secrets and seals them where they were", () => {
    const sealed = { a: secret("x"), list: [{ b: secret({ c: 1 }) }], plain: 1 };
    const { plain, secrets } = openSecrets(sealed);
    assert.deepStrictEqual(plain, { a: "x", list: [{ b: { c: 1 } }], plain: 1 });
    assert.deepStrictEqual(sealSecrets(plain, secrets), sealed);
  });

  it("seals one envelope where a path lies inside another", () => {
    const paths = [["data"], ["data", "key"]];
    assert.deepStrictEqual(sealSecrets({ data: { key: 1 } }, paths), { data: secret({ key: 1 }) });
  });

  it("leaves an unknown unsealed", () => {
    assert.deepStrictEqual(sealSecrets({ a: UNKNOWN }, [["a"]]), { a: UNKNOWN });
    assert.ok(hasUnknown({ list: [{ a: UNKNOWN }] }));
  });

  it("takes null for absent, at any depth", () => {
    assert.deepStrictEqual(compact({ a: null, b: [{ c: undefined, d: 0 }] }), { b: [{ d: 0 }] });
  });

  it("names changed leaves the way Pulumi does", () => {
    const before = { spec: { ports: [{ port: 80 }], gone: 1 }, labels: { "a/b": "x" } };
    const after = { spec: { ports: [{ port: 81 }, { port: 82 }] }, labels: { "a/b": "y" } };
    assert.deepStrictEqual(changesBetween(before, after), {
      "spec.ports[0].port": "update",
      "spec.ports[1]": "add",
      "spec.gone": "delete",
      'labels["a/b"]': "update",
    });
  });

  it("knows a path inside a property from one that only starts alike", () => {
    assert.ok(isWithin("spec.selector.matchLabels", "spec.selector"));
    assert.ok(isWithin("subnetIds[0]", "subnetIds"));
    assert.ok(!isWithin("nameServers", "name"));
  });
});

describe("store of the stand-ins", () => {
  const root = fs.mkdtempSync(path.join(os.tmpdir(), "lab-store-"));
  after(() => fs.rmSync(root, { recursive: true, force: true }));
  const resource = (id: string) => ({
    ...{ type: "eks.AccessEntry", id, account: "1", region: "r", inputs: {}, outputs: { id } },
  });

  it("keeps ids that are no file names, and sees what another process wrote", () => {
    const [one, other] = [new Store(root, "aws"), new Store(root, "aws")];
    const id = "east:arn:aws:iam::1:role/x";
    one.put(resource(id));
    assert.deepStrictEqual(other.get("eks.AccessEntry", id), resource(id));
    other.put({ ...resource(id), outputs: { changed: true } });
    assert.deepStrictEqual(one.get("eks.AccessEntry", id)?.outputs, { changed: true });
    one.remove("eks.AccessEntry", id);
    assert.deepStrictEqual(other.all(), []);
  });

  it("takes over the lock of a process that was killed", () => {
    const { pid } = spawnSync(process.execPath, ["-e", ""]);
    fs.mkdirSync(path.join(root, "locks"), { recursive: true });
    fs.writeFileSync(path.join(root, "locks", "aws"), String(pid));
    assert.strictEqual(
      new Store(root, "aws").alone(() => 1),
      1,
    );
  });

  it("gives back its lock when a check refuses", () => {
    const store = new Store(root, "aws");
    const refuse = () =>
      store.alone(() => {
        throw new Error("refused");
      });
    assert.throws(refuse, /refused/);
    assert.strictEqual(
      store.alone(() => 1),
      1,
    );
  });
});
