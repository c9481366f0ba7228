import { once } from "node:events";
import { type Offset, Options, rowsOf, type SessionContext, type Source, type Value } from "@ss/core";
import { MemorySourceLog, VirtualClock } from "@ss/testkit";
import { afterEach, beforeEach, expect, test } from "vitest";
import { socket, socketSource } from "../src/index.js";
import { SocketSource } from "../src/socket-source.js";
import { LineServer } from "./line-server.js";

const session = { conf: () => undefined } as unknown as SessionContext;
const clock = new VirtualClock(1_700_000_000_000);
let server: LineServer;
let sources: Source[] = [];

beforeEach(async () => {
  server = await LineServer.start();
});
afterEach(async () => {
  await Promise.all(sources.map((source) => source.close()));
  sources = [];
  await server.stop();
});

function make(options: Record<string, unknown>): Promise<Source> {
  const request = { format: "socket", options: new Options(options), paths: [], schema: undefined, session };
  return socketSource().sources![0]!.stream!(request);
}

async function opened(source: Source, signal: AbortSignal = new AbortController().signal): Promise<Source> {
  sources.push(source);
  await source.open({ log: new MemorySourceLog(), clock, signal });
  return source;
}

async function open(options: Record<string, unknown> = {}): Promise<Source> {
  return opened(await make({ host: "127.0.0.1", port: server.port, ...options }));
}

/** Waits for wake-ups until the source has reached an offset. */
async function reach(source: Source, start: Offset, end: number): Promise<void> {
  while (((await source.latestOffset(start, source.readLimit)) as number) < end) {
    await new Promise<void>((resolve) => {
      const leave = source.onData!(() => {
        leave();
        resolve();
      });
    });
  }
}

async function rows(source: Source, start: Offset, end: Offset): Promise<Value[][]> {
  const scan = { columns: source.schema.fieldNames(), predicates: [] };
  const found: Value[][] = [];
  for (const partition of await source.plan(start, end)) {
    for await (const batch of source.read(partition, scan, new AbortController().signal))
      found.push(...rowsOf(batch));
  }
  return found;
}

test("counts lines from 0, whatever pieces they come in", async () => {
  const source = await open();
  expect(await source.initialOffset()).toBe(-1);
  const client = await server.client();
  for (const piece of ["he", "llo\nwor", "ld\r\n", "\n", "grü", "ße 🦉\nlast"]) {
    client.write(piece);
    await new Promise((resolve) => setImmediate(resolve));
  }
  client.end();
  await reach(source, -1, 4);
  expect(await rows(source, -1, 4)).toEqual([["hello"], ["world"], [""], ["grüße 🦉"], ["last"]]);
  expect(await rows(source, 1, 3)).toEqual([[""], ["grüße 🦉"]]);
});

test("adds the time of arrival if it is asked to", async () => {
  const source = await open({ includeTimestamp: "true" });
  await server.send("a\n");
  await reach(source, -1, 0);
  expect(await rows(source, -1, 0)).toEqual([["a", 1_700_000_000_000_000n]]);
});

test("bytes that are no UTF-8 become replacement characters", async () => {
  const source = await open();
  await server.send(Uint8Array.of(97, 0xff, 98, 10));
  await reach(source, -1, 0);
  expect(await rows(source, -1, 0)).toEqual([["a\ufffdb"]]);
});

test("deals lines to the partitions in turn", async () => {
  const source = await open({ numPartitions: 2 });
  await server.send("0\n1\n2\n3\n4\n");
  await reach(source, -1, 4);
  expect((await rows(source, -1, 4)).flat()).toEqual(["0", "2", "4", "1", "3"]);
});

test("delivers more lines than a batch holds", async () => {
  const source = await open();
  await server.send(Array.from({ length: 10_000 }, (_, i) => `${i}\n`).join(""));
  await reach(source, -1, 9999);
  expect((await rows(source, -1, 9999)).flat()).toEqual(Array.from({ length: 10_000 }, (_, i) => String(i)));
});

