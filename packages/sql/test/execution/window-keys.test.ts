import { Int64Column, StructField, StructType, TimestampType } from "@ss/core";
import { describe, expect, test } from "vitest";
import {
  assembleKeys,
  eventTimeOf,
  flattenKeys,
  keyParts,
} from "../../src/execution/aggregate/key-columns.js";
import { SparkSession } from "../../src/index.js";
import type { GroupKey } from "../../src/physical/plan.js";

const HOUR = 3_600_000_000n;

function windowKey(windowMicros?: bigint): GroupKey {
  const type = new StructType([StructField("start", TimestampType), StructField("end", TimestampType)]);
  const metadata = { "spark.watermarkDelayMs": 0 };
  const key = {
    kind: "attribute",
    id: 1,
    name: "w",
    type,
    nullable: false,
    qualifier: [],
    metadata,
  } as const;
  return windowMicros === undefined ? key : { ...key, windowMicros };
}

describe("the end of a window of constant length", () => {
  test("is no part of the key, and the event time is found from the start", () => {
    expect(keyParts([windowKey(HOUR)]).map(({ name }) => name)).toEqual(["w.start"]);
    expect(eventTimeOf([windowKey(HOUR)])).toEqual({ part: 0, offset: HOUR });
    expect(keyParts([windowKey()]).map(({ name }) => name)).toEqual(["w.start", "w.end"]);
    expect(eventTimeOf([windowKey()])).toEqual({ part: 1, offset: 0n });
  });

  test("is made again from the start, across 1970 and the halves of its 64 bits", () => {
    const starts = [
      0n,
      -1n,
      -HOUR,
      0xffffffffn,
      -0x1_0000_0000n,
      1_700_000_000_000_000n,
      0x7fff_ffff_ffff_0000n,
    ];
    const lengths = [1n, HOUR, 0xffffffffn, 0x1_0000_0000n, 86_400_000_000n * 365n];
    for (const length of lengths) {
      const column = new Int64Column(TimestampType, starts.length, null, BigInt64Array.from(starts));
      const [made] = assembleKeys([windowKey(length)], [column], starts.length);
      const [, ends] = flattenKeys([windowKey()], [made!]) as [Int64Column, Int64Column];
      expect([...ends.values]).toEqual(starts.map((start) => BigInt.asIntN(64, start + length)));
    }
  });
});

describe("groups by a window", () => {
  async function rows(sql: string): Promise<string[]> {
    const spark = await SparkSession.builder().config("spark.sql.session.timeZone", "UTC").create();
    spark
      .sql(
        "SELECT CAST(column1 AS TIMESTAMP) AS t, column2 AS k FROM VALUES ('2024-01-01 00:10:00', 'a'), ('2024-01-01 00:50:00', 'a'), ('2024-01-01 01:10:00', 'a'), ('1969-12-31 23:59:00', 'b') AS v(column1, column2)",
      )
      .createOrReplaceTempView("events");
    const found = await spark.sql(sql).collect();
    return found.map((row) => Object.values(row as Record<string, unknown>).join(" ")).sort();
  }
  const minutes =
    "(unix_timestamp(w.start) - 1704067200) DIV 60 AS s, (unix_timestamp(w.end) - 1704067200) DIV 60 AS e";

  test("have start and end where it tumbles", async () => {
    expect(
      await rows(
        `SELECT ${minutes}, n FROM (SELECT window(t, '1 hour') AS w, count(1) AS n FROM events WHERE k = 'a' GROUP BY 1)`,
      ),
    ).toEqual(["0 60 2", "60 120 1"]);
  });

  test("have start and end where it slides", async () => {
    expect(
      await rows(
        `SELECT ${minutes}, n FROM (SELECT window(t, '1 hour', '30 minutes') AS w, count(1) AS n FROM events WHERE k = 'a' GROUP BY 1)`,
      ),
    ).toEqual(["-30 30 1", "0 60 2", "30 90 2", "60 120 1"]);
  });

  test("are kept apart by the end where lengths differ", async () => {
    expect(
      await rows(
        `SELECT ${minutes}, n FROM (SELECT w, count(1) AS n FROM (
           SELECT window(t, '1 hour') AS w FROM events WHERE k = 'a' UNION ALL SELECT window(t, '2 hours') AS w FROM events WHERE k = 'a'
         ) GROUP BY w)`,
      ),
    ).toEqual(["0 120 3", "0 60 2", "60 120 1"]);
  });

  test("are kept apart by the end of a struct that merely looks like a window", async () => {
    expect(
      await rows(
        `SELECT ${minutes}, n FROM (SELECT w, count(1) AS n FROM (
           SELECT named_struct('start', date_trunc('HOUR', t), 'end', t) AS w FROM events WHERE k = 'a'
         ) GROUP BY w)`,
      ),
    ).toEqual(["0 10 1", "0 50 1", "60 70 1"]);
  });

  test("of windows have the outer window's start and end", async () => {
    expect(
      await rows(
        `SELECT ${minutes}, n FROM (SELECT window(inner_w, '3 hours') AS w, sum(m) AS n FROM (
           SELECT window(t, '1 hour') AS inner_w, count(1) AS m FROM events WHERE k = 'a' GROUP BY 1
         ) GROUP BY 1)`,
      ),
    ).toEqual(["0 180 3"]);
  });
});
