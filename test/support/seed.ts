/**
 * The one seed of every property test, which mocha loads before them (`mocha` in package.json): what they draw changes only
 * by a commit. A failure prints it with the path of its counterexample.
 */
import fc from "fast-check";

fc.configureGlobal({ ...fc.readConfigureGlobal(), seed: 1 });
