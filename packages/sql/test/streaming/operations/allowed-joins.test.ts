import type { OutputMode } from "@ss/core";
import { afterEach, beforeEach, expect, test } from "vitest";
import { type DataFrame, expr } from "../../../src/index.js";
import { Inputs } from "./inputs.js";

let inputs: Inputs;
beforeEach(async () => {
  inputs = await Inputs.create("allowed");
});
afterEach(() => inputs.spark.stop());

const joined = (left: DataFrame, right: DataFrame, type: string, condition: string): DataFrame =>
  left.as("a").join(right.as("b"), expr(condition), type);
const RANGE = "a.k = b.k AND b.t > a.t AND b.t < a.t + INTERVAL 5 SECONDS";
const LATER = "a.k = b.k AND b.t > a.t - INTERVAL 5 SECONDS";
const EARLIER = "a.k = b.k AND b.t < a.t + INTERVAL 5 SECONDS";
const EQUAL = "a.k = b.k AND a.t = b.t";

/** Joins whose state has an end by the watermarks, as far as outer and semi joins ask for one. */
const JOINS: readonly (readonly [sense: string, mode: OutputMode, query: (i: Inputs) => DataFrame])[] = [
  [
    "an inner join of streams without watermarks",
    "append",
    (i) => joined(i.stream, i.other, "inner", "a.k = b.k"),
  ],
  ["an inner join of streams", "update", (i) => joined(i.marked, i.otherMarked, "inner", EQUAL)],
  ["a left semi join of streams", "update", (i) => joined(i.marked, i.otherMarked, "left_semi", EQUAL)],
  ["a left join by equal event times", "append", (i) => joined(i.marked, i.otherMarked, "left", EQUAL)],
  [
    "a left join by equal times, the left of which has a watermark",
    "append",
    (i) => joined(i.marked, i.other, "left", EQUAL),
  ],
  [
    "a left join by equal times, the right of which has a watermark",
    "append",
    (i) => joined(i.stream, i.otherMarked, "left", EQUAL),
  ],
  ["a right join by equal event times", "append", (i) => joined(i.marked, i.otherMarked, "right", EQUAL)],
  [
    "a full join by equal times, one of which has a watermark",
    "append",
    (i) => joined(i.marked, i.other, "full", EQUAL),
  ],
  [
    "a left join in a range of the right event time",
    "append",
    (i) => joined(i.stream, i.otherMarked, "left", RANGE),
  ],
  ["a full join in a range of one event time", "append", (i) => joined(i.marked, i.other, "full", RANGE)],
  ["a left join whose right rows end", "append", (i) => joined(i.marked, i.otherMarked, "left", EARLIER)],
  [
    "a left semi join whose right rows end",
    "append",
    (i) => joined(i.marked, i.otherMarked, "left_semi", EARLIER),
  ],
  ["a right join whose left rows end", "append", (i) => joined(i.marked, i.otherMarked, "right", LATER)],
  ["a full join one side of which ends", "append", (i) => joined(i.marked, i.otherMarked, "full", LATER)],
  ...["inner", "left", "left_semi", "left_anti"].map(
    (type) =>
      [
        `a ${type} join of a stream with a table`,
        "append",
        (i: Inputs) => i.stream.join(i.table, "k", type),
      ] as const,
  ),
  ...["inner", "right"].map(
    (type) =>
      [
        `a ${type} join of a table with a stream`,
        "append",
        (i: Inputs) => i.table.join(i.stream, "k", type),
      ] as const,
  ),
  ["a limit of the table beside a stream", "update", (i) => i.stream.join(i.table.limit(1), "k")],
];

test.each(JOINS)("%s is allowed in %s mode", async (_, mode, query) => {
  const started = await query(inputs).writeStream.format("noop").outputMode(mode).start();
  inputs.add(["a", 1, 1]);
  await started.processAllAvailable();
  await started.stop();
  expect(started.exception).toBeNull();
});
