import { StreamError } from "@ss/core";
import { type Flags, parseFlags, usage } from "./flags.js";
import { run } from "./run.js";

function flagsOrExit(): Flags {
  try {
    return parseFlags(process.argv.slice(2));
  } catch (error) {
    process.stderr.write(`${(error as Error).message}\n\n${usage}`);
    process.exit(2);
  }
}

const flags = flagsOrExit();
if (flags.help) {
  process.stdout.write(usage);
} else {
  try {
    await run(flags, process.stdout);
  } catch (error) {
    if (!StreamError.is(error)) throw error;
    process.stderr.write(`\nawaitTermination() threw\n${error.message}\n`);
    process.exitCode = 1;
  }
}
