import { Options, parseDdl, type SessionContext } from "@ss/core";
import { sourceConformance } from "@ss/testkit";
import { describe, test } from "vitest";
import { MemorySource, memorySource } from "../src/index.js";

const session = {} as SessionContext;
let count = 0;

describe("the memory source", () => {
  sourceConformance(test, {
    create: () => {
      const name = `conformance-${count++}`;
      const provider = memorySource().sources![0]!;
      const request = {
        format: "memory",
        options: new Options({ name }),
        paths: [],
        schema: parseDdl("id INT, word STRING"),
        session,
      };
      return {
        make: () => provider.stream!(request),
        addRows: async () => {
          MemorySource.addData(name, [1, "owl"], [2, null], [3, "cat"]);
          return 3;
        },
      };
    },
  });
});
