import assert from "node:assert/strict";
import { failureText } from "../../../cli/verify/failures";
import { TimeoutError } from "../../../cli/verify/access";

describe("what went wrong with a cluster", () => {
  const said: [what: string, error: object, text: string][] = [
    ["who is not known", { code: 401 }, "it does not know who you are (401)"],
    [
      "a right that is missing, as text",
      { code: 403, body: '{"message":"pods is forbidden"}' },
      "it does not allow it (403): pods is forbidden",
    ],
    [
      "a right that is missing, as an object",
      { code: 403, body: { message: "pods is forbidden" } },
      "it does not allow it (403): pods is forbidden",
    ],
    ["another answer", { code: 500, body: "down\nfor a while" }, "it answers 500: down"],
    ["one without a reason", { code: 500 }, "it answers 500: no reason given"],
    ["a call that was given up", { name: "AbortError", type: "aborted" }, "no answer within 15 s"],
    ["a call that took too long", new TimeoutError(30), "no answer within 30 s"],
    ["no server", { code: "ECONNREFUSED" }, "nothing listens at its address (ECONNREFUSED)"],
    ["no name", { type: "system", code: "ENOTFOUND" }, "its name leads to no address (ENOTFOUND)"],
    ["silence", { code: "ETIMEDOUT" }, "nothing answers at its address (ETIMEDOUT)"],
    [
      "a wrong certificate",
      { code: "CERT_HAS_EXPIRED" },
      "the connection failed (CERT_HAS_EXPIRED)",
    ],
    [
      "a failure within another",
      { message: "fetch failed", cause: { code: "EHOSTUNREACH" } },
      "no way leads to its address (EHOSTUNREACH)",
    ],
    ["whatever else", new Error("exec: aws: not found\nmore"), "exec: aws: not found"],
  ];
  for (const [what, error, text] of said)
    it(`is one line for ${what}`, () => assert.equal(failureText(error), text));
});
