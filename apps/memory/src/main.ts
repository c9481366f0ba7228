import { parseFlags, usage } from "./flags.js";
import { twoBatches } from "./two-batches.js";

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
  const rows = await twoBatches(process.stdout);
  console.log(`${rows.length} batches of ${rows.join(" and ")} rows: each number was processed once.`);
}
