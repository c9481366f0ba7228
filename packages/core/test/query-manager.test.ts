import { expect, test } from "vitest";
import {
  type QueryTerminatedEvent,
  StreamError,
  type StreamingQueryListener,
  type StreamingQueryProgress,
} from "../src/index.js";
import { CountQuery } from "./support/count-query.js";
import { settle } from "./support/manual-clock.js";

test("a query tells what it does, and afterwards that it has stopped", async () => {
  const query = new CountQuery();
  const run = await query.start({ name: "counts" });
  expect(run).toMatchObject({ name: "counts", isActive: true, lastProgress: null, exception: null });
  expect(run.status).toEqual({
    message: "Initializing sources",
    isDataAvailable: false,
    isTriggerActive: false,
  });
  expect(run.explain()).toMatch(/^No physical plan\. Waiting for data\. It comes with the first batch/);
  await settle();
  expect(run.status).toEqual({
    message: "Waiting for data to arrive",
    isDataAvailable: false,
    isTriggerActive: false,
  });
  let during: unknown;
  query.onRun = () => {
    during = run.status;
  };
  query.topic.add(1);
  await run.processAllAvailable();
  expect(during).toEqual({ message: "Processing new data", isDataAvailable: true, isTriggerActive: true });
  expect(run.explain()).toBe("CountPlan");
  expect(() => run.explain("formatted" as never)).toThrow(
    "Unknown explain mode: formatted. Accepted explain modes are 'simple', 'extended', 'codegen'.",
  );
  await run.stop();
  expect(run.isActive).toBe(false);
  expect(run.status).toEqual({ message: "Stopped", isDataAvailable: false, isTriggerActive: false });
  await run.awaitTermination();
  expect(query.topic.calls.at(-1)).toBe("close");
  expect(query.table.calls.at(-1)).toBe("close");
});

test("ids last over restarts of a checkpoint, run ids do not", async () => {
  const query = new CountQuery();
  const [a, b] = [await query.runOnce(), await query.runOnce()];
  expect(a.id).toBe(b.id);
  expect(a.runId).not.toBe(b.runId);
});

test("an error ends the query with its ids, its offsets and the cause", async () => {
  const query = new CountQuery();
  const run = await query.start();
  query.topic.add(1);
  await run.processAllAvailable();
  query.onRun = () => {
    throw new Error("divided by zero");
  };
  query.topic.add(2, 3);
  await expect(run.awaitTermination()).rejects.toMatchObject({
    condition: "STREAM_FAILED",
    sqlState: "XXKST",
    parameters: { id: run.id, runId: run.runId, message: "divided by zero" },
    startOffset: "{ListSource[topic-0]: 1}",
    endOffset: "{ListSource[topic-0]: 3}",
    cause: new Error("divided by zero"),
  });
  expect(run.exception?.message).toContain(
    `Query [id = ${run.id}, runId = ${run.runId}] terminated with exception: divided by zero`,
  );
  expect(run.status.message).toBe("Terminated with exception: divided by zero");
  await expect(run.processAllAvailable()).rejects.toThrow("divided by zero");
  await run.stop();
});

test("awaitTermination with a time limit tells whether the query has ended", async () => {
  const query = new CountQuery();
  const run = await query.start();
  for (const none of [0, -1, Number.NaN])
    await expect(run.awaitTermination(none)).rejects.toThrow("Timeout has to be positive");
  const waiting = run.awaitTermination(500);
  await query.clock.advance(500);
  expect(await waiting).toBe(false);
  await run.stop();
  expect(await run.awaitTermination(500)).toBe(true);
});

test.each(["5", null, {}])("the timeout %j is refused: it is no number", async (timeoutMs) => {
  const query = new CountQuery();
  const manager = query.manager();
  const run = await manager.start(query.options());
  const refused = { condition: "SS_INVALID_ARGUMENT", parameters: { argument: "timeoutMs" } };
  await expect(run.awaitTermination(timeoutMs as never)).rejects.toMatchObject(refused);
  await expect(manager.awaitAnyTermination(timeoutMs as never)).rejects.toMatchObject(refused);
  await run.stop();
});

