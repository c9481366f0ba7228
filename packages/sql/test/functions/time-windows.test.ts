import { afterAll, expect, test } from "vitest";
import { SparkSession } from "../../src/index.js";

const spark = await SparkSession.builder().config("spark.sql.session.timeZone", "UTC").create();
afterAll(() => spark.stop());

const SEED = 20_261_121;

function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 4_294_967_296;
  };
}

/** Times that stay in a window, leave it, lie at its borders, are null, or are beyond what doubles hold. */
function times(count: number, duration: number): (bigint | null)[] {
  const next = random(SEED);
  let time = -5n * BigInt(duration);
  return Array.from({ length: count }, () => {
    const kind = next();
    if (kind < 0.05) return null;
    if (kind < 0.1) return BigInt(Math.floor(next() * 2 ** 31)) * 2n ** 31n - 2n ** 61n;
    if (kind < 0.4) time = (time / BigInt(duration)) * BigInt(duration) + (kind < 0.2 ? -1n : 0n);
    time += BigInt(Math.floor(next() * duration * (kind < 0.7 ? 0.1 : 3)));
    return time;
  });
}

test.each([
  { seconds: 7, offset: 0 },
  { seconds: 10, offset: 3 },
  { seconds: 86_400, offset: 0 },
])(
  "every time falls into its window of $seconds s from $offset s, whatever came before (seed 20261121)",
  async ({ seconds, offset }) => {
    const duration = BigInt(seconds) * 1_000_000n;
    const start = BigInt(offset) * 1_000_000n;
    const values = times(3000, Number(duration));
    spark
      .createDataFrame(
        values.map((t, i) => ({ i, t })),
        "i INT, t BIGINT",
      )
      .createOrReplaceTempView("times");
    const rows = await spark
      .sql(
        `SELECT i, CAST(unix_micros(w.start) AS STRING) AS s, CAST(unix_micros(w.end) AS STRING) AS e
       FROM (SELECT i, window(timestamp_micros(t), '${seconds} seconds', '${seconds} seconds', '${offset} seconds') AS w FROM times)`,
      )
      .collect();
    const expected = values.flatMap((t, i) => {
      if (t === null) return [];
      const rest = (t - start) % duration;
      const from = t - (rest < 0n ? rest + duration : rest);
      return [{ i, s: String(from), e: String(from + duration) }];
    });
    expect(rows).toEqual(expected);
  },
);

test("children of a struct that is null in some rows keep their nulls apart from those of other rows", async () => {
  const rows = await spark
    .sql("SELECT id, IF(id % 3 = 0, NULL, struct(id, struct(id * 2 AS b) AS n)) AS s FROM range(7)")
    .collect();
  expect(rows).toEqual(
    [0, 1, 2, 3, 4, 5, 6].map((id) => ({ id, s: id % 3 === 0 ? null : { id, n: { b: id * 2 } } })),
  );
});
