#!/usr/bin/env node
/** What one runs beside `pulumi`. */
import "./compileCache";
import { run } from "./command";

// A program that waits for what never comes leaves Node with nothing to do and an exit code of 0; this one says so.
process.exitCode = 1;
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  // The reader of a pipe, such as head, has seen enough.
  if (error.code !== "EPIPE") throw error;
});
void run(process.argv.slice(2), process).then((code) => {
  process.exitCode = code;
});
