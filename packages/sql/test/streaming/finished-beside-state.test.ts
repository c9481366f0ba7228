import { MemoryFileSystem, type Plugin, type Sink } from "@ss/core";
import { MemorySource, memorySource } from "@ss/source-memory";
import { beforeEach, expect, test } from "vitest";
import { count, SparkSession, type StreamingQuery } from "../../src/index.js";

/** A sink whose writers end as the test says, and a file system that tells when a version of the state is on its way. */
class Held {
  finish: () => Promise<void> = async () => {};
  abort: () => Promise<void> = async () => {};
  readonly steps: string[] = [];
  readonly files: MemoryFileSystem = new MemoryFileSystem();
  private heard: (() => void) | undefined;

  readonly sink: Sink = {
    description: "held",
    delivery: "atLeastOnce",
    outputModes: ["update"],
    begin: async () => ({
      alreadyCommitted: false,
      writer: async () => ({
        write: async () => {},
        finish: async () => {
          this.say("finish");
          await this.finish();
          return null;
        },
        abort: async () => {
          this.say("abort");
          await this.abort();
        },
      }),
      commit: async () => {
        this.say("commit");
        return { numOutputRows: -1 };
      },
      abort: async () => {},
    }),
    close: async () => {},
  };

  plugin(): Plugin {
    const { files } = this;
    const create = files.create.bind(files);
    files.create = async (path) => {
      const writer = await create(path);
      const close = writer.close.bind(writer);
      writer.close = async () => {
        await close();
        if (path.endsWith(".delta")) this.say("state");
      };
      return writer;
    };
    return {
      name: "held",
      fileSystems: [files],
      sinks: [{ names: ["held"], outputModes: ["update"], stream: async () => this.sink }],
    };
  }

  /** Resolves when a step has been said. */
  async until(step: string): Promise<void> {
    while (!this.steps.includes(step)) await new Promise<void>((resolve) => (this.heard = resolve));
  }

  private say(step: string): void {
    this.steps.push(step);
    this.heard?.();
  }
}

beforeEach(() => MemorySource.reset("words"));

async function counting(held: Held): Promise<StreamingQuery> {
  const spark = await SparkSession.builder().use(memorySource(), held.plugin()).create();
  return spark.readStream
    .format("memory")
    .option("name", "words")
    .schema("word STRING")
    .load()
    .groupBy("word")
    .agg(count("*").as("n"))
    .writeStream.format("held")
    .outputMode("update")
    .option("checkpointLocation", "memory:/checkpoint")
    .start();
}

test("the state is made durable while the writers of a sink finish, and both come before the commit", async () => {
  const held = new Held();
  let finish!: () => void;
  held.finish = () => new Promise((resolve) => (finish = resolve));
  const query = await counting(held);
  MemorySource.addData("words", "a");
  await held.until("state");
  expect(held.steps).toEqual(["finish", "state"]);
  finish();
  await query.processAllAvailable();
  expect(held.steps).toEqual(["finish", "state", "commit"]);
  await query.stop();
});

test("a writer that cannot finish ends the query when the state is at rest, and nothing is committed", async () => {
  const held = new Held();
  held.finish = async () => {
    throw new Error("the sink is full");
  };
  const query = await counting(held);
  MemorySource.addData("words", "a");
  await expect(query.processAllAvailable()).rejects.toThrow("the sink is full");
  expect(held.steps).toEqual(["finish", "state", "abort"]);
});

test("a writer that cannot be given up does not hide why it was to be", async () => {
  const held = new Held();
  held.finish = async () => {
    throw new Error("the sink is full");
  };
  held.abort = async () => {
    throw new Error("the connection is gone");
  };
  const query = await counting(held);
  MemorySource.addData("words", "a");
  await expect(query.processAllAvailable()).rejects.toThrow("the sink is full");
});
