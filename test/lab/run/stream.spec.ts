import assert from "node:assert/strict";
import { sleep } from "../machine/processes";
import { lossesOf, repeatsOf, Stream } from "./stream";

describe("a stream of requests", () => {
  it("sends a hundred a second and tells how many were lost, and why first", async () => {
    const started = Date.now();
    let asked = 0;
    const stream = new Stream("east to west", async () =>
      ++asked % 10 === 0 ? "refused" : undefined,
    );
    await sleep(500);
    await stream.stop();
    const most = Math.ceil((Date.now() - started) / 10);
    assert.ok(stream.sent >= 20 && stream.sent <= most, `${stream.sent} sent, ${most} at most`);
    const lost = Math.floor(stream.sent / 10);
    assert.deepEqual(lossesOf([stream]), [
      `east to west: ${lost} of ${stream.sent}, first: refused`,
    ]);
  });

  it("counts a request that throws as lost", async () => {
    const stream = new Stream("one", () => Promise.reject(new Error("no answer")));
    await sleep(50);
    await stream.stop();
    assert.match(lossesOf([stream])[0], /^one: \d+ of \d+, first: no answer$/);
  });

  it("lost nothing only if it sent something", () => {
    const idle = { name: "idle", sent: 0, failures: [] } as unknown as Stream;
    assert.deepEqual(lossesOf([idle]), ["idle: no request was sent"]);
  });

  it("asks once more where a kept connection was closed under the request, and tells how often", async () => {
    const closed = "upstream connect error. reset reason: connection termination";
    let asked = 0;
    const stream = new Stream("one", async () => (++asked === 2 ? closed : undefined));
    await sleep(50);
    await stream.stop();
    assert.equal(asked, stream.sent + 1);
    assert.deepEqual(stream.failures, []);
    assert.deepEqual(repeatsOf([stream]), [`one: 1 of ${stream.sent} asked again`]);
  });

  it("lost what is closed twice", async () => {
    const closed = "reset reason: connection termination";
    const stream = new Stream("one", async () => closed);
    await sleep(50);
    await stream.stop();
    assert.deepEqual(lossesOf([stream]), [
      `one: ${stream.sent} of ${stream.sent}, first: ${closed}`,
    ]);
  });

  it("takes more than one in a thousand that had to be asked again for lost", () => {
    const one = (sent: number, repeated: number) =>
      lossesOf([{ name: "one", sent, repeated, failures: [] } as unknown as Stream]);
    assert.deepEqual(one(2000, 2), []);
    assert.deepEqual(one(2000, 3), ["one: 3 of 2000 asked again"]);
    assert.deepEqual(one(999, 1), ["one: 1 of 999 asked again"]);
  });

  it("waits for what is under way when it is stopped", async () => {
    let open = 0;
    const stream = new Stream("slow", async () => {
      open++;
      await sleep(100);
      open--;
      return undefined;
    });
    await sleep(50);
    await stream.stop();
    assert.equal(open, 0);
  });
});
