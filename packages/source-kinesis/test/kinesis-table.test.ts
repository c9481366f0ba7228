import { Options, rowsOf, type SessionContext } from "@ss/core";
import { VirtualClock } from "@ss/testkit";
import { expect, test } from "vitest";
import { kinesisSource } from "../src/index.js";
import { KinesisTable } from "../src/kinesis-table.js";
import { readSettings } from "../src/plugin.js";
import { aggregate } from "./aggregate.js";
import { FakeKinesis, serviceError } from "./fake-kinesis.js";

const START_MS = 1_700_000_000_000;
const { signal } = new AbortController();

interface World {
  readonly clock: VirtualClock;
  readonly fake: FakeKinesis;
  readonly warnings: string[];
  table(options?: Readonly<Record<string, unknown>>): KinesisTable;
}

function world(shards = 1): World {
  const clock = new VirtualClock(START_MS);
  const fake = new FakeKinesis(clock, shards);
  const warnings: string[] = [];
  const table = (options: Readonly<Record<string, unknown>> = {}): KinesisTable => {
    const all = new Options({ streamName: fake.name, ...options });
    const settings = readSettings(all, "UTC", async () => fake, "trim_horizon");
    return new KinesisTable({ ...settings, clock, warn: (message) => warnings.push(message) });
  };
  return { clock, fake, warnings, table };
}

/** What a promise gives that wants time to pass. */
async function awaited<T>(clock: VirtualClock, promise: Promise<T>): Promise<T> {
  let isSettled = false;
  const settled = (): void => {
    isSettled = true;
  };
  promise.then(settled, settled);
  while (!isSettled) await clock.advance(100);
  return promise;
}

/** The data of a table as text. */
function read({ clock }: World, table: KinesisTable): Promise<string[]> {
  const scan = { columns: ["data"], predicates: [] };
  const all = async (): Promise<string[]> => {
    const rows: string[] = [];
    const parts = await table.plan();
    await clock.sleep(10);
    for (const part of parts)
      for await (const batch of table.read(part, scan, signal))
        rows.push(...rowsOf(batch).map(([data]) => Buffer.from(data as Uint8Array).toString()));
    return rows;
  };
  return awaited(clock, all());
}

test("a table has what was there when the query was planned, in whatever shards", async () => {
  const here = world(2);
  const { fake } = here;
  for (let k = 0; k < 12; k++) fake.put(`a${k}`, 0);
  fake.put("b", 1);
  const [left, right] = fake.split(0);
  fake.put("left", left);
  fake.put("right", right);
  const table = here.table({ maxRecordsPerFetch: 5 });
  const rows = await read(here, table);
  expect(rows.slice(0, 12)).toEqual(Array.from({ length: 12 }, (_, k) => `a${k}`));
  expect(rows.slice(12).sort()).toEqual(["b", "left", "right"]);
  fake.put("later", left);
  expect((await read(here, table)).slice(12).sort()).toEqual(["b", "later", "left", "right"]);
});

test("the read of a shard ends, however fast records come while it is read, and misses none that was there", async () => {
  const here = world();
  const { clock, fake } = here;
  for (let k = 0; k < 20; k++) fake.put(`${k}`);
  const records = fake.records.bind(fake);
  let requests = 0;
  fake.records = async (...request) => {
    requests++;
    const page = await records(...request);
    for (let k = 0; k < 10; k++) fake.put("later");
    await clock.advance(60_000);
    // the clock of the service is ahead of the one here
    const shifted = page.records.map((record) => ({ ...record, arrivalMs: record.arrivalMs + 240_000 }));
    return { ...page, records: shifted };
  };
  const rows = await read(here, here.table({ maxRecordsPerFetch: 10 }));
  expect(rows.slice(0, 20)).toEqual(Array.from({ length: 20 }, (_, k) => `${k}`));
  expect(new Set(rows.slice(20))).toEqual(new Set(["later"]));
  expect(requests).toBeLessThan(10);
});

test("a table begins where the option says; what follows a shard is read from its beginning", async () => {
  const here = world();
  const { clock, fake } = here;
  fake.put("a");
  await clock.advance(1000);
  const number = fake.put("b");
  fake.put("c");
  const [left] = fake.split(0);
  fake.put("d", left);
  const from = (position: object): Promise<string[]> =>
    read(here, here.table({ initialPosition: JSON.stringify(position) }));
  expect(await from({ at_timestamp: START_MS + 1 })).toEqual(["b", "c", "d"]);
  expect(await from({ at_timestamp: START_MS + 3_600_000 })).toEqual([]);
  const { shardId } = fake.shards[0]!;
  const behind = { type: "AFTER_SEQUENCE_NUMBER", sequenceNumber: number };
  expect(await from({ [fake.name]: { [shardId]: behind } })).toEqual(["c", "d"]);
});

test("records that were packed into one come one by one", async () => {
  const here = world();
  here.fake.put(
    aggregate([
      { key: "k", data: "x" },
      { key: "k", data: "y" },
    ]),
  );
  expect(await read(here, here.table())).toEqual(["x", "y"]);
});

test("what a table has opened ends when it is released", async () => {
  const here = world();
  here.fake.put("a");
  const table = here.table();
  await read(here, table);
  expect(here.fake.isClosed).toBe(false);
  await table.release();
  expect(here.fake.isClosed).toBe(true);
});

test("requests that fail are made again some times, and then named", async () => {
  const here = world();
  here.fake.put("a");
  here.fake.fail("records", serviceError("InternalFailureException"), 3);
  expect(await read(here, here.table())).toEqual(["a"]);
  here.fake.fail("records", serviceError("AccessDeniedException"));
  await expect(read(here, here.table())).rejects.toMatchObject({ condition: "SS_KINESIS_FAILED" });
});

test("a table cannot begin at its end", async () => {
  const session = { timeZone: "UTC", clock: new VirtualClock(START_MS) } as unknown as SessionContext;
  const request = (initialPosition: string) => ({
    format: "kinesis",
    options: new Options({ streamName: "s", initialPosition }),
    paths: [],
    schema: undefined,
    session,
  });
  const [provider] = kinesisSource().sources!;
  await expect(provider!.table!(request("latest"))).rejects.toMatchObject({ condition: "SS_INVALID_OPTION" });
  expect((await provider!.table!(request("earliest"))).description).toBe("KinesisTable[s]");
});
