import type { DataFrame } from "@ss/sql";
import type { SeededRandom } from "@ss/testkit";
import { outputRow, type Row } from "./row.js";
import type { Terminal, TerminalModel } from "./terminal.js";

/** The first row of each key, over all batches; with event time among the keys until the watermark has passed it. */
export function firstOfKey(random: SeededRandom): Terminal {
  const timed = random.chance();
  const keys = timed ? ["k", "t"] : ["k"];
  return deduplication(random, {
    operator: timed ? "distinct by event time" : "distinct",
    text: `dropDuplicates(${keys.join(", ")})`,
    timed,
    frame: (stream) => stream.dropDuplicates(...keys),
    keyOf: ({ k, t }) => JSON.stringify(timed ? [k, t] : [k]),
    endMs: ({ t }) => (timed && t !== null ? t * 1000 : null),
  });
}

/** The first row of each key until the watermark has passed its event time and the delay. */
export function firstWithinWatermark(random: SeededRandom): Terminal {
  return deduplication(random, {
    operator: "distinct within watermark",
    text: "filter(t IS NOT NULL) . dropDuplicatesWithinWatermark(k)",
    timed: true,
    frame: (stream) => stream.filter("t IS NOT NULL").dropDuplicatesWithinWatermark("k"),
    takes: ({ t }) => t !== null,
    keyOf: ({ k }) => JSON.stringify(k),
    endMs: ({ t }, delayMs) => t! * 1000 + delayMs,
  });
}

/** What rows are the same, and for how long that is remembered. */
interface Deduplication {
  readonly operator: string;
  readonly text: string;
  /** Whether keys are forgotten. */
  readonly timed: boolean;
  frame(stream: DataFrame): DataFrame;
  takes?(row: Row): boolean;
  keyOf(row: Row): string;
  /** When the key of a row that has passed is forgotten; null: never. */
  endMs(row: Row, delayMs: number): number | null;
}

function deduplication(random: SeededRandom, of: Deduplication): Terminal {
  const { operator, text, timed, takes = () => true } = of;
  return {
    operator,
    text,
    mode: random.pick(["append", "update"] as const),
    evicts: timed,
    needsWatermark: timed,
    columns: ["id", "k", "n", "ts"],
    lateTimes: ({ t }) => (t === null ? [] : [t * 1000]),
    frame: (stream) => of.frame(stream).selectExpr("id", "k", "n", "CAST(t AS BIGINT) AS ts"),
    model: (delayMs) => modelOf(of, takes, delayMs),
  };
}

function modelOf(
  { keyOf, endMs }: Deduplication,
  takes: (row: Row) => boolean,
  delayMs: number,
): TerminalModel {
  const ends = new Map<string, number | null>();
  return {
    batch: (rows, { lateMs, nowMs }) => {
      const passed: Row[] = [];
      for (const row of rows) {
        const isLate = row.t !== null && row.t * 1000 <= lateMs;
        if (!takes(row) || isLate || ends.has(keyOf(row))) continue;
        ends.set(keyOf(row), endMs(row, delayMs));
        passed.push(row);
      }
      for (const [key, end] of ends) if (end !== null && end <= nowMs) ends.delete(key);
      return passed.map(({ id, k, n, t }) => outputRow([id, k, n, t]));
    },
  };
}
