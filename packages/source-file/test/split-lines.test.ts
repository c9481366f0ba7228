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

  test.each(["\n", "\r\n", "##", "aab"])(
    "with %j behind each, wherever a piece of the search ends",
    async (end) => {
      const pieceEnd = 20_000 + (1 << 16);
      for (let length = pieceEnd - 8; length < pieceEnd + 4; length++) {
        const harness = new Harness();
        harness.conf = { ...SMALL, "spark.sql.files.maxPartitionBytes": "20000" };
        const lines = ["-", "B".repeat(length), "x", "y".repeat(250), "z"];
        await harness.put("/in/a.txt", lines.map((line) => line + end).join(""));
        const options = end.startsWith("\r") || end === "\n" ? {} : { lineSep: end };
        const rows = await harness.rows("text", "/in", undefined, options);
        const isSame = rows.length === lines.length && rows.every(([line], k) => line === lines[k]);
        expect(isSame, String(length)).toBe(true);
      }
    },
  );

  test("by as many bytes as the file has, a few times, though it reaches over all splits", async () => {
    const harness = new Harness();
    harness.conf = { ...SMALL, "spark.sql.files.maxPartitionBytes": "10000" };
    const size = 2_000_000;
    await harness.put("/in/a.txt", `a\n${"B".repeat(size)}\nx\n`);
    let bytesRead = 0;
    const open = harness.files.open.bind(harness.files);
    harness.files.open = async (path) => {
      const reader = await open(path);
      const read = reader.read.bind(reader);
      reader.read = async (...args) => {
        const count = await read(...args);
        bytesRead += count;
        return count;
      };
      return reader;
    };
    expect((await harness.rows("text", "/in")).length).toBe(3);
    expect(bytesRead).toBeLessThan(20 * size);
  });
});