test("stop interrupts the batch under way, and the next start runs it again", async () => {
  const query = new CountQuery({ delays: [0] });
  query.onRun = ({ signal }) => new Promise((resolve) => signal.addEventListener("abort", () => resolve()));
  query.topic.add(1);
  const run = await query.start();
  await settle();
  await run.stop();
  expect(run.exception).toBeNull();
  expect(query.table.calls).toContain("abort 0");
  query.onRun = () => {};
  await query.runOnce();
  expect(query.table.rows).toEqual([[1, 1]]);
});

test("stop gives up after stopTimeout", async () => {
  const query = new CountQuery();
  query.conf["spark.sql.streaming.stopTimeout"] = "1s";
  let release = (): void => {};
  query.onRun = () => new Promise((resolve) => (release = resolve));
  query.topic.add(1);
  const run = await query.start();
  await settle();
  const stopping = expect(run.stop()).rejects.toMatchObject({ condition: "SS_STOP_TIMEOUT" });
  await query.clock.advance(1000);
  await stopping;
  release();
  await run.stop();
});

test("names are unique among active queries", async () => {
  const query = new CountQuery();
  const manager = query.manager();
  const run = await manager.start(query.options({ name: "q" }));
  const other = query.options({ name: "q", checkpointLocation: "/other" });
  await expect(manager.start(other)).rejects.toThrow("Cannot start query with name q");
  await run.stop();
  await (await manager.start(other)).stop();
});

test("a second start from one checkpoint stops the first run", async () => {
  const query = new CountQuery();
  const manager = query.manager();
  const first = await manager.start(query.options());
  const second = await manager.start(query.options({ checkpointLocation: "/checkpoint/" }));
  expect([first.isActive, second.isActive]).toEqual([false, true]);
  expect(first.exception).toBeNull();
  expect(manager.active).toEqual([second]);
  expect(manager.get(second.id)).toBe(second);
  await second.stop();
  expect(manager.get(second.id)).toBeNull();
});

test("a second start from one checkpoint is refused without stopActiveRunOnRestart", async () => {
  const query = new CountQuery();
  query.conf["spark.sql.streaming.stopActiveRunOnRestart"] = "false";
  const manager = query.manager();
  const first = await manager.start(query.options());
  await expect(manager.start(query.options())).rejects.toMatchObject({ condition: "CONCURRENT_QUERY" });
  expect(first.isActive).toBe(true);
  await first.stop();
});

test("awaitAnyTermination hears of ends until resetTerminated", async () => {
  const query = new CountQuery();
  const manager = query.manager();
  const run = await manager.start(query.options());
  const nobody = manager.awaitAnyTermination(100);
  await query.clock.advance(100);
  expect(await nobody).toBe(false);
  for (const none of [0, -1]) expect(await manager.awaitAnyTermination(none)).toBe(false);
  const somebody = manager.awaitAnyTermination();
  await run.stop();
  await somebody;
  expect(await manager.awaitAnyTermination(100)).toBe(true);
  manager.resetTerminated();
  query.onRun = () => {
    throw new Error("broken");
  };
  query.topic.add(1);
  await manager.start(query.options());
  await expect(manager.awaitAnyTermination()).rejects.toThrow("broken");
});

