/**
 * Imported before all else: Node keeps what it compiles from then on (https://nodejs.org/api/module.html#module-compile-cache).
 *
 * It keeps it beside this file, not where it would, in a folder for temporary files that other users may have made first:
 * compiled code is run unseen. Where nobody may write, or Node is older than 22.1, nothing is kept.
 */
import * as nodeModule from "node:module";
import { join } from "node:path";

nodeModule.enableCompileCache?.(join(__dirname, ".cache"));
