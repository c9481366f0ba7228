import type { ScanRequest } from "@ss/core";
import type { Rows } from "../../logical/rows.js";
import type { ScanPlan } from "../../physical/plan.js";
import type { Operator, Run } from "../operator.js";
import { checkedBatch } from "./checked-batch.js";

/** Reads the partitions of an input one after the other. */
export class ScanOperator implements Operator {
  readonly output: ScanPlan["output"];
  private readonly readId: number;
  private readonly format: string;
  private readonly request: ScanRequest;

  constructor(plan: ScanPlan) {
    this.output = plan.output;
    this.readId = plan.read.readId;
    this.format = plan.read.format;
    this.request = { columns: plan.output.map((column) => column.name), predicates: plan.predicates };
  }

  async *rows(run: Run): AsyncIterable<Rows> {
    const input = run.input(this.readId);
    for (const partition of await input.partitions(this.request)) {
      for await (const yielded of input.read(partition, this.request, run.signal)) {
        const batch = checkedBatch(yielded, this.output.length, this.format);
        run.signal.throwIfAborted();
        run.countInput(this.readId, batch.rowCount);
        if (batch.rowCount > 0) yield batch;
        const pause = run.breathe();
        if (pause) await pause;
      }
    }
  }
}
