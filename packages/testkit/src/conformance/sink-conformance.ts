import assert from "node:assert/strict";
import {
  type Batch,
  batchFromRows,
  type CommitMessage,
  type OutputMode,
  parseDdl,
  type Sink,
  type SinkResult,
  StreamError,
  type StructType,
  type Value,
} from "@ss/core";
import { type Guarantee, registerGuarantees, type SubjectOptions, type TestFunction } from "./guarantees.js";
import { textOf } from "./source-run.js";

/** A sink and the means to see what is in it. */
export interface SinkUnderTest {
  /** A new Sink object on the same target, as each run of a query makes one. */
  make(): Sink | Promise<Sink>;
  /** The rows that a reader of the target sees, in any order, in the engine's units. */
  rows(): Promise<readonly (readonly Value[])[]>;
  /** Two columns or more of which the first is a BIGINT and the second a STRING; default exactly these. */
  readonly schema?: StructType;
  /** Whether a batch in mode complete replaces what is in the target. */
  readonly completeReplaces?: boolean;
  /** Texts that must not show in reports. */
  readonly secrets?: readonly string[];
  close?(): Promise<void>;
}

/**
 * The promises of the `Sink` contract as tests. A sink that declares `delivery: "atLeastOnce"` is not asked for what only
 * `exactlyOnce` promises.
 */
export function sinkConformance(test: TestFunction, options: SubjectOptions<SinkUnderTest>): void {
  registerGuarantees(test, guarantees, options);
}

const DEFAULT_SCHEMA = parseDdl("id BIGINT, word STRING");
const ROWS_A: readonly Value[][] = [
  [1n, "owl"],
  [2n, null],
  [3n, "grüße"],
];
const ROWS_B: readonly Value[][] = [[4n, ""]];

/** Whose batches a sink takes; they stay the same over restarts. */
interface Writer {
  readonly queryId: string;
  readonly outputId: number;
}

const WRITER: Writer = { queryId: "2f7d4fb0-0000-4000-8000-000000000001", outputId: 0 };
let runs = 0;

/** One run of a query, with the shortest calls for the tests. */
class Delivery {
  private readonly subject: SinkUnderTest;
  private readonly sink: Sink;
  private readonly writer: Writer;
  private readonly runId: string;

  constructor(subject: SinkUnderTest, sink: Sink, writer: Writer) {
    this.subject = subject;
    this.sink = sink;
    this.writer = writer;
    this.runId = `2f7d4fb0-0000-4000-9000-${String(++runs).padStart(12, "0")}`;
  }

  async begin(batchId: number, mode?: OutputMode): ReturnType<Sink["begin"]> {
    return this.sink.begin({
      ...this.writer,
      runId: this.runId,
      batchId,
      schema: this.subject.schema ?? DEFAULT_SCHEMA,
      mode: mode ?? this.sink.outputModes[0]!,
      signal: new AbortController().signal,
    });
  }

  batch(rows: readonly (readonly Value[])[]): Batch {
    return batchFromRows(this.subject.schema ?? DEFAULT_SCHEMA, rows);
  }

  /** Writes a partition and returns its message. */
  async write(
    write: Awaited<ReturnType<Sink["begin"]>>,
    id: number,
    rows: readonly Value[][],
  ): Promise<CommitMessage> {
    const writer = await write.writer(id);
    await writer.write(this.batch(rows));
    const message = await writer.finish();
    assert.deepEqual(JSON.parse(JSON.stringify(message ?? null)), message ?? null, "a message is plain data");
    return message;
  }

  /** A whole batch, as the loop delivers one; null where the sink has it already. */
  async deliver(batchId: number, rows: readonly Value[][], mode?: OutputMode): Promise<SinkResult | null> {
    const write = await this.begin(batchId, mode);
    if (write.alreadyCommitted) return null;
    return write.commit([await this.write(write, 0, rows)]);
  }
}

/** A run of a query from its start to its end. Each has a Sink object and a run id of its own. */
async function during(
  subject: SinkUnderTest,
  body: (delivery: Delivery, sink: Sink) => Promise<void>,
  writer: Writer = WRITER,
): Promise<void> {
  const sink = await subject.make();
  try {
    await body(new Delivery(subject, sink, writer), sink);
  } finally {
    await sink.close();
  }
}

