import { checkNewRows, jumpClock, type StreamAction, seededRandom } from "@ss/testkit";
import { expect, test } from "vitest";
import {
  type ExpiredTimerInfo,
  type ListState,
  type MapState,
  StatefulProcessor,
  TimeMode,
  type ValueState,
} from "../../../src/index.js";
import { restart, Stage } from "./stage.js";

interface Step {
  readonly what: string;
  readonly n: number;
}

/** Does with its variables and timers what the rows say, and gives out what it has afterwards. */
class Obedient extends StatefulProcessor<number, Step, { text: string }> {
  private value!: ValueState<number>;
  private list!: ListState<string>;
  private map!: MapState<string, number>;

  override init(): void {
    const handle = this.getHandle();
    this.value = handle.getValueState("value", "bigint");
    this.list = handle.getListState("list", "string");
    this.map = handle.getMapState("map", "string", "int");
  }

  override *handleInputRows(key: number, rows: Iterable<Step>): Iterable<{ text: string }> {
    for (const { what, n } of rows) this.step(what, n);
    yield { text: `${key} ${this.has()}` };
  }

  override *handleExpiredTimer(
    key: number,
    _times: unknown,
    info: ExpiredTimerInfo,
  ): Iterable<{ text: string }> {
    this.list.appendValue("timer");
    yield { text: `${key} at ${info.getExpiryTimeInMs()} ${this.has()}` };
  }

  private step(what: string, n: number): void {
    const handle = this.getHandle();
    if (what === "add") this.value.update((this.value.get() ?? 0) + n);
    else if (what === "clear") this.value.clear();
    else if (what === "append") this.list.appendValue(`v${n}`);
    else if (what === "replace") this.list.put([`a${n}`, `b${n}`]);
    else if (what === "empty") this.list.clear();
    else if (what === "set") this.map.updateValue(`k${n % 5}`, n);
    else if (what === "unset") this.map.removeKey(`k${n % 5}`);
    else if (what === "forget") this.map.clear();
    else if (what === "timer") handle.registerTimer(n * 1000);
    else handle.deleteTimer(n * 1000);
  }

  private has(): string {
    const entries = [...this.map.iterator()].map(([k, v]) => `${k}=${v}`).sort();
    const timers = [...this.getHandle().listTimers()];
    return `${this.value.get()} [${[...this.list.get()]}] {${entries}} ${timers}`;
  }
}

const STEPS = ["add", "clear", "append", "replace", "empty", "set", "unset", "forget", "timer", "untimer"];

/** The same on plain values. */
class Model {
  private readonly keys = new Map<
    number,
    { value: number | null; list: string[]; map: Map<string, number>; timers: Set<number> }
  >();

  batch(nowMs: number, rows: readonly (readonly [number, string, number])[]): string[] {
    const seen = new Set<number>();
    for (const [key, what, n] of rows) {
      seen.add(key);
      this.step(key, what, n);
    }
    const texts = [...seen].map((key) => `${key} ${this.has(key)}`);
    const due = [...this.keys].flatMap(([key, { timers }]) =>
      [...timers].filter((at) => at <= nowMs).map((at) => [at, key] as const),
    );
    for (const [at, key] of due.sort((a, b) => a[0] - b[0])) {
      const own = this.of(key);
      own.list.push("timer");
      texts.push(`${key} at ${at} ${this.has(key)}`);
      own.timers.delete(at);
    }
    return texts;
  }

  private of(key: number): {
    value: number | null;
    list: string[];
    map: Map<string, number>;
    timers: Set<number>;
  } {
    const own = this.keys.get(key) ?? { value: null, list: [], map: new Map(), timers: new Set() };
    this.keys.set(key, own);
    return own;
  }

  private step(key: number, what: string, n: number): void {
    const own = this.of(key);
    if (what === "add") own.value = (own.value ?? 0) + n;
    else if (what === "clear") own.value = null;
    else if (what === "append") own.list.push(`v${n}`);
    else if (what === "replace") own.list = [`a${n}`, `b${n}`];
    else if (what === "empty") own.list = [];
    else if (what === "set") own.map.set(`k${n % 5}`, n);
    else if (what === "unset") own.map.delete(`k${n % 5}`);
    else if (what === "forget") own.map.clear();
    else if (what === "timer") own.timers.add(n * 1000);
    else own.timers.delete(n * 1000);
  }

  private has(key: number): string {
    const { value, list, map, timers } = this.of(key);
    const entries = [...map].map(([k, v]) => `${k}=${v}`).sort();
    return `${value} [${list}] {${entries}} ${[...timers].sort((a, b) => a - b)}`;
  }
}

test.each([1, 2])(
  "a processor has what a plain map of its keys has, after random steps, restarts and many keys at once (seed %i)",
  { timeout: 60_000 },
  async (seed) => {
    const random = seededRandom(seed);
    const stage = await Stage.set({ clock: true });
    const model = new Model();
    const frame = stage
      .input("k INT, what STRING, n INT")
      .groupByKey("k")
      .transformWithState(() => new Obedient(), {
        output: { text: "string" },
        outputMode: "update",
        timeMode: TimeMode.ProcessingTime,
      });
    const actions: StreamAction[] = [];
    for (let second = 1; second <= 12; second++) {
      // now and then more keys than are worked on together
      const crowd = second === 5;
      const rows = Array.from({ length: crowd ? 6000 : random.integer(1, 40) }, (_, i) => {
        const key = crowd ? i : random.integer(0, 8);
        const what = STEPS[random.integer(0, STEPS.length - 1)]!;
        return [key, what, what.endsWith("timer") ? random.integer(0, 14) : random.integer(0, 9)] as const;
      });
      actions.push(stage.add(...rows), jumpClock(1000));
      actions.push(checkNewRows(...model.batch(second * 1000, rows).map((text) => [text])));
      if (random.chance(0.4)) actions.push(...restart);
    }
    await stage.run(frame, "update", ...actions);
    expect(stage.sink.batches.length).toBeGreaterThanOrEqual(12);
  },
);
