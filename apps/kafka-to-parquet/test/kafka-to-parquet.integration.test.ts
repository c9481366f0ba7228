import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { INSTALL_MS, missingForKafka } from "@ss/app-servers";
import { describe, expect, test } from "vitest";
import { parseFlags } from "../src/flags.js";
import { run } from "../src/run.js";

const missing = missingForKafka();

describe.skipIf(missing !== undefined)(
  missing === undefined ? "Kafka to Parquet" : `skipped: ${missing}`,
  () => {
    test(
      "every event stands in the files once, though the stream is killed on its way",
      async () => {
        const data = mkdtempSync(join(tmpdir(), "kafka-to-parquet-"));
        try {
          const lines: string[] = [];
          const flags = parseFlags(["--data", data, "--events", "110000", "--kills", "2"]);
          expect(await run(flags, (line) => lines.push(line))).toBe(true);
          expect(lines.filter((line) => line.includes("was killed"))).toHaveLength(2);
          expect(lines.at(-1)).toBe("Every event stands there exactly once.");
        } finally {
          rmSync(data, { recursive: true, force: true });
        }
      },
      INSTALL_MS + 300_000,
    );
  },
);