/** Whether batches of two writers on one target, under the same id, both count, unless the sink refuses the second writer. */
async function assertApart(subject: SinkUnderTest, other: Writer): Promise<void> {
  let expected: readonly Value[][] = ROWS_A;
  await during(subject, async (delivery) => {
    await delivery.deliver(0, ROWS_A);
  });
  await during(
    subject,
    async (delivery, sink) => {
      const isReplaced = sink.outputModes[0] === "complete" && subject.completeReplaces === true;
      try {
        await delivery.deliver(0, ROWS_B);
        expected = isReplaced ? ROWS_B : [...ROWS_A, ...ROWS_B];
      } catch (error) {
        // to refuse is safe, provided that it is meant: the error says so
        if (!StreamError.is(error)) throw error;
      }
    },
    other,
  );
  await assertHolds(subject, expected);
  await during(subject, async (delivery, sink) => {
    if (sink.delivery !== "exactlyOnce") return;
    await delivery.deliver(0, ROWS_A);
    await assertHolds(subject, expected);
  });
}

/** Whether the target holds these rows and no others; columns beyond the first two do not count. */
async function assertHolds(subject: SinkUnderTest, expected: readonly (readonly Value[])[]): Promise<void> {
  const sorted = (rows: readonly (readonly Value[])[]): string[] =>
    rows.map((row) => textOf(row.slice(0, 2))).sort();
  assert.deepEqual(sorted(await subject.rows()), sorted(expected));
}

function askExactlyOnce(sink: Sink, inapplicable: (reason: string) => never): void {
  if (sink.delivery !== "exactlyOnce") inapplicable("the sink promises at-least-once delivery");
}

