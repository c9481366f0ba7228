import { expect, test } from "vitest";
import { commitLog, MemoryFileSystem, offsetLog, StreamError } from "../src/index.js";
import { CountQuery } from "./support/count-query.js";

async function twoBatches(): Promise<CountQuery> {
  const query = new CountQuery();
  const run = await query.start();
  query.topic.add(100);
  await run.processAllAvailable();
  await run.stop();
  return query;
}

async function write(query: CountQuery, path: string, text: string | Uint8Array): Promise<void> {
  await query.fileSystem.delete(`/checkpoint/${path}`);
  const bytes = typeof text === "string" ? Buffer.from(text) : text;
  await query.fileSystem.createExclusive(`/checkpoint/${path}`, bytes);
}

async function failureOf(query: CountQuery): Promise<StreamError> {
  const run = await query.start();
  const error = await run.awaitTermination().then(
    () => null,
    (thrown: Error) => thrown.cause,
  );
  expect(StreamError.is(error)).toBe(true);
  return error as StreamError;
}

test("the logs have the lines of Spark's, with fields of our own inside the JSON", async () => {
  const query = await twoBatches();
  const metadata = await query.text("metadata");
  expect(metadata).toMatch(/^\{"id":"id-0","checksum":"[0-9a-f]{8}"\}$/);
  const [version, json, source, ...rest] = (await query.text("offsets/0"))!.split("\n");
  expect([version, source, rest]).toEqual(["v1", "1", []]);
  expect(JSON.parse(json!)).toMatchObject({
    batchWatermarkMs: 0,
    batchTimestampMs: 0,
    conf: { "spark.sql.streaming.multipleWatermarkPolicy": "min" },
    writer: "id-1",
  });
  expect(json).toMatch(
    /^\{"batchWatermarkMs":0,"batchTimestampMs":0,"conf":\{.*,"checksum":"[0-9a-f]{8}"\}$/,
  );
  const [commitVersion, commit, ...more] = (await query.text("commits/0"))!.split("\n");
  expect([commitVersion, more]).toEqual(["v1", []]);
  expect(JSON.parse(commit!)).toMatchObject({
    nextBatchWatermarkMs: 90_000,
    state: { version: 1 },
    writer: "id-1",
  });
});

test("a source that has delivered nothing stands as a dash", async () => {
  const query = new CountQuery({ sources: 2 });
  query.topics[1]!.add(5);
  await query.runOnce();
  expect((await query.text("offsets/0"))!.split("\n").slice(2)).toEqual(["-", "1"]);
});

test("entries as Spark writes them are read", async () => {
  const fileSystem = new MemoryFileSystem();
  const put = (path: string, text: string) => fileSystem.createExclusive(path, Buffer.from(text));
  await put(
    "/c/offsets/3",
    'v1\n{"batchWatermarkMs":1704067250000,"batchTimestampMs":1795236914148,"conf":{"spark.sql.shuffle.partitions":"2"}}\n{"logOffset":2}\n-',
  );
  await put("/c/offsets/.3.crc", "crc");
  await put("/c/commits/3", 'v1\n{"nextBatchWatermarkMs":1704067250000}');
  const offsets = offsetLog(fileSystem, "/c");
  await offsets.open();
  expect(offsets.latestId).toBe(3);
  expect(await offsets.get(3)).toEqual({
    batchWatermarkMs: 1704067250000,
    batchTimestampMs: 1795236914148,
    conf: { "spark.sql.shuffle.partitions": "2" },
    offsets: [{ logOffset: 2 }, null],
    oldestKept: null,
    tables: [],
    previous: null,
    writer: null,
  });
  const commits = commitLog(fileSystem, "/c");
  expect(await commits.get(3)).toEqual({
    nextBatchWatermarkMs: 1704067250000,
    state: null,
    skipped: false,
    writer: null,
  });
});

test("any byte of a log entry that was altered is recognised, and the file is named", async () => {
  for (const file of ["offsets/1", "commits/1"]) {
    const query = await twoBatches();
    const bytes = (await query.fileSystem.readAll(`/checkpoint/${file}`))!;
    for (let at = 0; at < bytes.length; at++) {
      const altered = bytes.slice();
      altered[at]! ^= 1;
      await write(query, file, altered);
      const error = await failureOf(query);
      expect(error.message, `byte ${at} of ${file}`).toContain(`/checkpoint/${file}`);
      expect([
        "SS_CHECKPOINT_FILE_CORRUPT",
        "MALFORMED_LOG_FILE",
        "INVALID_LOG_VERSION.MAX_SUPPORTED_VERSION",
      ]).toContain(error.condition);
    }
  }
});

test("a log entry that was cut short, anywhere, is recognised, and the file is named", async () => {
  for (const file of ["offsets/1", "commits/1"]) {
    const query = await twoBatches();
    const bytes = (await query.fileSystem.readAll(`/checkpoint/${file}`))!;
    for (let length = 0; length < bytes.length; length++) {
      await write(query, file, bytes.slice(0, length));
      const error = await failureOf(query);
      expect(error.message, `${length} bytes of ${file}`).toContain(`/checkpoint/${file}`);
    }
  }
});

test("an altered or cut query id is recognised", async () => {
  const query = await twoBatches();
  const text = (await query.text("metadata"))!;
  for (const damaged of [text.replace("id-0", "id-7"), text.slice(0, 9), "", "{}"]) {
    await write(query, "metadata", damaged);
    await expect(query.start()).rejects.toMatchObject({ condition: "SS_CHECKPOINT_FILE_CORRUPT" });
  }
});

test("errors about damaged files say what to do about that very file", async () => {
  const remedies = [
    ["metadata", "delete it and set spark.sql.streaming.checkpoint.verifyMetadataExists.enabled to false"],
    ["offsets/1", "commits/1 does not exist and no sink has stored the batch, delete it instead"],
    ["commits/1", "If offsets/ has nothing after that batch, delete it instead"],
  ] as const;
  for (const [file, remedy] of remedies) {
    const query = await twoBatches();
    await write(query, file, (await query.fileSystem.readAll(`/checkpoint/${file}`))!.slice(0, -5));
    const error =
      file === "metadata" ? await query.start().catch((thrown) => thrown) : await failureOf(query);
    expect(error.condition, file).toBe("SS_CHECKPOINT_FILE_CORRUPT");
    expect(error.message).toContain(`The checkpoint file /checkpoint/${file} is damaged`);
    expect(error.message).toContain(remedy);
  }
});

test("what the errors advise helps", async () => {
  const query = await twoBatches();
  await query.fileSystem.delete("/checkpoint/commits/1");
  await query.runOnce();
  expect(await query.names("commits")).toEqual(["0", "1"]);
  await query.fileSystem.delete("/checkpoint/commits/1");
  await query.fileSystem.delete("/checkpoint/offsets/1");
  await query.runOnce();
  expect(await query.names("offsets")).toEqual(["0", "1"]);
  await query.fileSystem.delete("/checkpoint/metadata");
  query.conf["spark.sql.streaming.checkpoint.verifyMetadataExists.enabled"] = "false";
  await query.runOnce();
});

test("a checkpoint whose query id is missing is refused, unless the check is off", async () => {
  const query = await twoBatches();
  await query.fileSystem.delete("/checkpoint/metadata");
  await expect(query.start()).rejects.toMatchObject({
    condition: "STREAMING_CHECKPOINT_MISSING_METADATA_FILE",
  });
  query.conf["spark.sql.streaming.checkpoint.verifyMetadataExists.enabled"] = "false";
  await query.runOnce();
});

test("an entry of a later format is refused by its version", async () => {
  const query = await twoBatches();
  await write(query, "offsets/1", (await query.text("offsets/1"))!.replace("v1", "v2"));
  expect((await failureOf(query)).condition).toBe("INVALID_LOG_VERSION.MAX_SUPPORTED_VERSION");
  await write(query, "offsets/1", "garbage");
  expect((await failureOf(query)).condition).toBe("MALFORMED_LOG_FILE");
});

test.each([
  ["offsets/2", ["offsets/2"]],
  ["offsets/1", ["offsets/1"]],
  ["commits/1", ["commits/1"]],
  ["commits/2", ["commits/2", "commits/3"]],
  ["commits/2", ["commits/0", "commits/1", "commits/2", "commits/3"]],
  ["offsets/3", ["offsets/3"]],
])("a missing entry is recognised: %s after the loss of %s", async (named, deleted) => {
  const query = new CountQuery();
  query.topic.add(100);
  await query.runOnce();
  query.topic.add(200);
  await query.runOnce();
  expect(await query.names("commits")).toEqual(["0", "1", "2", "3"]);
  for (const path of deleted) await query.fileSystem.delete(`/checkpoint/${path}`);
  const error = await failureOf(query);
  expect(error.condition).toBe("BATCH_METADATA_NOT_FOUND");
  expect(error.message).toContain(`/checkpoint/${named}`);
});

test("old entries of which a loss of power undid some deletions do not count as a gap, whatever is retained now", async () => {
  const query = new CountQuery();
  query.conf["spark.sql.streaming.minBatchesToRetain"] = "3";
  const run = await query.start();
  for (let k = 0; k < 12; k++) {
    query.topic.add(k);
    await run.processAllAvailable();
  }
  await run.stop();
  const [oldest] = (await query.names("offsets")).map(Number).sort((a, b) => a - b);
  for (const log of ["offsets", "commits"]) {
    const entry = (await query.text(`${log}/${oldest}`))!;
    await write(query, `${log}/${oldest! - 2}`, entry);
  }
  query.conf["spark.sql.streaming.minBatchesToRetain"] = "100";
  await query.runOnce();
});

test("a batch that is replayed purges no more than its entry allows, so that a crash in the middle leaves no gap", async () => {
  const query = new CountQuery();
  query.conf["spark.sql.streaming.noDataMicroBatches.enabled"] = "false";
  query.onRun = ({ batchId }) => {
    if (batchId === 4) throw new Error("a crash");
  };
  const first = await query.start();
  for (let k = 0; k < 5; k++) {
    query.topic.add(k);
    await first.processAllAvailable().catch(() => {});
  }
  await first.stop();
  expect(await query.names("offsets")).toEqual(["0", "1", "2", "3", "4"]);
  query.onRun = () => {};
  query.conf["spark.sql.streaming.minBatchesToRetain"] = "2";
  await query.runOnce();
  // the entry of batch 4, the newest, says that all are kept
  expect(await query.names("offsets")).toEqual(["0", "1", "2", "3", "4"]);
  query.topic.add(5);
  await query.runOnce();
  expect(await query.names("offsets")).toEqual(["4", "5"]);
});

test("the logs keep the batches that minBatchesToRetain asks for, and state files go with them", async () => {
  const query = new CountQuery();
  query.conf["spark.sql.streaming.minBatchesToRetain"] = "5";
  query.conf["spark.sql.streaming.stateStore.minDeltasForSnapshot"] = "3";
  const run = await query.start();
  for (let k = 0; k < 20; k++) {
    query.topic.add(k);
    await run.processAllAvailable();
  }
  await run.stop();
  const last = query.requests.length - 1;
  const kept = Array.from({ length: 5 }, (_, k) => String(last - 4 + k)).sort();
  expect(await query.names("offsets")).toEqual(kept);
  expect(await query.names("commits")).toEqual(kept);
  const versions = (await query.names("state")).map((name) => Number.parseInt(name, 10));
  expect(Math.min(...versions)).toBeGreaterThanOrEqual(last - 4 - 3);
  await query.runOnce();
});
