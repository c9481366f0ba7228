import { setTimeout as pause } from "node:timers/promises";
import { createTopics } from "@ss/app-servers";
import { Kafka, logLevel, type Message, type Producer } from "kafkajs";
import { eventText } from "./events.js";
import type { Schedule } from "./schedule.js";
import { SendTimes } from "./send-times.js";

const PARTITIONS = 4;
const SENT_AT_ONCE = 5000;
const SEND_EVERY_MS = 5;

/** Where an event stands: events go to the partitions in turn, in their order. */
export const eventAt = (partition: number, offset: number): number => offset * PARTITIONS + partition;

/** A client that leaves it to the program to tell what goes wrong. */
export function kafkaClient(brokers: string): Kafka {
  return new Kafka({ brokers: brokers.split(","), logLevel: logLevel.NOTHING });
}

/** Makes topics, which must not be there. */
export async function makeTopics(brokers: string, topics: readonly string[]): Promise<void> {
  const admin = kafkaClient(brokers).admin();
  await admin.connect();
  try {
    const there = await admin.listTopics();
    const known = topics.find((topic) => there.includes(topic));
    if (known !== undefined) throw new Error(`The topic ${known} is there already: give another --name.`);
    await createTopics(admin, ...topics.map((topic) => ({ topic, numPartitions: PARTITIONS })));
  } finally {
    await admin.disconnect();
  }
}

/** Sends the events of a schedule, each once. */
export class EventSender {
  readonly times: SendTimes = new SendTimes();
  private readonly producer: Producer;
  private readonly topic: string;
  private readonly schedule: Schedule;

  private constructor(producer: Producer, topic: string, schedule: Schedule) {
    this.producer = producer;
    this.topic = topic;
    this.schedule = schedule;
  }

  static async open(brokers: string, topic: string, schedule: Schedule): Promise<EventSender> {
    const producer = kafkaClient(brokers).producer({ idempotent: true, maxInFlightRequests: 1 });
    await producer.connect();
    return new EventSender(producer, topic, schedule);
  }

  /** Sends the events that have passed. */
  async sendBacklog(): Promise<void> {
    const { backlog } = this.schedule;
    for (let from = 0; from < backlog; from += SENT_AT_ONCE)
      await this.send(from, Math.min(backlog, from + SENT_AT_ONCE));
  }

  /** Sends events when they happen, until all are sent. */
  async sendLive(): Promise<void> {
    const { backlog, events } = this.schedule;
    for (let from = backlog; from < events; ) {
      const next = pause(SEND_EVERY_MS);
      const to = Math.min(this.schedule.happenedBy(Date.now()), from + SENT_AT_ONCE);
      if (to > from) await this.send(from, to);
      from = to;
      await next;
    }
  }

  close(): Promise<void> {
    return this.producer.disconnect();
  }

  private async send(from: number, to: number): Promise<void> {
    this.times.add(to, Date.now());
    const messages: Message[] = [];
    for (let id = from; id < to; id++)
      messages.push({ value: eventText(id, this.schedule.timeOf(id)), partition: id % PARTITIONS });
    await this.producer.send({ topic: this.topic, messages });
  }
}