const guarantees: Readonly<Record<string, Guarantee<SinkUnderTest>>> = {
  "describes itself without secrets": async (subject) => {
    await during(subject, async (_, { description }) => {
      assert.notEqual(description, "");
      for (const secret of subject.secrets ?? []) assert.ok(!description.includes(secret), description);
    });
  },

  "shows the rows of a committed batch": async (subject) => {
    await during(subject, async (delivery) => {
      await delivery.deliver(0, ROWS_A);
      await assertHolds(subject, ROWS_A);
    });
  },

  "takes the rows of batch after batch": async (subject, inapplicable) => {
    await during(subject, async (delivery, sink) => {
      if (sink.outputModes[0] === "complete") inapplicable("each batch replaces the one before");
      await delivery.deliver(0, ROWS_A);
      await delivery.deliver(1, ROWS_B);
      await assertHolds(subject, [...ROWS_A, ...ROWS_B]);
    });
  },

  "takes several partitions that are written at once": async (subject) => {
    await during(subject, async (delivery) => {
      const write = await delivery.begin(0);
      const first = await write.writer(0);
      const second = await write.writer(1);
      await Promise.all([first.write(delivery.batch(ROWS_A)), second.write(delivery.batch(ROWS_B))]);
      await write.commit(await Promise.all([first.finish(), second.finish()]));
      await assertHolds(subject, [...ROWS_A, ...ROWS_B]);
    });
  },

  "takes a partition in many pieces": async (subject) => {
    await during(subject, async (delivery) => {
      const write = await delivery.begin(0);
      const writer = await write.writer(0);
      for (const row of ROWS_A) await writer.write(delivery.batch([row]));
      await write.commit([await writer.finish()]);
      await assertHolds(subject, ROWS_A);
    });
  },

  "shows rows that were flushed once": async (subject, inapplicable) => {
    await during(subject, async (delivery) => {
      const write = await delivery.begin(0);
      const writer = await write.writer(0);
      if (!writer.flush) inapplicable("its rows show when they are written, or with their batch");
      for (const rows of [ROWS_A, ROWS_B]) {
        await writer.write(delivery.batch(rows));
        await writer.flush!();
      }
      await writer.flush!();
      await assertHolds(subject, [...ROWS_A, ...ROWS_B]);
      await write.commit([await writer.finish()]);
      await assertHolds(subject, [...ROWS_A, ...ROWS_B]);
    });
  },

  "commits a batch of no rows": async (subject) => {
    await during(subject, async (delivery) => {
      const result = await (await delivery.begin(0)).commit([]);
      assert.ok(result.numOutputRows <= 0);
      await delivery.deliver(1, ROWS_B);
      await assertHolds(subject, ROWS_B);
    });
  },

  "counts the rows of a batch or says that it does not": async (subject) => {
    await during(subject, async (delivery) => {
      const result = await delivery.deliver(0, ROWS_A);
      assert.ok(result!.numOutputRows === ROWS_A.length || result!.numOutputRows === -1);
    });
  },

  "copies the rows that it keeps": async (subject) => {
    await during(subject, async (delivery) => {
      const write = await delivery.begin(0);
      const writer = await write.writer(0);
      const batch = delivery.batch(ROWS_A);
      await writer.write(batch);
      poison(batch);
      await write.commit([await writer.finish()]);
      await assertHolds(subject, ROWS_A);
    });
  },

  "accepts commit messages that travelled as JSON": async (subject) => {
    await during(subject, async (delivery) => {
      const write = await delivery.begin(0);
      const message = await delivery.write(write, 0, ROWS_A);
      await write.commit(JSON.parse(JSON.stringify([message ?? null])) as CommitMessage[]);
      await assertHolds(subject, ROWS_A);
    });
  },

  "shows nothing of a batch before its commit": async (subject, inapplicable) => {
    await during(subject, async (delivery, sink) => {
      askExactlyOnce(sink, inapplicable);
      const write = await delivery.begin(0);
      const message = await delivery.write(write, 0, ROWS_A);
      await assertHolds(subject, []);
      await write.commit([message]);
      await assertHolds(subject, ROWS_A);
    });
  },

  "shows nothing of an aborted batch": async (subject, inapplicable) => {
    await during(subject, async (delivery, sink) => {
      askExactlyOnce(sink, inapplicable);
      const write = await delivery.begin(0);
      await delivery.write(write, 0, ROWS_A);
      const unfinished = await write.writer(1);
      await unfinished.write(delivery.batch(ROWS_B));
      await unfinished.abort();
      await write.abort(new Error("the batch failed"));
      await assertHolds(subject, []);
    });
  },

  "takes a batch again after it was aborted": async (subject, inapplicable) => {
    await during(subject, async (delivery, sink) => {
      askExactlyOnce(sink, inapplicable);
      const write = await delivery.begin(0);
      await delivery.write(write, 0, ROWS_A);
      await write.abort(new Error("the batch failed"));
      await delivery.deliver(0, ROWS_A);
      await assertHolds(subject, ROWS_A);
    });
  },

  "never throws at an abort": async (subject) => {
    await during(subject, async (delivery) => {
      const write = await delivery.begin(0);
      const writer = await write.writer(0);
      await writer.write(delivery.batch(ROWS_A));
      await writer.abort();
      await writer.abort();
      await write.abort(new Error("the batch failed"));
      await write.abort(undefined);
    });
  },

  "commits a batch once when committed twice": async (subject, inapplicable) => {
    await during(subject, async (delivery, sink) => {
      askExactlyOnce(sink, inapplicable);
      await delivery.deliver(0, ROWS_A);
      await delivery.deliver(0, ROWS_A);
      await assertHolds(subject, ROWS_A);
    });
  },

  "commits a batch once when committed again after a restart": async (subject, inapplicable) => {
    await during(subject, async (delivery, sink) => {
      askExactlyOnce(sink, inapplicable);
      await delivery.deliver(0, ROWS_A);
    });
    await during(subject, async (delivery) => {
      await delivery.deliver(0, ROWS_A);
      await assertHolds(subject, ROWS_A);
    });
  },

  "commits a batch after a restart that its last run left unfinished": async (subject, inapplicable) => {
    await during(subject, async (delivery, sink) => {
      askExactlyOnce(sink, inapplicable);
      const write = await delivery.begin(0);
      await delivery.write(write, 0, ROWS_A);
    });
    await during(subject, async (delivery) => {
      await delivery.deliver(0, ROWS_A);
      await assertHolds(subject, ROWS_A);
    });
  },

  "goes on after a restart with the next batch": async (subject, inapplicable) => {
    await during(subject, async (delivery, sink) => {
      if (sink.outputModes[0] === "complete") inapplicable("each batch replaces the one before");
      await delivery.deliver(0, ROWS_A);
    });
    await during(subject, async (delivery) => {
      await delivery.deliver(1, ROWS_B);
      await assertHolds(subject, [...ROWS_A, ...ROWS_B]);
    });
  },

  "keeps the batches of two queries apart, or refuses the second": async (subject) => {
    await assertApart(subject, { ...WRITER, queryId: "2f7d4fb0-0000-4000-8000-000000000002" });
  },

  "keeps the batches of two outputs of a query apart, or refuses the second": async (subject) => {
    await assertApart(subject, { ...WRITER, outputId: 1 });
  },

  "replaces its rows in mode complete": async (subject, inapplicable) => {
    await during(subject, async (delivery) => {
      if (!subject.completeReplaces)
        inapplicable("the target keeps the rows of earlier batches in every mode");
      await delivery.deliver(0, ROWS_A, "complete");
      await delivery.deliver(1, ROWS_B, "complete");
      await assertHolds(subject, ROWS_B);
    });
  },
};

/** Writes over the memory of a batch, as a source does that uses its buffers again. */
function poison(batch: Batch): void {
  for (const column of batch.columns) {
    if (column.layout === "int64") column.values.fill(-6148914691236517206n);
    if (column.layout === "bytes") {
      column.data.fill(0x21);
      column.lengths.fill(1);
    }
    column.validity?.fill(0xff);
  }
}
