import { expect, test } from "vitest";
import { twoBatches } from "../src/two-batches.js";

test("each number goes through one batch", async () => {
  let printed = "";
  const rows = await twoBatches({
    write(text, done) {
      printed += text;
      done();
    },
  });
  expect(rows).toEqual([3, 3]);
  const cells = [...printed.matchAll(/^\| +(\d+)\| +(\d+)\|$/gm)].map((match) => [+match[1]!, +match[2]!]);
  expect(cells).toEqual([1, 2, 3, 4, 5, 6].map((value) => [value, value * value]));
  expect(printed.match(/^Batch: \d+$/gm)).toEqual(["Batch: 0", "Batch: 1"]);
});
