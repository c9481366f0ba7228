import { type Partition, unpackColumns } from "@ss/core";
import { typeOf } from "../../expression/type-of.js";
import type { Rows } from "../../logical/rows.js";
import type { Operator, Run } from "../operator.js";
import type { ParallelFragment } from "../parallel/parallel-fragment.js";
import { PartitionRun } from "../partition-run.js";

/**
 * Takes the rows of a part of the plan from the workers, in the order of the partitions; from the part itself, on the driver, where the
 * workers cannot run it or there is only one partition.
 */
export class GatherOperator implements Operator {
  readonly output: Operator["output"];
  private readonly child: Operator;
  private readonly fragment: ParallelFragment;

  constructor(child: Operator, fragment: ParallelFragment) {
    this.output = child.output;
    this.child = child;
    this.fragment = fragment;
  }

  async *rows(run: Run): AsyncIterable<Rows> {
    const partitions = await this.fragment.partitions(run);
    const packed = partitions.length > 1 ? await this.fragment.run(run, partitions.map(alone)) : undefined;
    if (packed === undefined) {
      yield* this.child.rows(new PartitionRun(run, this.fragment.splitting, partitions));
      return;
    }
    const types = this.output.map(typeOf);
    for await (const pieces of packed) {
      for (const { packed: bytes, rowCount } of pieces) {
        yield { columns: unpackColumns(bytes, types, rowCount), rowCount };
      }
    }
  }
}

function alone(partition: Partition): readonly Partition[] {
  return [partition];
}
