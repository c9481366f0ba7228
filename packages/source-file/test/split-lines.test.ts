import { describe, expect, test } from "vitest";
import { Harness } from "./harness.js";

/** Splits of about a hundred bytes. */
const SMALL = { "spark.sql.files.maxPartitionBytes": "100", "spark.sql.files.openCostInBytes": "1" };

describe("a line that is longer than a split is read once", () => {
  const long = "B".repeat(1000);

  test.each([
    ["first", [long, "x", "y"]],
    ["in the middle", ["a", long, "x"]],
    ["last", ["a", "b", long]],
    ["everywhere", [long, long, "x", long]],
  ])("%s", async (_, lines) => {
    const harness = new Harness();
    harness.conf = SMALL;
    await harness.put("/in/a.txt", `${lines.join("\n")}\n`);
    expect(await harness.rows("text", "/in")).toEqual(lines.map((line) => [line]));
  });

  test("wherever its end lies", async () => {
    for (let length = 80; length < 330; length++) {
      const harness = new Harness();
      harness.conf = SMALL;
      const lines = ["a", "B".repeat(length), "x", "y".repeat(30), "z"];
      await harness.put("/in/a.txt", `${lines.join("\n")}\n`);
      expect(await harness.rows("text", "/in"), String(length)).toEqual(lines.map((line) => [line]));
    }
  });
});
