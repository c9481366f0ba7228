import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";

const FOLDER = join(import.meta.dirname, "..");
const IMPORT = /^import \{([^}]*)\} from "kafkajs";$/gm;

/** The values, not the types, that sources import from kafkajs by name. */
function importedNames(): Set<string> {
  const paths = readdirSync(join(FOLDER, "src"), { recursive: true }).map(String);
  const sources = paths
    .filter((path) => path.endsWith(".ts"))
    .map((path) => readFileSync(join(FOLDER, "src", path), "utf8"));
  const lists = sources.flatMap((text) => [...text.matchAll(IMPORT)].map((found) => found[1]!));
  const names = lists.flatMap((list) => list.split(",")).map((name) => name.trim());
  return new Set(names.filter((name) => name !== "" && !name.startsWith("type ")));
}

test("what is imported from kafkajs by name is there for Node, which does not see all that a CommonJS module exports", () => {
  const script = 'import("kafkajs").then((all) => console.log(JSON.stringify(Object.keys(all))))';
  const seen = execFileSync(process.execPath, ["--input-type=module", "-e", script], {
    cwd: FOLDER,
    encoding: "utf8",
  });
  const names = importedNames();
  expect(names).toContain("Kafka");
  expect(JSON.parse(seen)).toEqual(expect.arrayContaining([...names]));
});
