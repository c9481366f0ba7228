import type { Rows } from "../../logical/rows.js";
import type { StagePlan } from "../../physical/plan.js";
import { Stage } from "../codegen/stage.js";
import type { StageSettings } from "../codegen/stage-writer.js";
import type { Operator, Run } from "../operator.js";

/** Runs a generated stage over the batches of its child. */
export class StageOperator implements Operator {
  readonly output: StagePlan["output"];
  readonly stage: Stage;
  private readonly child: Operator;

  constructor(plan: StagePlan, child: Operator, settings: StageSettings) {
    this.output = plan.output;
    this.child = child;
    this.stage = new Stage({ ...plan, input: child.output }, settings);
  }

  async *rows(run: Run): AsyncIterable<Rows> {
    for await (const batch of this.child.rows(run)) {
      const result = this.stage.run(batch.columns, batch.rowCount, run);
      const refused = this.stage.takeRefused();
      if (refused !== undefined) await run.stream!.reportMalformed(refused);
      // the first run of a stage writes and compiles its code
      const pause = run.breathe();
      if (pause) await pause;
      if (result.rowCount > 0) yield result;
    }
  }
}
