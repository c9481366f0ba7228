import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Int64Column, LongType, localFileSystem, parseDdl, type StateStore } from "@ss/core";
import { lmdbStateStoreProvider } from "../src/index.js";

// State of ROWS keys in MEMORY mebibytes: filled in batches, then read and changed at random, then loaded with and without its cache.
const ROWS = Number(process.argv[2] ?? 2_000_000);
const MEMORY = Number(process.argv[3] ?? 64);
const BATCH = 100_000;
const PIECE = 4096;

const root = mkdtempSync(join(tmpdir(), "large-state-"));
const spec = {
  operatorId: 0,
  name: "default",
  keySchema: parseDdl("id BIGINT"),
  valueSchema: parseDdl("count BIGINT, sum BIGINT"),
};

async function open(caches: string): Promise<StateStore> {
  const provider = lmdbStateStoreProvider({ folder: join(root, caches), memoryBytes: MEMORY << 20 });
  const runId = `run-${process.hrtime.bigint()}`;
  return provider.open({
    fileSystem: localFileSystem(),
    folder: join(root, "state"),
    runId,
    conf: () => undefined,
  });
}

const long = (values: BigInt64Array): Int64Column => new Int64Column(LongType, values.length, null, values);
/** Numbers whose order is not that of their making. */
const scattered = (n: number): bigint => BigInt.asIntN(64, BigInt(n) * 0x9e3779b97f4a7c15n);

function resident(): string {
  const status = readFileSync("/proc/self/status", "latin1");
  const of = (key: string): number =>
    Math.round(Number(new RegExp(`${key}:\\s+(\\d+)`).exec(status)![1]) / 1024);
  return `${of("VmRSS")} MB resident, ${of("RssFile")} of them mapped files`;
}

async function timed(what: string, rows: number, work: () => Promise<void>): Promise<void> {
  const [wall, cpu] = [performance.now(), process.cpuUsage()];
  await work();
  const used = process.cpuUsage(cpu);
  const seconds = (used.user + used.system) / 1e6;
  const perRow = ((seconds * 1e6) / rows).toFixed(1);
  const ms = Math.round(performance.now() - wall);
  console.log(
    `${what}: ${rows} rows, ${ms} ms, ${seconds.toFixed(2)} CPU-s, ${perRow} us a row; ${resident()}`,
  );
}

console.log(`before: ${resident()}`);
let store = await open("a");
let family = store.family(spec);
await store.load(null);
let version = null as Awaited<ReturnType<StateStore["commit"]>> | null;
await timed("fill", ROWS, async () => {
  for (let from = 0; from < ROWS; from += BATCH) {
    for (let at = from; at < Math.min(ROWS, from + BATCH); at += PIECE) {
      const keys = [long(BigInt64Array.from({ length: PIECE }, (_, i) => scattered(at + i)))];
      family.get(keys, PIECE);
      family.put(keys, [long(new BigInt64Array(PIECE)), long(new BigInt64Array(PIECE))], PIECE);
    }
    version = await store.commit((version?.version ?? 0) + 1, async () => {});
    await store.maintain(version.version);
  }
});
await timed("look up", 500_000, async () => {
  for (let done = 0; done < 500_000; done += PIECE) {
    const ids = BigInt64Array.from({ length: PIECE }, () => scattered(Math.floor(Math.random() * ROWS)));
    family.get([long(ids)], PIECE);
  }
});
const changes: number[] = [];
await timed("50 batches that change 1,000 keys", 50_000, async () => {
  for (let batch = 0; batch < 50; batch++) {
    const start = performance.now();
    const keys = [
      long(BigInt64Array.from({ length: 1000 }, () => scattered(Math.floor(Math.random() * ROWS)))),
    ];
    family.get(keys, 1000);
    family.put(keys, [long(new BigInt64Array(1000)), long(new BigInt64Array(1000))], 1000);
    version = await store.commit(version!.version + 1, async () => {});
    changes.push(performance.now() - start);
    await store.maintain(version.version);
  }
});
console.log(`median of such a batch: ${changes.sort((a, b) => a - b)[25]!.toFixed(1)} ms`);
await store.close();
for (const [what, caches] of [
  ["load with the cache", "a"],
  ["load without it", "b"],
] as const) {
  await timed(what, ROWS, async () => {
    store = await open(caches);
    family = store.family(spec);
    await store.load(version);
  });
  await store.close();
}
rmSync(root, { recursive: true, force: true });
