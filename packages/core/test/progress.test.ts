import { expect, test } from "vitest";
import { progressJson } from "../src/index.js";
import { CountQuery } from "./support/count-query.js";
import { StepFileSystem } from "./support/step-file-system.js";

test("a report holds Spark's fields, with rates over the time since the last trigger and over the trigger", async () => {
  const query = new CountQuery();
  query.trigger = { kind: "processingTime", intervalMs: 1000 };
  query.onRun = ({ signal }) => query.clock.sleep(200, signal);
  const run = await query.start({ name: "counts" });
  query.topic.add(15);
  await query.clock.advance(1000);
  await query.clock.advance(200);
  query.topic.add(10, 12, 14);
  await query.clock.advance(1000);
  await query.clock.advance(200);
  const report = run.recentProgress.find(({ batchId, numInputRows }) => batchId > 0 && numInputRows > 0)!;
  expect(report).toEqual({
    id: run.id,
    runId: run.runId,
    name: "counts",
    timestamp: "1970-01-01T00:00:02.000Z",
    // batch 1 was the one without data
    batchId: 2,
    batchDuration: 200,
    numInputRows: 3,
    inputRowsPerSecond: 3,
    processedRowsPerSecond: 15,
    durationMs: {
      addBatch: 200,
      commitOffsets: 0,
      getBatch: 0,
      latestOffset: 0,
      queryPlanning: 0,
      triggerExecution: 200,
      walCommit: 0,
    },
    eventTime: {
      avg: "1970-01-01T00:00:12.000Z",
      max: "1970-01-01T00:00:14.000Z",
      min: "1970-01-01T00:00:10.000Z",
      watermark: "1970-01-01T00:00:05.000Z",
    },
    stateOperators: [
      expect.objectContaining({
        operatorName: "count",
        numRowsTotal: 4,
        numRowsUpdated: 3,
        numRowsRemoved: 0,
      }),
    ],
    sources: [
      {
        description: "ListSource[topic-0]",
        startOffset: 1,
        endOffset: 4,
        latestOffset: null,
        numInputRows: 3,
        inputRowsPerSecond: 3,
        processedRowsPerSecond: 15,
      },
    ],
    sink: { description: "TableSink", numOutputRows: 0 },
  });
  await run.stop();
});

test("what a batch waits for its offsets to be written is told apart from what it works", async () => {
  const query = new CountQuery();
  const fileSystem = new StepFileSystem();
  fileSystem.onStep = (step, when) => {
    if (when === "before" && step === "createExclusive /checkpoint/offsets/0") return query.clock.sleep(50);
  };
  query.fileSystem = fileSystem;
  query.onRun = ({ signal }) => query.clock.sleep(30, signal);
  query.topic.add(15);
  const run = await query.start();
  await query.clock.advance(30);
  await query.clock.advance(20);
  const [report] = run.recentProgress;
  expect(report!.durationMs).toMatchObject({ addBatch: 30, walCommit: 20, triggerExecution: 50 });
  await run.stop();
});

test("a report prints as Spark prints it", () => {
  const text = progressJson({
    id: "a",
    runId: "b",
    name: null,
    timestamp: "2026-11-21T04:55:14.148Z",
    batchId: 3,
    batchDuration: 1415,
    numInputRows: 0,
    inputRowsPerSecond: 0,
    processedRowsPerSecond: 6.4,
    durationMs: { addBatch: 984 },
    stateOperators: [],
    sources: [
      {
        description: "FileStreamSource[/data/in]",
        startOffset: { logOffset: 2 },
        endOffset: { logOffset: 2 },
        latestOffset: null,
        numInputRows: 0,
        inputRowsPerSecond: 0,
        processedRowsPerSecond: 0,
      },
    ],
    sink: { description: "MemorySink", numOutputRows: 0 },
  });
  expect(text).toBe(`{
  "id" : "a",
  "runId" : "b",
  "name" : null,
  "timestamp" : "2026-11-21T04:55:14.148Z",
  "batchId" : 3,
  "batchDuration" : 1415,
  "numInputRows" : 0,
  "inputRowsPerSecond" : 0.0,
  "processedRowsPerSecond" : 6.4,
  "durationMs" : {
    "addBatch" : 984
  },
  "stateOperators" : [ ],
  "sources" : [ {
    "description" : "FileStreamSource[/data/in]",
    "startOffset" : {
      "logOffset" : 2
    },
    "endOffset" : {
      "logOffset" : 2
    },
    "latestOffset" : null,
    "numInputRows" : 0,
    "inputRowsPerSecond" : 0.0,
    "processedRowsPerSecond" : 0.0
  } ],
  "sink" : {
    "description" : "MemorySink",
    "numOutputRows" : 0
  }
}`);
});
