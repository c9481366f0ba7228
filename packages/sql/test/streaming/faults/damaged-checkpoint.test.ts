import { fileSource } from "@ss/source-file";
import { FaultyFileSystem } from "@ss/testkit";
import { expect, test } from "vitest";
import { diskWith } from "./disk-copy.js";
import * as queries from "./queries.js";
import { rowText, Trial, type TrialOptions } from "./trial.js";

const PATIENCE = { timeout: 60_000 };
const SNAPSHOTS = { "spark.sql.streaming.stateStore.minDeltasForSnapshot": "2" };

/** What may befall a file: it is gone, cut, or some of its bytes are others. */
function* damages(bytes: Uint8Array): Generator<readonly [what: string, damaged: Uint8Array | null]> {
  yield ["deleted", null];
  const text = Buffer.from(bytes).toString("latin1");
  const lineEnds = [...text.matchAll(/\n/g)].map(({ index }) => index);
  const step = Math.max(3, Math.floor(bytes.length / 12));
  const lengths = Array.from({ length: Math.ceil(bytes.length / step) }, (_, k) => k * step);
  for (const length of new Set([...lengths, ...lineEnds, bytes.length - 1]))
    yield [`cut to ${length} bytes`, bytes.slice(0, length)];
  for (let k = 1; k < bytes.length; k += step + 1) {
    const changed = bytes.slice();
    changed[k]! ^= 1;
    yield [`with byte ${k} changed`, changed];
  }
}

/** Damages one file after the other; the query has to give the right result all the same, or to name the file. */
async function recognisesDamage(
  options: TrialOptions,
  files: RegExp,
  expected: readonly string[],
): Promise<number> {
  const trial = new Trial(options);
  const disk = new FaultyFileSystem();
  await trial.runSome(disk, 2);
  trial.feed();
  const sound = disk.files();
  let refused = 0;
  for (const [path, bytes] of sound) {
    if (!files.test(path)) continue;
    for (const [what, damaged] of damages(bytes)) {
      const changed = new Map(sound);
      if (damaged === null) changed.delete(path);
      else changed.set(path, damaged);
      const copy = trial.copy();
      const error = await copy.run(await diskWith(changed)).then(
        () => null,
        (thrown: Error) => thrown,
      );
      if (error === null) expect(copy.table(), `${path} ${what}`).toEqual(expected);
      else expect(error.message, `${path} ${what}`).toContain(path);
      if (error !== null) refused++;
    }
  }
  return refused;
}

test("offset and commit logs that are damaged are named", PATIENCE, async () => {
  const refused = await recognisesDamage(
    queries.WINDOWED,
    /\/(offsets|commits)\/\d+$/,
    queries.WINDOWED_RESULT,
  );
  expect(refused).toBeGreaterThan(50);
});

