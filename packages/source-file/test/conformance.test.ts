import { sourceConformance } from "@ss/testkit";
import { describe, test } from "vitest";
import { Harness } from "./harness.js";

const csv = (i: number): string => `${i},x${i}\n`;
const json = (i: number): string => `{"i":${i},"s":"x${i}"}\n`;

describe.each([
  ["csv", csv, {}],
  ["json", json, {}],
  ["csv", csv, { maxFilesPerTrigger: 2 }],
  ["json", json, { maxFilesPerTrigger: 2, latestFirst: true }],
])("a stream of %s files keeps the promises of a source", (format, line, options) => {
  sourceConformance(test, {
    create: async () => {
      const harness = new Harness();
      let count = 0;
      // the partition column is there from the start, as it has to be for a stream
      await harness.put("/in/k=0/first", line(-1));
      return {
        make: () => harness.stream(format, "/in", "i INT, s STRING", options),
        addRows: async () => {
          const text = [count, count + 1, count + 2].map(line).join("");
          count += 3;
          await harness.put(`/in/k=${count % 2}/${count}`, text);
          return 3;
        },
        initialRows: 1,
        clock: harness.clock,
      };
    },
  });
});
