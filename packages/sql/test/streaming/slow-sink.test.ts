import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setImmediate as nextTurn } from "node:timers/promises";
import {
  batchFromRows,
  IntegerType,
  type Plugin,
  type Sink,
  type Source,
  StructField,
  StructType,
} from "@ss/core";
import { expect, test } from "vitest";
import { SparkSession } from "../../src/index.js";

const BATCHES = 200;
const schema = new StructType([StructField("value", IntegerType, true)]);

/** A source of one range that counts the batches of rows which it was asked for. */
function countingSource(): { readonly source: Source; readonly state: { made: number } } {
  const state = { made: 0 };
  const source: Source = {
    description: "counting",
    schema,
    replayable: true,
    readLimit: { kind: "allAvailable" },
    open: async () => {},
    initialOffset: async () => 0,
    latestOffset: async () => 1,
    plan: async () => [{}],
    async *read() {
      for (let i = 0; i < BATCHES; i++) {
        state.made++;
        yield batchFromRows(schema, [[i]]);
      }
    },
    commit: async () => {},
    close: async () => {},
  };
  return { source, state };
}

/** A sink whose every write waits to be let go. */
function gatedSink(): {
  readonly sink: Sink;
  readonly state: { taken: number; letGo: (() => void) | undefined };
} {
  const state: { taken: number; letGo: (() => void) | undefined } = { taken: 0, letGo: undefined };
  const outputModes = ["append"] as const;
  const sink: Sink = {
    description: "gated",
    delivery: "atLeastOnce",
    outputModes,
    begin: async () => ({
      alreadyCommitted: false,
      writer: async () => ({
        write: async () => {
          state.taken++;
          await new Promise<void>((resolve) => {
            state.letGo = resolve;
          });
        },
        finish: async () => null,
        abort: async () => {},
      }),
      commit: async () => ({ numOutputRows: -1 }),
      abort: async () => {},
    }),
    close: async () => {},
  };
  return { sink, state };
}

test("a sink that is slow stops its reader: no batch of rows is made that it has not asked for", async () => {
  const { source, state: reader } = countingSource();
  const { sink, state: writer } = gatedSink();
  const plugin: Plugin = {
    name: "slow",
    sources: [{ names: ["counting"], fixedSchema: true, stream: async () => source }],
    sinks: [{ names: ["gated"], outputModes: ["append"], stream: async () => sink }],
  };
  const spark = await SparkSession.builder().master("local[1]").use(plugin).create();
  const folder = mkdtempSync(join(tmpdir(), "slow-sink-"));
  const query = await spark.readStream
    .format("counting")
    .load()
    .where("value >= 0")
    .selectExpr("value + 1 AS next")
    .writeStream.format("gated")
    .option("checkpointLocation", join(folder, "checkpoint"))
    .trigger({ availableNow: true })
    .start();
  for (let taken = 1; taken <= BATCHES; taken++) {
    while (writer.letGo === undefined) await nextTurn();
    // whatever could run ahead has its turns
    for (let turn = 0; turn < 5; turn++) await nextTurn();
    expect(writer.taken).toBe(taken);
    expect(reader.made).toBe(taken);
    const letGo = writer.letGo;
    writer.letGo = undefined;
    letGo();
  }
  await query.awaitTermination();
  expect(reader.made).toBe(BATCHES);
  await spark.stop();
  rmSync(folder, { recursive: true, force: true });
});
