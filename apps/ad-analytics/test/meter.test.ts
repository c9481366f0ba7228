import { expect, test } from "vitest";
import { Latencies } from "../src/latencies.js";
import { Meter } from "../src/meter.js";
import { Schedule } from "../src/schedule.js";
import { SendTimes } from "../src/send-times.js";

const NOW = Date.UTC(2026, 0, 1, 12, 0, 0);

test("quantiles are those of the sorted times", () => {
  const latencies = new Latencies();
  for (let ms = 100; ms >= 1; ms--) latencies.add(ms);
  expect([0.5, 0.99, 1].map((part) => latencies.quantile(part))).toEqual([50, 99, 100]);
});

test("latency runs from the sending of an event to the end of its batch", () => {
  const schedule = new Schedule({ backlog: 4, rate: 8, seconds: 1 }, NOW);
  schedule.startLive(NOW);
  const sent = new SendTimes();
  sent.add(4, NOW - 100);
  sent.add(8, NOW + 500);
  sent.add(12, NOW + 1000);
  const meter = new Meter(schedule, sent);
  meter.add({ batch: 0, at: NOW - 50, rows: 4, from: [], to: [1, 1, 1, 1], lag: 7 });
  expect(meter.latencies.size).toBe(0);
  expect(meter.takeLine(1)).toBe("    1 s          4 events        7 behind");
  meter.add({ batch: 1, at: NOW + 1030, rows: 8, from: [1, 1, 1, 1], to: [3, 3, 3, 3], lag: 0 });
  expect(meter.latencies.quantile(0.5)).toBe(30);
  expect(meter.latencies.quantile(1)).toBe(530);
  expect(meter.delays.quantile(1)).toBe(500);
  expect(meter.takeLine(2)).toBe("    2 s          8 events        0 behind   latency p50 30 ms, p99 530 ms");
});

test("events that are read again after a kill count once", () => {
  const meter = new Meter(new Schedule({ backlog: 100, rate: 0, seconds: 0 }, NOW), new SendTimes());
  const batch = { batch: 0, at: NOW, rows: 40, from: [0, 0], to: [20, 20], lag: 60 };
  meter.add(batch);
  meter.add(batch);
  expect(meter.takeLine(1)).toContain(" 40 events");
});

test("a window that live events filled counts from its end to its last update", () => {
  const schedule = new Schedule({ backlog: 1, rate: 4, seconds: 15 }, NOW);
  schedule.startLive(NOW);
  const sent = new SendTimes();
  sent.add(61, NOW);
  const meter = new Meter(schedule, sent);
  meter.add({ batch: 0, at: NOW + 9000, rows: 8, from: [1, 0, 0, 0], to: [3, 2, 2, 2], lag: 0 });
  meter.add({ batch: 1, at: NOW + 10_025, rows: 32, from: [3, 2, 2, 2], to: [10, 10, 10, 10], lag: 0 });
  meter.add({ batch: 2, at: NOW + 15_000, rows: 20, from: [11, 11, 11, 11], to: [16, 15, 15, 15], lag: 0 });
  expect(meter.afterWindows().quantile(1)).toBe(25);
});
