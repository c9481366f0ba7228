import { StreamError } from "@ss/core";
import { expect, test } from "vitest";
import { analyze } from "../../src/analyzer/analyze.js";
import type { LogicalPlan } from "../../src/logical/plan.js";
import { parseExpression } from "../../src/parser/parser.js";
import { environment, stream } from "./analyzing.js";

const selecting = (text: string, paths: readonly string[]): LogicalPlan => ({
  kind: "project",
  expressions: [parseExpression(text)],
  child: { ...stream("a INT"), paths },
});

test.each(["input_file_name()", "concat('x', input_file_name())", "input_file_block_start()"])(
  "%s is refused over files, as readers do not tell them, and has Spark's answer elsewhere",
  (text) => {
    let error: unknown;
    try {
      analyze(selecting(text, ["data/in"]), environment());
    } catch (e) {
      error = e;
    }
    expect(StreamError.is(error) && error.condition).toBe("SS_INPUT_FILE");
    expect(analyze(selecting(text, []), environment()).kind).toBe("project");
  },
);
