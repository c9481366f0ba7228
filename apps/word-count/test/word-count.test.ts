import { afterEach, beforeEach, expect, test } from "vitest";
import type { Form } from "../src/flags.js";
import { countOwnLines, newSession } from "../src/run.js";

let text: string;
let spark: Awaited<ReturnType<typeof newSession>>;

beforeEach(async () => {
  text = "";
  spark = await newSession({
    write(piece, done) {
      text += piece;
      done();
    },
  });
});
afterEach(() => spark.stop());

/** The rows of the last table that the console showed, cells trimmed. */
async function lastTable(form: Form): Promise<string[][]> {
  await countOwnLines(spark, form);
  const table = text.split(/^Batch: \d+$/m).at(-1)!;
  const rows = [...table.matchAll(/^\|(.*)\|$/gm)].slice(1);
  return rows.map((row) => row[1]!.split("|").map((cell) => cell.trim()));
}

test("without explode equal lines are counted, since split makes an array", async () => {
  const rows = await lastTable("arrays");
  expect(rows.sort()).toEqual(
    [
      ["[the, owl, and, the, cat]", "2"],
      ["[went, to, sea]", "1"],
      ["[in, a, beautiful, boat]", "1"],
      ["[the, owl, looked, up]", "1"],
      ["[to, the, stars, above]", "1"],
    ].sort(),
  );
});

test("with explode words are counted, most frequent first", async () => {
  const rows = await lastTable("words");
  expect(rows.slice(0, 5)).toEqual([
    ["the", "6"],
    ["owl", "3"],
    ["and", "2"],
    ["cat", "2"],
    ["to", "2"],
  ]);
  expect(rows).toHaveLength(15);
});

test("hashtags are counted in windows of five minutes, also in one that came late", async () => {
  const rows = await lastTable("hashtags");
  expect(rows).toEqual([
    ["{2024-05-01 12:00:00, 2024-05-01 12:05:00}", "#coffee", "3"],
    ["{2024-05-01 12:00:00, 2024-05-01 12:05:00}", "#sunrise", "2"],
    ["{2024-05-01 12:05:00, 2024-05-01 12:10:00}", "#work", "2"],
    ["{2024-05-01 12:05:00, 2024-05-01 12:10:00}", "#train", "1"],
  ]);
});
