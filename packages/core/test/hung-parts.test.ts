import { expect, test } from "vitest";
import type { StreamPlan } from "../src/index.js";
import { CountQuery } from "./support/count-query.js";
import { settle } from "./support/manual-clock.js";

test.each<[string, (plan: StreamPlan) => [object, string]]>([
  ["a source that never opens", (plan) => [plan.sources[0]!, "open"]],
  ["a source that never says what there is", (plan) => [plan.sources[0]!, "latestOffset"]],
  ["a batch that never ends", (plan) => [plan, "run"]],
  ["a sink that never opens a batch", (plan) => [plan.outputs[0]!.sink, "begin"]],
  ["a source that never closes", (plan) => [plan.sources[0]!, "close"]],
])(
  "stop() of a query with %s fails after spark.sql.streaming.stopTimeout, and says so each time",
  async (_, place) => {
    const query = new CountQuery();
    query.topic.add(1);
    query.conf["spark.sql.streaming.stopTimeout"] = "1500";
    const options = query.options();
    const run = await query.start({
      createPlan: (context) => {
        const plan = options.createPlan(context) as StreamPlan;
        const [part, method] = place(plan);
        Object.assign(part, { [method]: () => new Promise(() => {}) });
        return plan;
      },
    });
    await settle();
    for (let k = 0; k < 2; k++) {
      const stopping = expect(run.stop()).rejects.toMatchObject({
        condition: "SS_STOP_TIMEOUT",
        parameters: { id: run.id, timeoutMs: "1500" },
      });
      await query.clock.advance(1500);
      await stopping;
      expect(run.isActive).toBe(true);
    }
  },
);
