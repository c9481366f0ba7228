import {
  type ExpiredTimerInfo,
  type ListState,
  type MapState,
  StatefulProcessor,
  TimeMode,
  type ValueState,
} from "@ss/sql";
import type { SeededRandom } from "@ss/testkit";
import { type OutputRow, outputRow, type Row } from "./row.js";
import type { BatchWatermarks, Terminal, TerminalModel } from "./terminal.js";

/** A row as a program of the query sees it. */
interface SeenRow {
  readonly id: number;
  readonly n: number | null;
  readonly t: Date | null;
}

/** Counts rows by key until no row has come for a while of event time. */
export function groupsWithState(random: SeededRandom): Terminal {
  const gapMs = random.pick([1, 10, 60]) * 1000;
  const mode = random.pick(["append", "update"] as const);
  return {
    operator: `groups with state ${mode}`,
    text: `groupByKey(k).flatMapGroupsWithState(until ${gapMs / 1000} seconds have passed) ${mode}`,
    mode,
    evicts: true,
    needsWatermark: true,
    columns: ["k", "rows", "ids", "over"],
    frame: (stream) =>
      stream.groupByKey("k").flatMapGroupsWithState(
        {
          state: { rows: "int", ids: "array<bigint>", last: "bigint" },
          output: { k: "string", rows: "int", ids: "string", over: "boolean" },
          outputMode: mode,
          timeout: "EventTimeTimeout",
        },
        (k: string | null, rows, state) => {
          const before = state.getOption();
          const list = [...rows] as SeenRow[];
          const ids = [...((before?.ids as number[] | undefined) ?? []), ...list.map((row) => row.id)];
          const told = {
            k,
            rows: (before?.rows ?? 0) + list.length,
            ids: sorted(ids),
            over: state.hasTimedOut,
          };
          if (state.hasTimedOut) state.remove();
          else {
            const times = list.flatMap(({ t }) => (t === null ? [] : [t.getTime()]));
            const last = Math.max(before?.last ?? 0, ...times);
            state.update({ rows: told.rows, ids, last });
            state.setTimeoutTimestamp(Math.max(last + gapMs, state.getCurrentWatermarkMs(), 1));
          }
          return [told];
        },
      ),
    model: () => new GroupsModel(gapMs),
  };
}

interface Group {
  readonly k: string | null;
  ids: number[];
  last: number;
  timeoutMs: number;
}

class GroupsModel implements TerminalModel {
  private readonly gapMs: number;
  private readonly groups = new Map<string | null, Group>();

  constructor(gapMs: number) {
    this.gapMs = gapMs;
  }

  batch(rows: readonly Row[], { lateMs, nowMs }: BatchWatermarks): readonly OutputRow[] {
    const output: OutputRow[] = [];
    for (const [k, list] of byKey(rows, lateMs)) {
      const group = this.groups.get(k) ?? { k, ids: [], last: 0, timeoutMs: 0 };
      group.ids.push(...list.map(({ id }) => id));
      group.last = Math.max(group.last, ...list.map(({ t }) => (t ?? 0) * 1000));
      group.timeoutMs = Math.max(group.last + this.gapMs, nowMs, 1);
      this.groups.set(k, group);
      output.push(outputRow([k, group.ids.length, sorted(group.ids), false]));
    }
    for (const [k, { ids, timeoutMs }] of this.groups) {
      if (timeoutMs >= nowMs) continue;
      this.groups.delete(k);
      output.push(outputRow([k, ids.length, sorted(ids), true]));
    }
    return output;
  }
}

interface Page {
  readonly k: string | null;
  readonly rows: number;
  readonly ids: string;
  readonly kinds: string;
  readonly timer: number | null;
}

/** Keeps rows in a value, a list and a map, and forgets them when the last of its timers has fired. */
class Diary extends StatefulProcessor<string | null, SeenRow, Page> {
  private readonly gapMs: number;
  private rows!: ValueState<number>;
  private ids!: ListState<number>;
  private kinds!: MapState<number, number>;

  constructor(gapMs: number) {
    super();
    this.gapMs = gapMs;
  }

  override init(): void {
    const handle = this.getHandle();
    this.rows = handle.getValueState("rows", "int");
    this.ids = handle.getListState("ids", "bigint");
    this.kinds = handle.getMapState("kinds", "int", "int");
  }

