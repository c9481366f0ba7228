import { MemorySource } from "@ss/source-memory";
import { addData, checkNewRows, TestGroupState, TwsTester } from "@ss/testkit";
import { expect, test } from "vitest";
import {
  type GroupState,
  GroupStateTimeout,
  type MapState,
  StatefulProcessor,
  schemaOf,
  TimeMode,
  type TimerValues,
  type ValueState,
} from "../../../src/index.js";
import { Stage } from "./stage.js";

// The programs of docs/state-by-key.md.

test("sessions that end when nothing has come for half an hour", async () => {
  const stage = await Stage.set();
  const clicks = stage.spark.readStream
    .format("memory")
    .option("name", stage.source)
    .schema(schemaOf({ user: "string", page: "string", at: "timestamp" }))
    .load();
  const sessions = clicks
    .withWatermark("at", "10 minutes")
    .groupByKey("user")
    .flatMapGroupsWithState(
      {
        state: { from: "timestamp", to: "timestamp", clicks: "int" },
        output: { user: "string", from: "timestamp", clicks: "int" },
        outputMode: "append",
        timeout: GroupStateTimeout.EventTimeTimeout,
      },
      (user, rows, state) => {
        if (state.hasTimedOut) {
          const { from, clicks } = state.get();
          state.remove();
          return [{ user, from, clicks }];
        }
        const times = [...rows].map((row) => row.at!.getTime());
        const before = state.getOption();
        const from = new Date(Math.min(...times, before?.from?.getTime() ?? Infinity));
        const to = new Date(Math.max(...times, before?.to?.getTime() ?? 0));
        state.update({ from, to, clicks: (before?.clicks ?? 0) + times.length });
        state.setTimeoutTimestamp(to, "30 minutes");
        return [];
      },
    );
  const at = (minutes: number): Date => new Date(minutes * 60_000);
  await stage.run(
    sessions,
    "append",
    addData(MemorySource, stage.source, ["ada", "/", at(1)], ["ada", "/shop", at(20)], ["bob", "/", at(5)]),
    checkNewRows(),
    addData(MemorySource, stage.source, ["ada", "/", at(48)]),
    checkNewRows(["bob", at(5), 1]),
    addData(MemorySource, stage.source, ["eve", "/", at(200)]),
    checkNewRows(["ada", at(1), 3]),
  );
});

interface Clicks {
  clicks: number | null;
}

function countClicks(user: string | null, rows: Iterable<object>, state: GroupState<Clicks>): object[] {
  const clicks = (state.getOption()?.clicks ?? 0) + [...rows].length;
  state.update({ clicks });
  state.setTimeoutDuration("10 seconds");
  return [{ user, clicks }];
}

test("clicks counted by a function, without a stream", () => {
  const state = TestGroupState.create<Clicks>({
    state: { clicks: 2 },
    timeout: "ProcessingTimeTimeout",
    processingTimeMs: 1000,
  });
  expect(countClicks("ada", [{ user: "ada" }], state)).toEqual([{ user: "ada", clicks: 3 }]);
  expect(state.isUpdated).toBe(true);
  expect(state.timeoutTimestampMs).toBe(11_000);
});

interface Click {
  user: string | null;
  page: string | null;
}
interface Visit {
  user: string | null;
  clicks: number;
  pages: number;
}

class Visits extends StatefulProcessor<string | null, Click, Visit> {
  private clicks!: ValueState<number>;
  private pages!: MapState<string, number>;

  override init(): void {
    this.clicks = this.getHandle().getValueState("clicks", "bigint");
    this.pages = this.getHandle().getMapState("pages", "string", "bigint", { ttlDuration: "1 day" });
  }

  override handleInputRows(_user: string | null, rows: Iterable<Click>, times: TimerValues): Visit[] {
    for (const { page } of rows) {
      this.clicks.update((this.clicks.get() ?? 0) + 1);
      if (page !== null) this.pages.updateValue(page, (this.pages.getValue(page) ?? 0) + 1);
    }
    for (const timer of this.getHandle().listTimers()) this.getHandle().deleteTimer(timer);
    this.getHandle().registerTimer(times.getCurrentProcessingTimeInMs() + 30 * 60_000);
    return [];
  }

  override *handleExpiredTimer(user: string | null): Generator<Visit> {
    yield { user, clicks: this.clicks.get()!, pages: [...this.pages.keys()].length };
    this.clicks.clear();
    this.pages.clear();
  }
}

test("visits, without a stream", () => {
  const tester = new TwsTester(new Visits(), { timeMode: TimeMode.ProcessingTime });
  tester.test("ada", [
    { user: "ada", page: "/" },
    { user: "ada", page: "/shop" },
  ]);
  expect(tester.peekValueState("clicks", "ada")).toBe(2);
  expect(tester.setProcessingTime(30 * 60_000)).toEqual([{ user: "ada", clicks: 2, pages: 2 }]);
  expect(tester.peekMapState("pages", "ada").size).toBe(0);
});

test("visits, on a table", async () => {
  const { spark } = await Stage.set();
  const rows = spark.createDataFrame([["ada", "/"]], schemaOf({ user: "string", page: "string" }));
  const visits = rows.groupByKey("user").transformWithState(() => new Visits(), {
    output: { user: "string", clicks: "bigint", pages: "int" },
    outputMode: "append",
    timeMode: TimeMode.ProcessingTime,
  });
  expect(await visits.collect()).toEqual([]);
  await spark.stop();
});