test("state files that are damaged are named", PATIENCE, async () => {
  expect(await recognisesDamage(queries.TOTALS, /\/state\//, queries.TOTALS_RESULT)).toBeGreaterThan(40);
});

test(
  "a damaged snapshot is done without, as the deltas say the same, and a delta before a snapshot too",
  PATIENCE,
  async () => {
    const options = { ...queries.TOTALS, conf: SNAPSHOTS };
    expect(await recognisesDamage(options, /\/state\//, queries.TOTALS_RESULT)).toBe(0);
  },
);

test("a damaged query id is named, or was not part of the damage", PATIENCE, async () => {
  const trial = new Trial(queries.TOTALS);
  const disk = new FaultyFileSystem();
  await trial.runSome(disk, 2);
  const { id } = JSON.parse(new TextDecoder().decode(disk.files().get("/checkpoint/metadata"))) as {
    id: string;
  };
  for (const [what, damaged] of damages(disk.files().get("/checkpoint/metadata")!)) {
    const changed = new Map(disk.files());
    if (damaged === null) changed.delete("/checkpoint/metadata");
    else changed.set("/checkpoint/metadata", damaged);
    const copy = trial.copy();
    const spark = await copy.session(await diskWith(changed));
    const outcome = await copy.start(spark).catch((error: Error) => error);
    if (outcome instanceof Error) expect(outcome.message, what).toContain("/checkpoint");
    else expect(outcome.id, what).toBe(id);
    await spark.stop();
  }
});

test("state that another run left behind is not taken for the query's own", async () => {
  const trial = new Trial(queries.TOTALS);
  const disk = new FaultyFileSystem();
  await trial.runSome(disk, 2);
  const files = new Map(disk.files());
  const deltas = [...files.keys()].filter((path) => path.endsWith(".delta")).sort();
  files.set(deltas[0]!, files.get(deltas[1]!)!);
  const error = await trial.copy().failure(await diskWith(files));
  expect(error.condition).toBe("SS_STATE_FILE_CORRUPT");
  expect(error.message).toContain(deltas[0]);
});

test("a damaged manifest of an output is named when the output is read", PATIENCE, async () => {
  const trial = new Trial({ ...queries.STATELESS, output: "/out" });
  const disk = new FaultyFileSystem();
  await trial.run(disk);
  const sound = disk.files();
  for (const [path, bytes] of sound) {
    if (!path.includes("_spark_metadata")) continue;
    for (const [what, damaged] of damages(bytes)) {
      // an empty list is a file that a batch without rows leaves
      if (damaged === null || damaged.length === "v1".length) continue;
      const spark = await trial.session(await diskWith(new Map([...sound, [path, damaged]])), fileSource());
      const rows = spark.read.format("json").schema("k STRING, n INT").load("/out").collect();
      await expect(rows, `${path} ${what}`).rejects.toThrow(path);
    }
  }
});

test("a manifest that lacks one of its entries is named when the output is read", async () => {
  const trial = new Trial({ ...queries.STATELESS, output: "/out" });
  const disk = new FaultyFileSystem();
  await trial.run(disk);
  const files = new Map(disk.files());
  files.delete("/out/_spark_metadata/1");
  const spark = await trial.session(await diskWith(files), fileSource());
  const rows = spark.read.format("json").schema("k STRING, n INT").load("/out").collect();
  await expect(rows).rejects.toThrow("/out/_spark_metadata");
});

test("a damaged list of the files that a source has read is named", PATIENCE, async () => {
  const disk = new FaultyFileSystem();
  const trial = new Trial({ schema: "k STRING", inputs: [], query: (stream) => stream });
  const lines = (text: string): Uint8Array => new TextEncoder().encode(text);
  const run = async (on: FaultyFileSystem, filesPerTrigger: number): Promise<string[]> => {
    const copy = trial.copy();
    const spark = await copy.session(on, fileSource());
    const stream = spark.readStream
      .format("csv")
      .schema("k STRING, n INT")
      .option("maxFilesPerTrigger", filesPerTrigger)
      .load("/in");
    const writer = stream.writeStream.format("collecting").option("checkpointLocation", "/checkpoint");
    try {
      const query = await writer.start();
      await query.processAllAvailable();
    } finally {
      await spark.stop();
    }
    return copy.sink.rows().map(rowText).sort();
  };
  await disk.createExclusive("/in/1.csv", lines("a,1\nb,2\n"));
  await disk.createExclusive("/in/2.csv", lines("c,3\n"));
  expect(await run(disk, 1)).toEqual(["a 1", "b 2", "c 3"]);
  await disk.createExclusive("/in/3.csv", lines("d,4\n"));
  const sound = disk.files();
  let refused = 0;
  for (const [path, bytes] of sound) {
    if (!path.includes("/sources/")) continue;
    for (const [what, damaged] of damages(bytes)) {
      if (damaged?.length === "v1".length) continue;
      const files = new Map(sound);
      if (damaged === null) files.delete(path);
      else files.set(path, damaged);
      const outcome = await run(await diskWith(files), 10).catch((error: Error) => error);
      if (outcome instanceof Error) refused++;
      else expect(outcome, `${path} ${what}`).toEqual(["d 4"]);
    }
  }
  expect(refused).toBeGreaterThan(20);
});
