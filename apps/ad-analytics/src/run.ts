import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { positionAfter } from "./batch-report.js";
import { campaignTable } from "./campaign-table.js";
import { differences, expectedCounts, total } from "./counts.js";
import { adsText } from "./events.js";
import type { Flags } from "./flags.js";
import { latencyText, Meter, thousands } from "./meter.js";
import { type Output, outputText } from "./output.js";
import type { StreamSettings } from "./pipeline.js";
import { checkNoTable } from "./postgres-result.js";
import type { Print } from "./print.js";
import { type Result, readResult } from "./result.js";
import { Schedule } from "./schedule.js";
import { type Servers, startServers } from "./servers.js";
import { StreamProcess } from "./stream-process.js";
import { EventSender, makeTopics } from "./topic.js";

/** Batches after which a stream is killed, and the longest time that it goes on then. */
const KILL_AFTER = 2;
const KILL_WITHIN_MS = 150;
/** A sender half of whose events are later than this is worth telling of. */
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
    try {
      if (schedule.live > 0) await followLive(stream, sender, schedule, meter, flags, print);
      await stream.stop();
    } finally {
      await stream.kill();
    }
  } finally {
    await sender.close();
  }
  return showResult(await readResult(settings.output), schedule, flags, settings.output, print);
}

/** Makes what the stream needs: the topic, the file of ads, and a place for its checkpoint. */
async function prepare(servers: Servers, flags: Flags): Promise<StreamSettings> {
  const { brokers } = servers;
  const { name, data } = flags;
  const output = outputOf(servers, flags);
  const topic = `${name}_events`;
  if (output.to === "postgres") await checkNoTable(output.url, output.table);
  await makeTopics(brokers, output.to === "kafka" ? [topic, output.topic] : [topic]);
  const folder = join(data, name);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const ads = join(folder, "ads.json");
  writeFileSync(ads, adsText());
  return { brokers, topic, ads, checkpoint: join(folder, "checkpoint"), output };
}

function outputOf({ brokers, postgres }: Servers, { to, name, delivery }: Flags): Output {
  const counts = `${name}_counts`;
  return to === "postgres" ? { to, url: postgres!, table: counts } : { to, brokers, topic: counts, delivery };
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
  const stream = await printEachSecond(meter, print, async () => {
    for (let k = 0; k < kills; k++) {
      const whole = await streamToKill(settings, schedule, meter, print);
      if (whole !== undefined) return whole;
    }
    const last = new StreamProcess(settings, (report) => meter.add(report));
    await last.until((report) => positionAfter(report) >= schedule.backlog);
    return last;
  });
  const seconds = ((Date.now() - startedAt) / 1000).toFixed(1);
  print(
    `The stream has read ${thousands(schedule.backlog)} events in ${seconds} s, all its starts among them.`,
  );
  return stream;
}

/** Kills a stream on its way; gives one that was through before. */
async function streamToKill(
  settings: StreamSettings,
  schedule: Schedule,
  meter: Meter,
  print: Print,
): Promise<StreamProcess | undefined> {
  let batches = 0;
  let isThrough = false;
  const stream = new StreamProcess(settings, (report) => {
    meter.add(report);
    batches++;
    isThrough ||= positionAfter(report) >= schedule.backlog;
  });
  await stream.until(() => isThrough || batches >= KILL_AFTER);
  await pause(Math.random() * KILL_WITHIN_MS);
  if (isThrough) return stream;
  await stream.kill();
  print(`        The stream was killed (kill -9) after ${batches} batches.`);
  return undefined;
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
  await printEachSecond(meter, print, async () => {
    schedule.startLive(Date.now());
    const counted = stream.until((report) => positionAfter(report) >= schedule.events);
    await Promise.all([sender.sendLive(), counted]);
  });
  print(`\nFrom sending an event to its count in the output: ${latencyText(meter.latencies)}`);
  const afterWindows = meter.afterWindows();
  const slowest = thousands(afterWindows.quantile(1));
  if (afterWindows.size > 0)
    print(
      `From the end of a window to its last update:     at most ${slowest} ms (whole windows: ${afterWindows.size})`,
    );
  if (meter.delays.quantile(0.5) > LATE_MS)
    print(
      `The sender of the events did not keep up with --rate: they went out late by ${latencyText(meter.delays)}.`,
    );
}

/** Prints what the meter has seen, a line each second, while something goes on. */
async function printEachSecond<T>(meter: Meter, print: Print, work: () => Promise<T>): Promise<T> {
  let seconds = 0;
  const printLine = (): void => print(meter.takeLine(++seconds));
  const timer = setInterval(printLine, 1000);
  try {
    return await work();
  } finally {
    clearInterval(timer);
    printLine();
  }
}

function showResult(
  result: Result,
  schedule: Schedule,
  { to, delivery }: Flags,
  output: Output,
  print: Print,
): boolean {
  const { counts, size, repeated } = result;
  print("");
  for (const line of campaignTable(counts)) print(`  ${line}`);
  const rows = `${thousands(size)} ${to === "postgres" ? "rows" : "records"}`;
  print(`\n${thousands(total(counts))} views of ${counts.size} campaigns, ${rows} in ${outputText(output)}`);
  if (to === "kafka") print(`${thousands(repeated)} of the records came a second time.`);
  const wrong = differences(counts, expectedCounts(schedule));
  for (const line of wrong.slice(0, 5)) print(`  ${line}`);
  if (wrong.length > 0) print(`WRONG: ${wrong.length} counts differ.`);
  else print("Every view is counted exactly once.");
  return wrong.length === 0 && (repeated === 0 || delivery === "atLeastOnce");
}
