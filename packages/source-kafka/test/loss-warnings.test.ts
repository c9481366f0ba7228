import { expect, test } from "vitest";
import { dataLoss } from "../src/errors.js";
import { LossWarnings } from "../src/stream/loss-warnings.js";

const changed = (topicPartition: string, offset: number) =>
  dataLoss("PARTITION_OFFSET_CHANGED", `${topicPartition} is at ${offset}.`, { topicPartition });

test("a loss is warned of once, however often it is met, and the next one of the partition again", () => {
  const told: string[] = [];
  const warnings = new LossWarnings((message) => told.push(message));
  for (const offset of [1, 1, 1, 2, 2, 1]) warnings.tell(changed("t-0", offset));
  expect(told.map((message) => message.split(" Some ")[0])).toEqual([
    expect.stringContaining("t-0 is at 1."),
    expect.stringContaining("t-0 is at 2."),
    expect.stringContaining("t-0 is at 1."),
  ]);
});

test("what is kept grows with the partitions that are there, not with the losses", () => {
  const warnings = new LossWarnings(() => {});
  for (let k = 0; k < 1000; k++) {
    warnings.tell(changed("t-0", k));
    warnings.tell(changed(`day-${k}-0`, 0));
    warnings.tell(dataLoss("PARTITIONS_DELETED", `day-${k}-0 is gone.`, { partitions: `day-${k}-0` }));
    warnings.forget(new Set([`day-${k}-0`]));
  }
  expect(warnings.size).toBe(2);
});
