import { runDemo } from "./demo.js";
import { type Flags, parseFlags, usage } from "./flags.js";
import { Story } from "./story.js";

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
  const same = await runDemo(flags, new Story(process.stdout), () => process.kill(process.pid, "SIGKILL"));
  process.exitCode = same ? 0 : 1;
}
