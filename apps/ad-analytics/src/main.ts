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
if (flags.help) process.stdout.write(usage);
else {
  try {
    const isRight = await run(flags, (line) => process.stdout.write(`${line}\n`));
    process.exitCode = isRight ? 0 : 1;
  } catch (error) {
    process.stderr.write(`${(error as Error).message}\n`);
    process.exitCode = 1;
  }
}
