import { missingForKafka, startKafka } from "@ss/app-servers";
import type { Measured } from "../../engines/measured.js";
import { scriptBeside } from "../../processes.js";
import { type Findings, type Measure, type MeasureContext, sizeOf } from "../measure.js";
import { createTopics, expectedViews, fillTopic } from "./records.js";

const FULL_RECORDS = 2_000_000;
const INPUT = "views";

/** From one Kafka topic to another: JSON, filter, count per key and window; each way of delivery, and a program written by hand. */
export const kafkaThroughput: Measure = {
  name: "kafka",
  isSlow: true,
  needsServers: true,
  run: async (context: MeasureContext): Promise<Findings> => {
    const missing = missingForKafka();
    if (missing !== undefined) return { text: `kafka is left out: ${missing}`, isRight: true };
    const kafka = await startKafka();
    try {
      return await measureAll(context, kafka.bootstrap);
    } finally {
      await kafka.stop();
    }
  },
};

async function measureAll({ root, rows }: MeasureContext, bootstrap: string): Promise<Findings> {
  const records = sizeOf(rows, FULL_RECORDS, 1, 1);
  await fillTopic(bootstrap, INPUT, records);
  const expected = expectedViews(records);
  const lines = [`kafka: ${records} JSON records of 200 B -> filter -> count per key and 10 s -> kafka`];
  let isRight = true;
  for (const way of ["atLeastOnce", "exactlyOnce", "by hand"]) {
    const output = `counts-${way.replace(" ", "-")}`;
    await createTopics(bootstrap, [output]);
    const program =
      way === "by hand"
        ? ["kafka-by-hand", root, bootstrap, INPUT, output, String(records)]
        : ["kafka", root, bootstrap, INPUT, output, way];
    const { cpuSeconds, wallSeconds, peakRssMb, answer } = await scriptBeside<Measured>(
      "./run-measure.js",
      ...program,
    );
    const isSame = answer.groups === expected.groups && answer.total === expected.total;
    isRight &&= isSame;
    const name = way === "by hand" ? "kafkajs by hand, no checkpoint" : `ss, ${way}`;
    lines.push(
      `  ${name.padEnd(32)} ${((cpuSeconds / records) * 1e6).toFixed(3)} CPU-s/M  ${wallSeconds.toFixed(2)} s wall  ${peakRssMb.toFixed(0)} MB  ${isSame ? "right" : `WRONG: ${answer.groups} groups, ${answer.total} views`}`,
    );
  }
  return { text: lines.join("\n"), isRight };
}
