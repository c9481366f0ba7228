import { installSparkKafkaJars, missingForKafka, startKafka } from "@ss/app-servers";
import type { Measured } from "../../engines/measured.js";
import { installSpark, runSparkOnKafka } from "../../engines/spark.js";
import { scriptBeside } from "../../processes.js";
import { withScratch } from "../../scratch.js";
import { type Findings, type Measure, type MeasureContext, sizeOf } from "../measure.js";
import { writtenViews } from "./count-views.js";
import { expectedViews, fillTopic, makeTopics } from "./records.js";

const FULL_RECORDS = 2_000_000;
const INPUT = "views";

/** From one Kafka topic to another: JSON, filter, count per key and window; each way of delivery, a program written by hand, and Spark. */
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

/** A way of doing the work: how it writes into a topic, and what that cost. */
interface Way {
  readonly name: string;
  run(bootstrap: string, output: string): Promise<Measured>;
}

async function measureAll(context: MeasureContext, bootstrap: string): Promise<Findings> {
  const records = sizeOf(context.rows, FULL_RECORDS, 1, 1);
  await fillTopic(bootstrap, INPUT, records);
  const expected = expectedViews(records);
  const lines = [`kafka: ${records} JSON records of 200 B -> filter -> count per key and 10 s -> kafka`];
  let isRight = true;
  for (const [k, { name, run }] of ways(context, records).entries()) {
    const output = `counts-${k}`;
    await makeTopics(bootstrap, [output]);
    const cost = await run(bootstrap, output);
    const { groups, total } = cost.answer;
    const isSame = groups === expected.groups && total === expected.total;
    isRight &&= isSame;
    lines.push(
      `  ${name.padEnd(32)} ${costs(cost, records)}  ${isSame ? "right" : `WRONG: ${groups} groups, ${total} views`}`,
    );
  }
  return { text: lines.join("\n"), isRight };
}

function ways({ root, against }: MeasureContext, records: number): Way[] {
  const program = (...args: readonly string[]): Promise<Measured> =>
    scriptBeside<Measured>("./run-measure.js", ...args);
  const ours = ["atLeastOnce", "exactlyOnce"].map((delivery) => ({
    name: `ss, ${delivery}`,
    run: (bootstrap: string, output: string) => program("kafka", root, bootstrap, INPUT, output, delivery),
  }));
  const byHand = {
    name: "kafkajs by hand, no checkpoint",
    run: (bootstrap: string, output: string) =>
      program("kafka-by-hand", root, bootstrap, INPUT, output, String(records)),
  };
  const spark = {
    name: "spark, at least once",
    run: async (bootstrap: string, output: string) => {
      installSpark(root);
      const jars = await installSparkKafkaJars();
      const topics = { bootstrap, from: INPUT, to: output };
      const cost = await withScratch(root, (scratch) => runSparkOnKafka(root, scratch, jars, topics));
      return { ...cost, answer: await writtenViews(bootstrap, output) };
    },
  };
  return [...ours, byHand, ...(against.includes("spark") ? [spark] : [])];
}

function costs({ cpuSeconds, wallSeconds, peakRssMb }: Measured, records: number): string {
  const perMillion = ((cpuSeconds / records) * 1e6).toFixed(3);
  return `${perMillion} CPU-s/M  ${wallSeconds.toFixed(2)} s wall  ${peakRssMb.toFixed(0)} MB`;
}
