import type { Profiler } from "node:inspector";
import { expect, test } from "vitest";
import { timeSpent } from "../src/profile/cpu-profile.js";
import { operatorOf } from "../src/profile/operators.js";
import { sourceName } from "../src/profile/source-name.js";

const frame = (functionName: string, url: string, scriptId = "1") => ({
  functionName,
  scriptId,
  url,
  lineNumber: 0,
  columnNumber: 0,
});

test("a frame is named by its package and file", () => {
  expect(sourceName("file:///x/packages/sql/src/execution/operators/join.ts", 0, 0)).toEqual({
    package: "sql",
    file: "execution/operators/join.ts",
  });
  expect(sourceName("node:fs", 0, 0).package).toBe("(node)");
  expect(sourceName("wasm://wasm/1", 0, 0).package).toBe("(wasm)");
  expect(sourceName("", 0, 0).package).toBe("(generated)");
  expect(sourceName("file:///x/node_modules/@uwdata/flechette/a.js", 0, 0).package).toBe(
    "(@uwdata/flechette)",
  );
});

test("helpers belong to the operator that called them", () => {
  expect(operatorOf({ package: "kernels", file: "json/json-scanner.ts" })).toBeUndefined();
  expect(operatorOf({ package: "source-file", file: "reading/read.ts" })).toBe("source-file: reading");
  expect(operatorOf({ package: "sql", file: "execution/operators/join.ts" })).toBe("operator join");
  expect(operatorOf({ package: "(generated)", file: "" })).toBeUndefined();
});

test("samples add up by operator, by package and by function; waiting does not count", () => {
  const profile: Profiler.Profile = {
    startTime: 0,
    endTime: 10_000,
    nodes: [
      { id: 1, callFrame: frame("(root)", ""), children: [2, 5, 6] },
      {
        id: 2,
        callFrame: frame("next", "file:///x/packages/sql/src/execution/operators/join.ts"),
        children: [3],
      },
      { id: 3, callFrame: frame("hash", "file:///x/packages/kernels/src/text/hash-bytes.ts"), children: [4] },
      { id: 4, callFrame: frame("", ""), children: [] },
      { id: 5, callFrame: frame("(idle)", "", "0"), children: [] },
      {
        id: 6,
        callFrame: frame("processTicksAndRejections", "node:internal/process/task_queues"),
        children: [7],
      },
      { id: 7, callFrame: frame("hash", "file:///x/packages/kernels/src/text/hash-bytes.ts"), children: [8] },
      { id: 8, callFrame: frame("write", "", "0"), children: [] },
    ],
    samples: [2, 3, 4, 5, 6, 7, 8],
    timeDeltas: [1000, 2000, 3000, 4000, 5000, 6000, 7000],
  };
  const { operators, packages, functions } = timeSpent([profile]);
  expect(operators).toEqual({ "operator join": 6, "(node)": 5, "kernels: text": 13 });
  expect(packages).toEqual({ sql: 1, kernels: 8, "(generated)": 3, "(node)": 5, "(native)": 7 });
  expect(functions["hash kernels/text/hash-bytes.ts"]).toBe(8);
});
