import {
  type ExpiredTimerInfo,
  type ListState,
  type MapState,
  StatefulProcessor,
  type StatefulProcessorHandle,
  StatefulProcessorWithInitialState,
  TimeMode,
  type TimerValues,
  type ValueState,
} from "@ss/core";
import { expect, test } from "vitest";
import { TwsTester } from "../src/index.js";

interface Row {
  readonly n: number;
}

/** Adds numbers up; a timer ten seconds after the last ones gives the sum out. */
class Sum extends StatefulProcessorWithInitialState<string, Row, { k: string; sum: number }, Row> {
  private sum!: ValueState<number>;
  private timeMode: TimeMode = TimeMode.None;

  override init(_mode: unknown, timeMode: TimeMode): void {
    this.timeMode = timeMode;
    this.sum = this.getHandle().getValueState("sum", "bigint");
  }

  override handleInitialState(_k: string, { n }: Row): void {
    this.sum.update(n);
  }

  override *handleInputRows(
    k: string,
    rows: Iterable<Row>,
    times: TimerValues,
  ): Iterable<{ k: string; sum: number }> {
    let sum = this.sum.get() ?? 0;
    for (const { n } of rows) sum += n;
    this.sum.update(sum);
    if (this.timeMode === TimeMode.None) yield { k, sum };
    else {
      const now =
        this.timeMode === TimeMode.EventTime
          ? times.getCurrentWatermarkInMs()
          : times.getCurrentProcessingTimeInMs();
      for (const timer of this.getHandle().listTimers()) this.getHandle().deleteTimer(timer);
      this.getHandle().registerTimer(now + 10_000);
    }
  }

  override *handleExpiredTimer(
    k: string,
    _times: TimerValues,
    _info: ExpiredTimerInfo,
  ): Iterable<{ k: string; sum: number }> {
    yield { k, sum: this.sum.get()! };
    this.sum.clear();
  }
}

test("a processor is run key by key, and its state can be seen and set", () => {
  const tester = new TwsTester(new Sum());
  expect(tester.test("a", [{ n: 1 }, { n: 2 }])).toEqual([{ k: "a", sum: 3 }]);
  expect(tester.test("b", [{ n: 5 }])).toEqual([{ k: "b", sum: 5 }]);
  expect(tester.peekValueState("sum", "a")).toBe(3);
  tester.updateValueState("sum", "a", 10);
  expect(tester.test("a", [{ n: 1 }])).toEqual([{ k: "a", sum: 11 }]);
  tester.deleteState("sum", "a");
  expect(tester.peekValueState("sum", "a")).toBeUndefined();
  expect(tester.peekValueState("sum", "b")).toBe(5);
});

test("timers fire when the clock has come to them, in the order of their times", () => {
  const tester = new TwsTester(new Sum(), { timeMode: TimeMode.ProcessingTime });
  expect(tester.test("a", [{ n: 1 }])).toEqual([]);
  expect(tester.setProcessingTime(5000)).toEqual([]);
  tester.test("b", [{ n: 2 }]);
  tester.setProcessingTime(5500);
  tester.test("a", [{ n: 3 }]);
  expect([tester.peekTimers("a"), tester.peekTimers("b")]).toEqual([[15_500], [15_000]]);
  expect(tester.setProcessingTime(14_999)).toEqual([]);
  expect(tester.setProcessingTime(15_500)).toEqual([
    { k: "b", sum: 2 },
    { k: "a", sum: 4 },
  ]);
  expect(tester.peekTimers("a")).toEqual([]);
  expect(() => tester.setProcessingTime(15_500)).toThrow(RangeError);
  expect(() => tester.setWatermark(1)).toThrow("asks for TimeMode.EventTime");
});

test("rows behind the watermark are dropped, and timers fire by it", () => {
  const tester = new TwsTester(new Sum(), { timeMode: TimeMode.EventTime, eventTime: ({ n }) => n * 1000 });
  tester.test("a", [{ n: 1 }]);
  expect(tester.setWatermark(5000)).toEqual([]);
  expect(tester.test("a", [{ n: 5 }, { n: 4 }])).toEqual([]);
  expect(tester.peekTimers("a")).toEqual([10_000]);
  expect(tester.setWatermark(10_000)).toEqual([{ k: "a", sum: 1 }]);
});

test("an initial state is taken first", () => {
  const tester = new TwsTester(new Sum(), { initialState: [["a", { n: 40 }]] });
  expect(tester.test("a", [{ n: 2 }])).toEqual([{ k: "a", sum: 42 }]);
});

/** Keeps what it gets in a list and a map, both for a minute. */
class Keeper extends StatefulProcessor<
  { id: number },
  { word: string },
  { words: string[]; letters: unknown }
