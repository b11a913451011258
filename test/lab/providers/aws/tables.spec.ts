import assert from "node:assert";
import * as fs from "node:fs";
import * as path from "node:path";
import { TABLE } from "./tables";

const SDK = path.dirname(require.resolve("@pulumi/aws/package.json"));

/** The SDK's own file of a type: what it declares is what Pulumi's AWS provider has. */
function sourceOf(type: string): string {
  const [module, name] = type.split(".");
  const file = path.join(SDK, module, `${name.charAt(0).toLowerCase()}${name.slice(1)}.js`);
  assert.ok(fs.existsSync(file), `${type} is no type of the SDK`);
  return fs.readFileSync(file, "utf8");
}

describe("aws stand-in: tables", () => {
  for (const [type, row] of Object.entries(TABLE)) {
    it(`${type} is a type of the SDK and names only its properties`, () => {
      const source = sourceOf(type);
      const has = (field: string) => source.includes(`resourceInputs["${field}"]`);
      const named = [
        ...(row.required ?? []),
        ...(row.exactlyOne ?? []).flat(),
        ...(row.replace ?? []),
        ...(row.computed ?? []),
        ...Object.keys(row.computedIn ?? {}),
        ...Object.keys(row.defaults ?? {}),
        ...Object.keys(row.references ?? {}),
        ...(row.name ? [row.name.field] : []),
      ].map((field) => field.split(".")[0]);
      assert.deepStrictEqual(
        named.filter((field) => !has(field)),
        [],
      );
    });

    it(`${type} asks for what the SDK requires`, () => {
      const required = [...sourceOf(type).matchAll(/Missing required property '(\w+)'/g)];
      const asked = [...(row.required ?? []), ...(row.exactlyOne ?? []).flat(), row.name?.field];
      assert.deepStrictEqual(
        required.map(([, field]) => field).filter((field) => !asked.includes(field)),
        [],
      );
    });
  }
});