  override *handleInputRows(k: string | null, rows: Iterable<SeenRow>): Iterable<Page> {
    let count = this.rows.get() ?? 0;
    for (const { id, n, t } of rows) {
      count++;
      this.ids.appendValue(id);
      const kind = (n ?? 0) % 3;
      if (n !== null && n < 0) this.kinds.removeKey(Math.abs(kind));
      else this.kinds.updateValue(kind, (this.kinds.getValue(kind) ?? 0) + 1);
      if (t !== null) this.getHandle().registerTimer(t.getTime() + this.gapMs);
    }
    this.rows.update(count);
    yield this.page(k, null);
  }

  override *handleExpiredTimer(k: string | null, _times: unknown, info: ExpiredTimerInfo): Iterable<Page> {
    yield this.page(k, info.getExpiryTimeInMs());
    if ([...this.getHandle().listTimers()].length > 1) return;
    this.rows.clear();
    this.ids.clear();
    this.kinds.clear();
  }

  private page(k: string | null, timer: number | null): Page {
    const kinds = [...this.kinds.iterator()].map(([kind, count]) => `${kind}:${count}`).sort();
    return { k, rows: this.rows.get() ?? 0, ids: sorted([...this.ids.get()]), kinds: kinds.join(), timer };
  }
}

/** A processor with variables of every kind, and timers by event time. */
export function statefulProcessor(random: SeededRandom): Terminal {
  const gapMs = random.pick([1, 10, 60]) * 1000;
  const mode = random.pick(["append", "update"] as const);
  return {
    operator: `stateful processor ${mode}`,
    text: `groupByKey(k).transformWithState(timers after ${gapMs / 1000} seconds) ${mode}`,
    mode,
    evicts: true,
    needsWatermark: true,
    columns: ["k", "rows", "ids", "kinds", "timer"],
    frame: (stream) =>
      stream.groupByKey("k").transformWithState(() => new Diary(gapMs), {
        output: { k: "string", rows: "int", ids: "string", kinds: "string", timer: "bigint" },
        outputMode: mode,
        timeMode: TimeMode.EventTime,
      }),
    model: () => new DiaryModel(gapMs),
  };
}

interface Entry {
  ids: number[];
  kinds: Map<number, number>;
  timers: Set<number>;
}

class DiaryModel implements TerminalModel {
  private readonly gapMs: number;
  private readonly entries = new Map<string | null, Entry>();

  constructor(gapMs: number) {
    this.gapMs = gapMs;
  }

  batch(rows: readonly Row[], { lateMs, nowMs }: BatchWatermarks): readonly OutputRow[] {
    const output: OutputRow[] = [];
    for (const [k, list] of byKey(rows, lateMs)) {
      const entry = this.entries.get(k) ?? { ids: [], kinds: new Map(), timers: new Set() };
      this.entries.set(k, entry);
      for (const row of list) this.take(entry, row);
      output.push(page(k, entry, null));
    }
    const due = [...this.entries].flatMap(([k, { timers }]) =>
      [...timers].filter((at) => at <= nowMs).map((at) => [at, k] as const),
    );
    for (const [at, k] of due.sort((a, b) => a[0] - b[0])) {
      const entry = this.entries.get(k)!;
      output.push(page(k, entry, at));
      entry.timers.delete(at);
      if (entry.timers.size === 0) this.entries.delete(k);
    }
    return output;
  }

  private take(entry: Entry, { id, n, t }: Row): void {
    entry.ids.push(id);
    const kind = (n ?? 0) % 3;
    if (n !== null && n < 0) entry.kinds.delete(Math.abs(kind));
    else entry.kinds.set(kind, (entry.kinds.get(kind) ?? 0) + 1);
    if (t !== null) entry.timers.add(t * 1000 + this.gapMs);
  }
}

function page(k: string | null, { ids, kinds }: Entry, timer: number | null): OutputRow {
  const texts = [...kinds].map(([kind, count]) => `${kind}:${count}`).sort();
  return outputRow([k, ids.length, sorted(ids), texts.join(), timer]);
}

/** The rows that are not late, by their keys. */
function byKey(rows: readonly Row[], lateMs: number): Map<string | null, Row[]> {
  const groups = new Map<string | null, Row[]>();
  for (const row of rows) {
    if (row.t !== null && row.t * 1000 <= lateMs) continue;
    const list = groups.get(row.k);
    if (list) list.push(row);
    else groups.set(row.k, [row]);
  }
  return groups;
}

/** A join may change the order of the rows of a batch. */
function sorted(ids: readonly number[]): string {
  return [...ids].sort((a, b) => a - b).join(" ");
}
