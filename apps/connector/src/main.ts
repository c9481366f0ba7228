import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseFlags, usage } from "./flags.js";
import { run } from "./run.js";

const appFolder = join(dirname(fileURLToPath(import.meta.url)), "..");

function wantsHelpOrExit(): boolean {
  try {
    return parseFlags(process.argv.slice(2)).help;
  } catch (error) {
    process.stderr.write(`${(error as Error).message}\n\n${usage}`);
    process.exit(2);
  }
}

if (wantsHelpOrExit()) {
  process.stdout.write(usage);
} else {
  for (const [name, text] of Object.entries(await run(join(appFolder, "data")))) {
    process.stdout.write(`${name}\n${text.replaceAll(/^(?=.)/gm, "  ")}`);
  }
}
