import {
  type ExpiredTimerInfo,
  type ListState,
  type MapState,
  type OutputMode,
  StatefulProcessor,
  StatefulProcessorWithInitialState,
  type TimerValues,
  type ValueState,
} from "../../../src/index.js";

export interface Word {
  readonly value: string;
}
export interface Counted {
  readonly key: string;
  readonly count: string;
}
export const COUNTED = { key: "string", count: "string" } as const;

/** Counts the batches of each key; at three the count is cleared and nothing is given out. */
export class RunningCount extends StatefulProcessor<string, Word, Counted> {
  protected count!: ValueState<number>;

  override init(_outputMode?: OutputMode): void {
    this.count = this.getHandle().getValueState("countState", "bigint");
  }

  override *handleInputRows(key: string, _rows: Iterable<Word>, times: TimerValues): Iterable<Counted> {
    const count = (this.count.get() ?? 0) + 1;
    if (count === 3) {
      this.count.clear();
      this.third(key, times);
      return;
    }
    this.count.update(count);
    if (count === 1) this.first(key, times);
    yield { key, count: String(count) };
  }

  protected first(_key: string, _times: TimerValues): void {}
  protected third(_key: string, _times: TimerValues): void {}
}

/** The same, with a timer of five seconds for `a` and `c`. */
export class CountWithTimer extends RunningCount {
  private timer!: ValueState<number>;

  override init(): void {
    super.init();
    this.timer = this.getHandle().getValueState("timerState", "bigint");
  }

  protected override first(key: string, times: TimerValues): void {
    if (key !== "a" && key !== "c") return;
    const at = times.getCurrentProcessingTimeInMs() + 5000;
    this.getHandle().registerTimer(at);
    this.timer.update(at);
  }

  protected override third(key: string): void {
    if (key !== "a" && key !== "c") return;
    this.getHandle().deleteTimer(this.timer.get()!);
    this.timer.clear();
  }

  override *handleExpiredTimer(key: string): Iterable<Counted> {
    this.count.clear();
    this.timer.clear();
    yield { key, count: "-1" };
  }
}

/** The highest value of each key; five seconds of event time after it the key is given up. */
export class Highest extends StatefulProcessor<
  string,
  { readonly v: number },
  { key: string; highest: number }
> {
  private highest!: ValueState<number>;
  private timer!: ValueState<number>;

  override init(): void {
    this.highest = this.getHandle().getValueState("highest", "int");
    this.timer = this.getHandle().getValueState("timer", "bigint");
  }

  override *handleInputRows(
    key: string,
    rows: Iterable<{ readonly v: number }>,
  ): Iterable<{ key: string; highest: number }> {
    const highest = Math.max(this.highest.get() ?? 0, ...[...rows].map((row) => row.v));
    const at = (highest + 5) * 1000;
    const before = this.timer.get();
    if (before !== null && before !== at) this.getHandle().deleteTimer(before);
    this.getHandle().registerTimer(at);
    this.timer.update(at);
    this.highest.update(highest);
    yield { key, highest };
  }

  override *handleExpiredTimer(
    key: string,
    _times: TimerValues,
    info: ExpiredTimerInfo,
  ): Iterable<{ key: string; highest: number }> {
    if (info.getExpiryTimeInMs() !== this.timer.get()) throw new Error("a timer that was deleted has fired");
    this.highest.clear();
    this.timer.clear();
    yield { key, highest: -1 };
  }
}

/** Gives out the count, and -1 whenever a timer for the year 1970 fires. */
export class PastTimer extends StatefulProcessor<string, Word, Counted> {
  private count!: ValueState<number>;

  override init(): void {
    this.count = this.getHandle().getValueState("count", "bigint");
  }

  override *handleInputRows(key: string): Iterable<Counted> {
    const before = this.count.get() ?? 0;
    if (before >= 1) this.getHandle().registerTimer(0);
    this.count.update(before + 1);
    yield { key, count: String(before + 1) };
  }

  override *handleExpiredTimer(key: string): Iterable<Counted> {
    yield { key, count: "-1" };
  }
}

/** Puts entries of a map that last a minute, and gives them out. */
export class LastingMap extends StatefulProcessor<
  string,
  { readonly uk: string; readonly action: string; readonly v: number },
  { k: string; uk: string; v: number }
> {
  private map!: MapState<string, number>;

  override init(): void {
    this.map = this.getHandle().getMapState("mapState", "string", "int", { ttlDuration: "60 seconds" });
  }

  override *handleInputRows(
    k: string,
    rows: Iterable<{ readonly uk: string; readonly action: string; readonly v: number }>,
  ): Iterable<{ k: string; uk: string; v: number }> {
    for (const { uk, action, v } of rows) {
      if (action === "put") this.map.updateValue(uk, v);
      else if (this.map.containsKey(uk)) yield { k, uk, v: this.map.getValue(uk)! };
    }
  }
}

interface Action {
  readonly action: string;
  readonly v: number;
}

/** Adds to a value that begins as a table says. */
export class Accumulator extends StatefulProcessorWithInitialState<
  string,
  Action,
  { k: string; action: string; v: number },
  { readonly v: number }
> {
  private value!: ValueState<number>;
  readonly taken: string[] = [];

  override init(): void {
    this.value = this.getHandle().getValueState("value", "double");
  }

  override handleInitialState(key: string, { v }: { readonly v: number }): void {
    this.taken.push(key);
    this.value.update(v);
  }

  override *handleInputRows(
    k: string,
    rows: Iterable<Action>,
  ): Iterable<{ k: string; action: string; v: number }> {
    for (const { action, v } of rows) {
      if (action === "add") this.value.update((this.value.get() ?? 0) + v);
      else yield { k, action, v: this.value.get() ?? -1 };
    }
  }
}

/** Keeps all texts of a key in a list, and gives them out as they stand. */
export class Remembered extends StatefulProcessor<
  string,
  { readonly s: string },
  { k: string; texts: unknown }
> {
  private texts!: ListState<string>;

  override init(): void {
    this.texts = this.getHandle().getListState("texts", "string");
  }

  override *handleInputRows(
    k: string,
    rows: Iterable<{ readonly s: string }>,
  ): Iterable<{ k: string; texts: unknown }> {
    for (const { s } of rows) {
      if (s === "clear") this.texts.clear();
      else if (s.startsWith("put ")) this.texts.put(s.slice(4).split(","));
      else this.texts.appendValue(s);
    }
    yield { k, texts: [...this.texts.get()] };
  }
}
