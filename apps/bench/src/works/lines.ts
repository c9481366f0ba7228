import { createReadStream, readdirSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";

/** The lines of all files of a folder. */
export async function* linesOf(folder: string): AsyncGenerator<string> {
  for (const name of readdirSync(folder).sort()) {
    if (name.startsWith(".")) continue;
    yield* createInterface({
      input: createReadStream(join(folder, name)),
      crlfDelay: Number.POSITIVE_INFINITY,
    });
  }
}
