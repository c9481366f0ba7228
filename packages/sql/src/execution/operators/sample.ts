import { takeColumn } from "@ss/core";
import type { Rows } from "../../logical/rows.js";
import type { SamplePlan } from "../../physical/plan.js";
import type { Operator, Run } from "../operator.js";

/** A part of the rows by chance; the same seed over the same rows in the same order takes the same ones. */
export class SampleOperator implements Operator {
  readonly output: SamplePlan["output"];
  private readonly plan: SamplePlan;
  private readonly child: Operator;

  constructor(plan: SamplePlan, child: Operator) {
    this.output = plan.output;
    this.plan = plan;
    this.child = child;
  }

  async *rows(run: Run): AsyncIterable<Rows> {
    const next = uniform(this.plan.seed);
    for await (const batch of this.child.rows(run)) {
      const kept: number[] = [];
      for (let i = 0; i < batch.rowCount; i++) {
        const times = this.plan.withReplacement
          ? poisson(this.plan.fraction, next)
          : Number(next() < this.plan.fraction);
        for (let n = 0; n < times; n++) kept.push(i);
      }
      if (kept.length === 0) continue;
      const positions = Int32Array.from(kept);
      yield {
        columns: batch.columns.map((column) => takeColumn(column, positions, kept.length)),
        rowCount: kept.length,
      };
    }
  }
}

/** Numbers from 0 to below 1 (mulberry32). */
function uniform(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

function poisson(mean: number, next: () => number): number {
  const limit = Math.exp(-mean);
  let count = 0;
  for (let product = next(); product > limit; product *= next()) count++;
  return count;
}
