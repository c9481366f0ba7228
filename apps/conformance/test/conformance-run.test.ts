import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { parseCommandLine } from "../src/command-line.js";
import { conformance } from "../src/conformance.js";
import { runHere } from "../src/run/job-runner.js";

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "conformance-"));
});

afterEach(() => {
  rmSync(folder, { recursive: true });
});

/** Writes a folder of golden files in the layout of the reference, with one file of three statements. */
function writeGoldens(answer: string): string {
  const goldens = join(folder, "sql-tests");
  mkdirSync(join(goldens, "inputs"), { recursive: true });
  mkdirSync(join(goldens, "results"), { recursive: true });
  const statement = (sql: string, schema: string, output: string): string =>
    `-- !query\n${sql}\n-- !query schema\n${schema}\n-- !query output\n${output}\n\n\n`;
  writeFileSync(join(goldens, "index.json"), JSON.stringify([{ file: "small", tier: "essential" }]));
  writeFileSync(join(goldens, "inputs", "small.sql"), "--SET spark.sql.ansi.enabled = true\nSELECT 1;");
  writeFileSync(
    join(goldens, "results", "small.sql.out"),
    statement(
      "CREATE TEMPORARY VIEW v AS SELECT * FROM VALUES (1, 'a'), (2, NULL) AS v(n, s)",
      "struct<>",
      "",
    ) +
      statement("SELECT n + 1, s FROM v", "struct<(n + 1):int,s:string>", answer) +
      statement("SELECT * FROM onek", "struct<unique1:int>", "1"),
  );
  return goldens;
}

/** Writes a file with one scenario that the release promises. */
function writeScenario(counted: number): string {
  const file = join(folder, "scenarios.json");
  const scenario = {
    id: "AG-01",
    area: "aggregation",
    title: "counts by value",
    mode: "update",
    conf: {},
    inputs: { in: "value INT" },
    pipeline: [
      ["from", "in"],
      ["groupBy", ["value"], ["count(*) AS count"]],
    ],
    steps: [
      ["add", { in: [3] }],
      ["new", [[3, 1]]],
      ["add", { in: [3, 2] }],
      [
        "new",
        [
          [3, counted],
          [2, 1],
        ],
      ],
      ["state", { total: [2], updated: [3] }],
    ],
    runnable: true,
    restartable: true,
  };
  writeFileSync(
    file,
    JSON.stringify({ scenarios: [scenario, { ...scenario, id: "XX-01", runnable: false }] }),
  );
  return file;
}

interface Run {
  readonly code: number;
  readonly lines: readonly string[];
}

async function runWith(args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Run> {
  const lines: string[] = [];
  const options = parseCommandLine(args, env, join(folder, "baseline.json"));
  const code = await conformance(options, runHere, (text) => lines.push(...text.split("\n")));
  return { code, lines };
}

test("a right golden answer passes, and recording it makes it the baseline", async () => {
  const sqlTests = writeGoldens("2\ta\n3\tNULL");
  const { code, lines } = await runWith(["--sql-tests", sqlTests, "--update-baseline"]);
  expect(lines.at(-1)).toBe("1 passed, 0 failed, 1 skipped");
  expect(lines).toContain("Essential statements: 1 of 2 passed, 50.0 % (100.0 % of those that ran).");
  expect(code).toBe(0);
  expect(JSON.parse(readFileSync(join(folder, "baseline.json"), "utf8"))).toEqual({ small: 1 });
});

test("an altered golden answer fails, and below the baseline the run fails too", async () => {
  writeFileSync(join(folder, "baseline.json"), JSON.stringify({ small: 1, other: 7 }));
  const sqlTests = writeGoldens("2\ta\n4\tNULL");
  const { code, lines } = await runWith(["--sql-tests", sqlTests, "--verbose"]);
  expect(lines).toContain("small #2 failed");
  expect(lines).toContain("small #3 skipped");
  expect(lines).toContain("small fell below its baseline: 0 statements pass, 1 did.");
  expect(lines.at(-1)).toBe("0 passed, 1 failed, 1 skipped");
  expect(code).toBe(1);
});

test("failures that the baseline does not ask about leave the exit code alone", async () => {
  const { code, lines } = await runWith(["--sql-tests", writeGoldens("wrong")]);
  expect(lines.at(-1)).toBe("0 passed, 1 failed, 1 skipped");
  expect(code).toBe(0);
});

test("a right scenario passes straight and with a restart after every step", async () => {
  const json = join(folder, "out.json");
  const { code, lines } = await runWith(["--scenarios", writeScenario(2), "--json", json]);
  expect(lines.at(-1)).toBe("2 passed, 0 failed, 2 skipped");
  expect(code).toBe(0);
  expect(JSON.parse(readFileSync(json, "utf8"))).toEqual({
    goldens: [],
    scenarios: [
      { id: "AG-01", area: "aggregation", straight: "passed", restarted: "passed" },
      { id: "XX-01", area: "aggregation", straight: "skipped", restarted: "skipped" },
    ],
  });
});

test("an altered answer of a promised scenario fails the run", async () => {
  const { code, lines } = await runWith(["--scenarios", writeScenario(4)]);
  expect(lines.at(-1)).toBe("0 passed, 2 failed, 2 skipped");
  expect(lines.some((line) => line.startsWith("The promised scenario AG-01 fails: straight: step 4"))).toBe(
    true,
  );
  expect(code).toBe(1);
});

test("what is not there is skipped, unless it is required", async () => {
  const absent = await runWith(["--sql-tests", join(folder, "nowhere")]);
  expect(absent.code).toBe(0);
  expect(absent.lines).toEqual([
    `The golden files are skipped: ${join(folder, "nowhere")} does not exist.`,
    "The scenarios are skipped: no place was given.",
    "0 passed, 0 failed, 0 skipped",
  ]);
  const required = await runWith([], { REQUIRE_CONFORMANCE: "1", SS_SPARK_REFERENCE: folder });
  expect(required.code).toBe(1);
  expect(required.lines.filter((line) => line.includes("are required"))).toHaveLength(2);
});

test("the environment names a folder with both parts, flags go before it", async () => {
  writeGoldens("2\ta\n3\tNULL");
  writeScenario(2);
  const both = await runWith([], { SS_SPARK_REFERENCE: folder });
  expect(both.lines.at(-1)).toBe("3 passed, 0 failed, 3 skipped");
  const filtered = await runWith(["--filter", "small"], { SS_SPARK_REFERENCE: folder });
  expect(filtered.lines.at(-1)).toBe("1 passed, 0 failed, 1 skipped");
});
