import type { DataFrame, SparkSession } from "@ss/sql";
import type { SeededRandom } from "@ss/testkit";
import { countAll, countByKey, countByTime, slidingWindow, tumblingWindow } from "./aggregate.js";
import { firstOfKey, firstWithinWatermark } from "./distinct.js";
import { randomFilter } from "./filter.js";
import { randomJoin } from "./join.js";
import { randomLimit } from "./limit.js";
import { plainRows } from "./plain-rows.js";
import { randomProject } from "./project.js";
import { ROW_SCHEMA } from "./row.js";
import { sessionWindow } from "./session.js";
import { groupsWithState, statefulProcessor } from "./state-by-key.js";
import type { Step } from "./step.js";
import type { Terminal } from "./terminal.js";

/** Makes the operator at the end of a query, by the name under which `--operators` chooses it. */
const TERMINALS: Readonly<Record<string, (random: SeededRandom) => Terminal>> = {
  stateless: plainRows,
  count: countByKey,
  all: countAll,
  time: countByTime,
  tumbling: tumblingWindow,
  sliding: slidingWindow,
  session: sessionWindow,
  limit: randomLimit,
  distinct: firstOfKey,
  within: firstWithinWatermark,
  groups: groupsWithState,
  processor: statefulProcessor,
};

const STEPS: Readonly<Record<string, (random: SeededRandom) => Step>> = {
  filter: randomFilter,
  project: randomProject,
  join: randomJoin,
};

/** The names that `--operators` takes. */
export const OPERATORS: readonly string[] = [...Object.keys(TERMINALS), ...Object.keys(STEPS), "union"];

/** A random query: one or two streams, some operators that keep the columns, and one at the end. */
export interface RandomQuery {
  readonly sourceCount: number;
  /** The delay of the watermark of each stream; null: the streams have none of their own. */
  readonly sourceDelays: readonly number[] | null;
  readonly steps: readonly Step[];
  /** The delay of a watermark right before the end; null: there is none. */
  readonly endDelay: number | null;
  readonly terminal: Terminal;
  /** Whether late rows are written into files of their own. */
  readonly reportsLate: boolean;
}

/** Chooses a query among the given operators; with no choice, among all. */
export function randomQuery(random: SeededRandom, operators: readonly string[]): RandomQuery {
  const chosen = (names: readonly string[]): readonly string[] => {
    const some = names.filter((name) => operators.includes(name));
    return operators.length === 0 ? names : some;
  };
  const ends = chosen(Object.keys(TERMINALS));
  const between = chosen(Object.keys(STEPS));
  const terminal = TERMINALS[ends.length === 0 ? "stateless" : random.pick(ends)]!(random);
  const sourceCount = operators.length > 0 ? 1 + Number(operators.includes("union")) : random.pick([1, 1, 2]);
  const atLeastOne = ends.length === 0 && between.length > 0 ? 1 : 0;
  const steps = Array.from({ length: between.length === 0 ? 0 : random.integer(atLeastOne, 3) }, () =>
    STEPS[random.pick(between)]!(random),
  );
  const delay = (): number => random.pick([0, 5, 20, 100]);
  const watermarked = terminal.needsWatermark || random.chance(0.4);
  // a filter above a watermark may run below it, which changes what the watermark sees
  const early = watermarked && steps.every(({ operator }) => operator === "project") && random.chance(0.4);
  return {
    sourceCount,
    sourceDelays: early ? Array.from({ length: sourceCount }, delay) : null,
    steps,
    endDelay: watermarked && !early ? delay() : null,
    terminal,
    reportsLate: watermarked && terminal.lateTimes !== undefined && random.chance(),
  };
}

/** The query in words. */
export function queryText(query: RandomQuery): string {
  const { sourceCount, sourceDelays, steps, endDelay, terminal, reportsLate } = query;
  const parts = [sourceCount > 1 ? "stream.union(stream)" : "stream"];
  if (sourceDelays) parts.push(`each withWatermark(t, ${sourceDelays.join(" and ")} seconds)`);
  parts.push(...steps.map((step) => step.text));
  if (endDelay !== null) parts.push(`withWatermark(t, ${endDelay} seconds)`);
  if (terminal.text !== "") parts.push(terminal.text);
  if (reportsLate) parts.push("late rows into files");
  return parts.join(" . ");
}

/** The query as a DataFrame over sources of the given format and names. */
export function queryFrame(
  query: RandomQuery,
  spark: SparkSession,
  format: string,
  sources: readonly string[],
): DataFrame {
  const streams = sources.map((name, k) => {
    const stream = spark.readStream.format(format).option("name", name).schema(ROW_SCHEMA).load();
    return query.sourceDelays ? stream.withWatermark("t", `${query.sourceDelays[k]} seconds`) : stream;
  });
  let frame = streams.reduce((left, right) => left.union(right));
  for (const step of query.steps) frame = step.frame(frame, spark);
  if (query.endDelay !== null) frame = frame.withWatermark("t", `${query.endDelay} seconds`);
  return query.terminal.frame(frame);
}