test("goes on counting from the checkpoint on a new connection, and the lines of the old one are lost", async () => {
  const source = await open();
  await server.send("new\n");
  expect(await rows(source, 3, 7)).toEqual([]);
  await reach(source, 7, 8);
  expect(await rows(source, 7, 8)).toEqual([["new"]]);
});

test("lets the sender wait while too much is waiting, and go on after a commit", async () => {
  const settings = { host: "127.0.0.1", port: server.port, includeTimestamp: false, numPartitions: 1 };
  const source = await opened(new SocketSource({ ...settings, bufferBytes: 100_000 }));
  const line = `${"x".repeat(999)}\n`;
  const client = await server.client();
  const lineCount = 20_000;
  for (let i = 0; i < lineCount; i++) client.write(line);
  let at: Offset = -1;
  let largest = 0;
  while ((at as number) < lineCount - 1) {
    await reach(source, at, (at as number) + 1);
    const end = (await source.latestOffset(at, source.readLimit)) as number;
    largest = Math.max(largest, end - (at as number));
    at = end;
    await source.commit(at);
  }
  // a hundred lines and what one or two chunks of the socket bring on top
  expect(largest).toBeLessThan(400);
});

test("refuses a line without end", async () => {
  const settings = { host: "127.0.0.1", port: server.port, includeTimestamp: false, numPartitions: 1 };
  const source = await opened(new SocketSource({ ...settings, bufferBytes: 1000 }));
  await server.send("x".repeat(5000));
  await expect(reach(source, -1, 0)).rejects.toThrow(/SS_SOCKET_LINE_TOO_LONG/);
});

test("stays idle when the other side has ended", async () => {
  const source = await open();
  (await server.client()).end("a\n");
  await reach(source, -1, 0);
  expect(await source.latestOffset(0, source.readLimit)).toBe(0);
});

test("delivers what arrived before the connection broke, then fails", async () => {
  const source = await open();
  await server.send("a\n");
  await reach(source, -1, 0);
  const woken = new Promise<void>((resolve) => source.onData!(resolve));
  (await server.client()).resetAndDestroy();
  await woken;
  expect(await source.latestOffset(-1, source.readLimit)).toBe(0);
  await expect(source.latestOffset(0, source.readLimit)).rejects.toThrow(/SS_SOCKET_FAILED/);
});

test("says what to do where nothing listens", async () => {
  const { port } = server;
  await server.stop();
  await expect(make({ host: "127.0.0.1", port }).then((source) => opened(source))).rejects.toThrow(
    new RegExp(`SS_SOCKET_FAILED.*127.0.0.1:${port}.*nc -lk ${port}`),
  );
  server = await LineServer.start();
});

test("leaves the connection when the query stops", async () => {
  const abort = new AbortController();
  await opened(await make({ host: "127.0.0.1", port: server.port }), abort.signal);
  const client = await server.client();
  client.resume();
  const left = once(client, "close");
  abort.abort();
  await left;
});

test.each([
  [{ port: 1 }, /needs the option 'host'/],
  [{ host: "h" }, /needs the option 'port'/],
  [{ host: "h", port: "http" }, /'port'/],
  [{ host: "h", port: 65536 }, /'port'/],
  [{ host: "h", port: 1, includeTimestamp: "yes" }, /'includeTimestamp'/],
])("refuses %o", async (options, message) => {
  await expect(make(options)).rejects.toThrow(message);
});

test("describes itself as Spark does, and the typed way in is the same", async () => {
  const source = await make({ host: "127.0.0.1", port: 33469 });
  expect(source.description).toBe("TextSocketV2[host: 127.0.0.1, port: 33469]");
  expect(socket({ host: "h", port: 1 })).toEqual({ format: "socket", options: { host: "h", port: 1 } });
});
