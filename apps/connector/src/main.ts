import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { run } from "./run.js";

const appFolder = join(dirname(fileURLToPath(import.meta.url)), "..");

for (const [name, text] of Object.entries(await run(join(appFolder, "data")))) {
  process.stdout.write(`${name}\n${text.replaceAll(/^(?=.)/gm, "  ")}`);
}
