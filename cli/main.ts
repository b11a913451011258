#!/usr/bin/env node
/** What one runs beside `pulumi`. */
import { run } from "./command";

// A program that waits for what never comes leaves Node with nothing to do and an exit code of 0; this one says so.
process.exitCode = 1;
void run(process.argv.slice(2), process).then((code) => {
  process.exitCode = code;
});
