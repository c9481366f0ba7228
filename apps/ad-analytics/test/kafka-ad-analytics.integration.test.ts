import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { INSTALL_MS, missingForKafka, missingForPostgres } from "@ss/app-servers";
import { describe, expect, test } from "vitest";
import { parseFlags } from "../src/flags.js";
import { run } from "../src/run.js";

const missing = missingForKafka() ?? missingForPostgres();
const SIZES = ["--events", "120000", "--kills", "2", "--rate", "2000", "--seconds", "3"];
const OUTPUTS: readonly [string, readonly string[]][] = [
  ["PostgreSQL", []],
  ["Kafka, by transactions", ["--to", "kafka", "--delivery", "exactlyOnce"]],
];

describe.skipIf(missing !== undefined)(missing === undefined ? "ad analytics" : `skipped: ${missing}`, () => {
  test.each(OUTPUTS)(
    "every view is counted once in %s, though the stream is killed on its way",
    async (_, output) => {
      const data = mkdtempSync(join(tmpdir(), "ad-analytics-"));
      try {
        const lines: string[] = [];
        const flags = parseFlags(["--data", data, ...SIZES, ...output]);
        const isRight = await run(flags, (line) => lines.push(line));
        expect(isRight, lines.join("\n")).toBe(true);
        expect(lines.filter((line) => line.includes("was killed"))).toHaveLength(2);
        expect(lines.at(-1)).toBe("Every view is counted exactly once.");
      } finally {
        rmSync(data, { recursive: true, force: true });
      }
    },
    INSTALL_MS + 300_000,
  );
});
