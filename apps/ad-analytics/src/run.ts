import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { positionAfter } from "./batch-report.js";
import { campaignTable } from "./campaign-table.js";
import { type Counts, differences, expectedCounts, total } from "./counts.js";
import { adsText } from "./events.js";
import type { Flags } from "./flags.js";
import { latencyText, Meter, thousands } from "./meter.js";
import type { StreamSettings } from "./pipeline.js";
import type { Print } from "./print.js";
import { checkNoTable, readCounts } from "./result.js";
import { Schedule } from "./schedule.js";
import { type Servers, startServers } from "./servers.js";
import { StreamProcess } from "./stream-process.js";
import { EventSender, makeTopics } from "./topic.js";

/** Batches after which a stream is killed, and the longest time that it goes on then. */
const KILL_AFTER = 2;
const KILL_WITHIN_MS = 150;
/** A sender that is later than this is worth telling of. */
const LATE_MS = 100;

/** Runs the program; false where the counts are not those of the events that were sent. */
export async function run(flags: Flags, print: Print): Promise<boolean> {
  const servers = await startServers(flags, print);
  try {
    return await runWith(servers, flags, print);
  } finally {
    await servers.stop();
  }
}

async function runWith(servers: Servers, flags: Flags, print: Print): Promise<boolean> {
  const settings = await prepare(servers, flags);
  const schedule = new Schedule({ ...flags, backlog: flags.events }, Date.now());
  const sender = await EventSender.open(servers.brokers, settings.topic, schedule);
  const meter = new Meter(schedule, sender.times);
  try {
    print(`Sending ${thousands(schedule.backlog)} events to the topic ${settings.topic} ...`);
    await sender.sendBacklog();
    const stream = await catchUp(settings, schedule, meter, flags.kills, print);
    if (schedule.live > 0) await followLive(stream, sender, schedule, meter, flags, print);
    await stream.stop();
  } finally {
    await sender.close();
  }
  return showResult(await readCounts(servers.postgres, settings.table), schedule, settings, print);
}

/** Makes what the stream needs: the topic, the file of ads, and a place for its checkpoint. */
async function prepare({ brokers, postgres }: Servers, { name, data }: Flags): Promise<StreamSettings> {
  const settings = {
    brokers,
    postgres,
    topic: `${name}_events`,
    table: `${name}_counts`,
    ads: join(data, name, "ads.json"),
    checkpoint: join(data, name, "checkpoint"),
  };
  await checkNoTable(postgres, settings.table);
  await makeTopics(brokers, [settings.topic]);
  rmSync(join(data, name), { recursive: true, force: true });
  mkdirSync(join(data, name), { recursive: true });
  writeFileSync(settings.ads, adsText());
  return settings;
}

/** Lets a stream read the backlog, killed now and then, and gives the one that came to its end. */
async function catchUp(
  settings: StreamSettings,
  schedule: Schedule,
  meter: Meter,
  kills: number,
  print: Print,
): Promise<StreamProcess> {
  const startedAt = Date.now();
  const lines = printEachSecond(meter, print);
  for (let k = 1; ; k++) {
    let batches = 0;
    let isThrough = false;
    const stream = new StreamProcess(settings, (report) => {
      meter.add(report);
      batches++;
      isThrough ||= positionAfter(report) >= schedule.backlog;
    });
    await stream.until(() => isThrough || (k <= kills && batches >= KILL_AFTER));
    if (k <= kills && !isThrough) await pause(Math.random() * KILL_WITHIN_MS);
    if (k > kills || isThrough) {
      lines.stop();
      const seconds = ((Date.now() - startedAt) / 1000).toFixed(1);
      print(
        `The stream has read ${thousands(schedule.backlog)} events in ${seconds} s, all its starts among them.`,
      );
      return stream;
    }
    await stream.kill();
    print(`        The stream was killed (kill -9) after ${batches} batches.`);
  }
}

async function followLive(
  stream: StreamProcess,
  sender: EventSender,
  schedule: Schedule,
  meter: Meter,
  { rate, seconds }: Flags,
  print: Print,
): Promise<void> {
  print(`\nNow ${thousands(rate)} events happen each second, for ${seconds} s ...`);
  const lines = printEachSecond(meter, print);
  schedule.startLive(Date.now());
  const counted = stream.until((report) => positionAfter(report) >= schedule.events);
  await Promise.all([sender.sendLive(), counted]);
  lines.stop();
  print(`\nFrom sending an event to its count in the table: ${latencyText(meter.latencies)}`);
  const afterWindows = meter.afterWindows();
  if (!afterWindows.isEmpty)
    print(`From the end of a window to its last update:    ${latencyText(afterWindows)}`);
  if (meter.delays.quantile(0.99) > LATE_MS)
    print(
      `The sender of the events did not keep up with --rate: they went out late by ${latencyText(meter.delays)}.`,
    );
}

function printEachSecond(meter: Meter, print: Print): { stop(): void } {
  let seconds = 0;
  const timer = setInterval(() => print(meter.takeLine(++seconds)), 1000);
  return {
    stop: () => {
      clearInterval(timer);
      print(meter.takeLine(++seconds));
    },
  };
}

function showResult(found: Counts, schedule: Schedule, { table }: StreamSettings, print: Print): boolean {
  print("");
  for (const line of campaignTable(found)) print(`  ${line}`);
  print(`\n${thousands(total(found))} views of ${found.size} campaigns in the table ${table}`);
  const wrong = differences(found, expectedCounts(schedule));
  for (const line of wrong.slice(0, 5)) print(`  ${line}`);
  print(wrong.length === 0 ? "Every view is counted exactly once." : `WRONG: ${wrong.length} counts differ.`);
  return wrong.length === 0;
}
