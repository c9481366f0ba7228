import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { run } from "./run.js";

const appFolder = join(dirname(fileURLToPath(import.meta.url)), "..");
const { values } = parseArgs({ options: { data: { type: "string", default: join(appFolder, "data") } } });

await run(resolve(values.data), (text) => void process.stdout.write(text));