test("listeners hear of start, progress, idleness and end, in order", async () => {
  const query = new CountQuery();
  const manager = query.manager();
  const events: string[] = [];
  const listener: StreamingQueryListener = {
    onQueryStarted: ({ name, timestamp }) => void events.push(`started ${name} ${timestamp}`),
    onQueryProgress: ({ progress }) => void events.push(`progress ${progress.batchId}`),
    onQueryIdle: ({ timestamp }) => void events.push(`idle ${timestamp}`),
    onQueryTerminated: ({ exception }) => void events.push(`terminated ${exception}`),
  };
  manager.addListener(listener);
  expect(manager.listListeners()).toEqual([listener]);
  const run = await manager.start(query.options({ name: "q" }));
  expect(events).toEqual(["started q 1970-01-01T00:00:00.000Z"]);
  query.topic.add(1);
  await run.processAllAvailable();
  await query.clock.advance(20_000);
  await run.stop();
  expect(events.slice(1)).toEqual([
    "progress 0",
    "idle 1970-01-01T00:00:10.000Z",
    "idle 1970-01-01T00:00:20.000Z",
    "terminated null",
  ]);
  manager.removeListener(listener);
  expect(manager.listListeners()).toEqual([]);
});

test("a listener that throws is reported and does no harm", async () => {
  const query = new CountQuery();
  const manager = query.manager();
  const ends: QueryTerminatedEvent[] = [];
  manager.addListener({
    onQueryProgress: () => {
      throw new Error("listener is broken");
    },
    onQueryTerminated: async () => {
      throw new Error("listener is broken, later");
    },
  });
  manager.addListener({ onQueryTerminated: (event) => void ends.push(event) });
  query.topic.add(1);
  const run = await manager.start(query.options());
  await run.processAllAvailable();
  query.onRun = () => {
    throw new Error("the end");
  };
  query.topic.add(2);
  await expect(run.awaitTermination()).rejects.toThrow("the end");
  await settle();
  expect(ends[0]).toMatchObject({ id: run.id, runId: run.runId, errorClassOnException: null });
  expect(ends[0]!.exception).toContain("the end");
  expect(query.warnings.filter((text) => text.includes("listener is broken"))).toHaveLength(2);
});

test("the end of a query tells the condition of the error that ended it", async () => {
  const query = new CountQuery();
  const manager = query.manager();
  const ends: QueryTerminatedEvent[] = [];
  manager.addListener({ onQueryTerminated: (event) => void ends.push(event) });
  query.onRun = () => {
    throw new StreamError({
      condition: "DIVIDE_BY_ZERO",
      sqlState: "22012",
      parameters: {},
      message: "by zero",
    });
  };
  query.topic.add(1);
  const run = await manager.start(query.options());
  await expect(run.awaitTermination()).rejects.toMatchObject({ condition: "STREAM_FAILED" });
  expect(ends).toEqual([
    expect.objectContaining({ runId: run.runId, errorClassOnException: "DIVIDE_BY_ZERO" }),
  ]);
});

test("recent progress holds as many reports as numRecentProgressUpdates asks for", async () => {
  const query = new CountQuery();
  query.conf["spark.sql.streaming.numRecentProgressUpdates"] = "2";
  const run = await query.start();
  for (let k = 0; k < 4; k++) {
    query.topic.add(1);
    await run.processAllAvailable();
  }
  const ids = (reports: readonly StreamingQueryProgress[]) => reports.map(({ batchId }) => batchId);
  expect(ids(run.recentProgress)).toEqual([2, 3]);
  await run.stop();
});

test("a temporary checkpoint goes with its query, unless an error ended it", async () => {
  const query = new CountQuery();
  query.topic.add(1);
  const run = await query.start({ temporary: true });
  await run.processAllAvailable();
  await run.stop();
  expect(await query.names("offsets")).toEqual([]);
  query.onRun = () => {
    throw new Error("broken");
  };
  const failing = await query.start({ temporary: true });
  await expect(failing.awaitTermination()).rejects.toThrow("broken");
  expect(await query.names("offsets")).toEqual(["0"]);
});

test("a query that fails says so in the log, also where nobody waits for it", async () => {
  const query = new CountQuery();
  query.table.before = () => {
    throw new Error("disk full");
  };
  const run = await query.start({ name: "counts" });
  query.topic.add(5);
  await run.awaitTermination().catch(() => {});
  expect(query.warnings).toEqual([expect.stringMatching(/^Query counts has ended: .*disk full/s)]);
});
