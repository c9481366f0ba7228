import { sourceConformance } from "@ss/testkit";
import { describe, test } from "vitest";
import { Harness } from "./harness.js";

describe.each([
  ["csv", (i: number) => `${i},x${i}\n`],
  ["json", (i: number) => `{"i":${i},"s":"x${i}"}\n`],
] as const)("a stream of %s files keeps the promises of a source", (format, line) => {
  sourceConformance(test, {
    create: async () => {
      const harness = new Harness();
      let count = 0;
      // the partition column is there from the start, as it has to be for a stream
      await harness.put("/in/k=0/first", line(-1));
      return {
        make: () => harness.stream(format, "/in", "i INT, s STRING"),
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
