/**
 * Makes every component of the package on Pulumi's ordinary mocks, as the documentation of Pulumi writes them
 * (https://www.pulumi.com/docs/iac/guides/testing/unit/), and prints what failed. A process of its own: mocks are process-wide.
 */
import * as pulumi from "@pulumi/pulumi";
import { alone, otherForms } from "./alone";

const failures: string[] = [];
let current = "";
process.on("unhandledRejection", (error) => failures.push(`${current}: ${String(error)}`));

async function main(): Promise<void> {
  let registered = 0;
  for (const [name, make] of Object.entries({ ...alone, ...otherForms })) {
    current = name;
    await pulumi.runtime.setMocks({
      newResource: ({ name: resource, inputs }) => {
        registered++;
        return { id: `${resource}-id`, state: inputs };
      },
      call: ({ inputs }) => inputs,
    });
    make("x");
    await pulumi.runtime.disconnect();
  }
  process.stdout.write(JSON.stringify({ registered, failures }));
}

void main();