> {
  private words!: ListState<string>;
  private letters!: MapState<string, number>;

  override init(): void {
    const ttl = { ttlDuration: "1 minute" };
    this.words = this.getHandle().getListState("words", "string", ttl);
    this.letters = this.getHandle().getMapState("letters", "string", "int", ttl);
  }

  override *handleInputRows(
    _key: { id: number },
    rows: Iterable<{ word: string }>,
  ): Iterable<{ words: string[]; letters: unknown }> {
    for (const { word } of rows) {
      this.words.appendValue(word);
      for (const letter of word) this.letters.updateValue(letter, (this.letters.getValue(letter) ?? 0) + 1);
    }
    yield { words: [...this.words.get()], letters: Object.fromEntries(this.letters.iterator()) };
  }
}

test("lists and maps, whose values end at their time", () => {
  const tester = new TwsTester(new Keeper(), { timeMode: TimeMode.ProcessingTime });
  const key = { id: 1 };
  tester.test(key, [{ word: "ab" }]);
  tester.setProcessingTime(30_000);
  expect(tester.test({ id: 1 }, [{ word: "b" }])).toEqual([{ words: ["ab", "b"], letters: { a: 1, b: 2 } }]);
  tester.setProcessingTime(60_000);
  expect(tester.test(key, [{ word: "c" }])).toEqual([{ words: ["b", "c"], letters: { b: 2, c: 1 } }]);
  tester.updateListState("words", key, ["x"]);
  tester.updateMapState("letters", key, new Map([["x", 7]]));
  expect(tester.peekListState("words", key)).toEqual(["x"]);
  expect(tester.peekMapState("letters", key)).toEqual(new Map([["x", 7]]));
  tester.setProcessingTime(119_999);
  expect(tester.peekListState("words", key)).toEqual(["x"]);
  tester.setProcessingTime(120_000);
  expect(tester.peekListState("words", key)).toEqual([]);
  expect(tester.peekMapState("letters", key)).toEqual(new Map());
  expect(() => tester.peekValueState("words", key)).toThrow("is a ListState");
  expect(() => tester.peekValueState("other", key)).toThrow("no state variable other");
});

test("what the handle refuses on a stream it refuses here", () => {
  class Early extends StatefulProcessor<string, Row, object> {
    override init(): void {
      this.getHandle().registerTimer(1);
    }
    override handleInputRows(): Iterable<object> {
      return [];
    }
  }
  expect(() => new TwsTester(new Early())).toThrow("INVALID_TIME_MODE");
  expect(() => new TwsTester(new Early(), { timeMode: TimeMode.ProcessingTime })).toThrow(
    "INVALID_HANDLE_STATE",
  );
  const tester = new TwsTester(new Sum());
  tester.close();
  expect(() => tester.test("a", [{ n: 1 }])).toThrow("CLOSED");
});

/** Does with its handle what a row says. */
class Told extends StatefulProcessor<string, { run: (handle: StatefulProcessorHandle) => void }, object> {
  override handleInputRows(
    _k: string,
    rows: Iterable<{ run: (handle: StatefulProcessorHandle) => void }>,
  ): Iterable<object> {
    for (const { run } of rows) run(this.getHandle());
    return [];
  }
}

test.each([Number.NaN, Number.POSITIVE_INFINITY, Number.MAX_VALUE, -1e16])(
  "there is no timer at %d",
  (timeMs) => {
    const tester = new TwsTester(new Told(), { timeMode: TimeMode.ProcessingTime });
    for (const run of [
      (handle: StatefulProcessorHandle) => handle.registerTimer(timeMs),
      (handle: StatefulProcessorHandle) => handle.deleteTimer(timeMs),
    ]) {
      expect(() => tester.test("a", [{ run }])).toThrow(`${timeMs} is no point in time`);
    }
  },
);

test("a timer stands at a whole millisecond", () => {
  const tester = new TwsTester(new Told(), { timeMode: TimeMode.ProcessingTime });
  let timers: readonly number[] = [];
  const run = (handle: StatefulProcessorHandle): void => {
    handle.registerTimer(1234.7);
    timers = [...handle.listTimers()];
  };
  tester.test("a", [{ run }]);
  expect(timers).toEqual([1234]);
});

test("a value that has ended is not to be seen", () => {
  class Short extends Told {
    override init(): void {
      this.getHandle().getValueState("v", "int", { ttlDuration: 10 });
    }
  }
  const tester = new TwsTester(new Short(), { timeMode: TimeMode.ProcessingTime });
  tester.updateValueState("v", "a", 7);
  expect(tester.peekValueState("v", "a")).toBe(7);
  tester.setProcessingTime(10);
  expect(tester.peekValueState("v", "a")).toBeUndefined();
});

test("values that are to stay for ever have no TTL, rather than one without end", () => {
  class Endless extends Told {
    override init(): void {
      this.getHandle().getValueState("v", "int", { ttlDuration: Number.POSITIVE_INFINITY });
    }
  }
  expect(() => new TwsTester(new Endless(), { timeMode: TimeMode.ProcessingTime })).toThrow(
    "or 0 for values without end",
  );
});
