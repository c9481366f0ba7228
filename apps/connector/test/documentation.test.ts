import { readFileSync } from "node:fs";
import { expect, test } from "vitest";

const page = readFileSync(new URL("../../../docs/writing-a-connector.md", import.meta.url), "utf8");

test.each([
  "src/tail-source.ts",
  "src/shards-source.ts",
  "src/json-lines-sink.ts",
  "src/plugin.ts",
  "src/byte-length.ts",
  "test/conformance.test.ts",
])("the guide shows %s as it is", (file) => {
  const text = readFileSync(new URL(`../${file}`, import.meta.url), "utf8");
  expect(page).toContain(`\`\`\`ts\n${text}\`\`\``);
});
