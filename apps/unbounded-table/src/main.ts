import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { run } from "./run.js";

const usage = `Usage: node apps/unbounded-table/dist/main.js [--data DIR]

  --data DIR  where files, checkpoint and result lie (default apps/unbounded-table/data); emptied at the start
`;
const appFolder = join(dirname(fileURLToPath(import.meta.url)), "..");

function dataFolderOrExit(): string {
  try {
    const { values } = parseArgs({
      options: { data: { type: "string", default: join(appFolder, "data") } },
    });
    return resolve(values.data);
  } catch (error) {
    process.stderr.write(`${(error as Error).message}\n\n${usage}`);
    process.exit(2);
  }
}

await run(dataFolderOrExit(), (text) => void process.stdout.write(text));
