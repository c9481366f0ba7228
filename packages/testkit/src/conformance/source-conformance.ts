import assert from "node:assert/strict";
import {
  type Clock,
  type DataType,
  type Offset,
  type PartitionReader,
  type Predicate,
  type ReadLimit,
  rebuild,
  rowsOf,
  type Source,
  sameOffset,
  sameType,
  type Value,
} from "@ss/core";
import { type Guarantee, registerGuarantees, type SubjectOptions, type TestFunction } from "./guarantees.js";
import { MemorySourceLog } from "./memory-source-log.js";
import { SourceRun, textOf } from "./source-run.js";

/** A source and the means to feed it. */
export interface SourceUnderTest {
  /** A new Source object on the same data, as each run of a query makes one. */
  make(): Source | Promise<Source>;
  /**
   * Lets at least one new row arrive, by writing it or by moving the clock; resolves when the source can see it. Tells how many rows these
   * are: without that nobody checks that none is lost or doubled, nor that limits are kept. Where the source reads files, these rows are in a
   * new one.
   */
  addRows(): Promise<number | void>;
  /** How many rows a new query finds before the first `addRows`; default 0. */
  readonly initialRows?: number;
  /** Default: the machine's. */
  readonly clock?: Clock;
  /** Texts that must not show in reports. */
  readonly secrets?: readonly string[];
  /** How many milliseconds of the machine's time a call may take to end after its signal has aborted; default 5000. */
  readonly patienceMs?: number;
  close?(): Promise<void>;
}

/**
 * The promises of the `Source` contract as tests. What a source declares (`replayable`, `readLimit`, `onData`,
 * `prepareForAvailableNow`, `pushdown`) selects those that apply to it. Let the suite also run on a source whose options set a limit, of
 * what `addRows` adds at a time or more.
 *
 * @example
 * ```ts
 * sourceConformance(test, { create: () => ({ make: () => new CounterSource(), addRows: async () => counter.add() }) });
 * ```
 */
export function sourceConformance(test: TestFunction, options: SubjectOptions<SourceUnderTest>): void {
  registerGuarantees(test, guarantees, options);
}

/** Runs the body on an open source and stops it afterwards, whatever happens. */
async function during(
  subject: SourceUnderTest,
  body: (run: SourceRun) => Promise<void>,
  log?: MemorySourceLog,
): Promise<void> {
  const run = await SourceRun.start(subject, log);
  try {
    await body(run);
  } finally {
    await run.stop();
  }
}

/** A run with a batch of rows waiting: its start and end. */
async function duringBatch(
  subject: SourceUnderTest,
  body: (run: SourceRun, start: Offset | null, end: Offset) => Promise<void>,
  log?: MemorySourceLog,
): Promise<void> {
  await during(
    subject,
    async (run) => {
      const start = await run.source.initialOffset();
      await subject.addRows();
      await body(run, start, await run.next(start));
    },
    log,
  );
}

const guarantees: Readonly<Record<string, Guarantee<SourceUnderTest>>> = {
  "describes itself without secrets": async (subject) => {
    const { description } = await subject.make();
    assert.notEqual(description, "");
    for (const secret of subject.secrets ?? []) assert.ok(!description.includes(secret), description);
  },

  "has the same schema in every run": async (subject) => {
    const [first, second] = [await subject.make(), await subject.make()];
    assert.ok(sameType(first.schema, second.schema));
  },

  "gives offsets that survive the way through JSON": async (subject) => {
    await duringBatch(subject, async (run, start, end) => {
      for (const offset of [start, end]) assert.deepEqual(JSON.parse(JSON.stringify(offset)), offset);
      const travelled = JSON.parse(JSON.stringify([start, end])) as [Offset, Offset];
      assert.ok((await run.rows(...travelled)).length > 0);
    });
  },

  "delivers what was added": async (subject) => {
    await duringBatch(subject, async (run, start, end) => {
      assert.ok((await run.rows(start, end)).length > 0);
    });
  },

  "delivers each row that was added once": async (subject, inapplicable) => {
    await during(subject, async (run) => {
      let at = await run.source.initialOffset();
      let expected = subject.initialRows ?? 0;
      // the second time begins where the first has ended: a row on the border shows if it comes twice, or never
      for (let round = 1; round <= 2; round++) {
        const added = await subject.addRows();
        if (added === undefined) return inapplicable("addRows does not tell how many rows it adds");
        expected += added;
        let count = 0;
        while (count < expected) {
          const end = await run.next(at);
          count += (await run.rows(at, end)).length;
          at = end;
        }
        assert.equal(count, expected, `rows of round ${round}`);
        expected = 0;
      }
    });
  },

  "keeps the limit of its batches": async (subject, inapplicable) => {
    await during(subject, async (run) => {
      const limit = limitOf(run.source.readLimit);
      if (limit === null) return inapplicable("the source sets no limit of rows or files");
      const start = await run.source.initialOffset();
      const added = await addBeyond(subject, limit);
      if (added === undefined) return inapplicable("addRows does not tell how many rows it adds");
      const most = rowsWithin(limit, added);
      const expected = sum(added);
      let count = 0;
      for (let at: Offset | null = start; count < expected; ) {
        const end: Offset = await run.next(at);
        const rows = (await run.rows(at, end)).length;
        assert.ok(rows <= most, `a batch has ${rows} rows where its limit allows ${most}`);
        count += rows;
        at = end;
      }
      assert.equal(count, expected, "rows of all batches");
    });
  },

  "takes more than its limit where none is set": async (subject, inapplicable) => {
    await during(subject, async (run) => {
      const limit = limitOf(run.source.readLimit);
      if (limit === null) return inapplicable("the source sets no limit of rows or files");
      const start = await run.source.initialOffset();
      const added = await addBeyond(subject, limit);
      if (added === undefined) return inapplicable("addRows does not tell how many rows it adds");
      let count = 0;
      // a source that fetches rows on its own may not have all of them yet
      for (let attempt = 0; attempt < 100 && count <= rowsWithin(limit, added); attempt++) {
        const end = await run.next(start, { kind: "allAvailable" });
        count = (await run.rows(start, end)).length;
      }
      assert.ok(count > rowsWithin(limit, added), `a batch without a limit has ${count} rows`);
    });
  },

  "answers with its start when nothing is new": async (subject) => {
    await duringBatch(subject, async (run, _, end) => {
      assert.deepEqual(await run.latest(end), end);
      assert.deepEqual(await run.latest(end), end);
    });
  },

  "does no harm with an offset that is never used": async (subject) => {
    await during(subject, async (run) => {
      const start = await run.source.initialOffset();
      await subject.addRows();
      await run.next(start);
      const end = await run.next(start);
      assert.ok((await run.rows(start, end)).length > 0);
    });
  },

  "plans the same partitions for the same range": async (subject) => {
    await duringBatch(subject, async (run, start, end) => {
      assert.equal(textOf(await run.source.plan(start, end)), textOf(await run.source.plan(start, end)));
    });
  },

  "plans partitions that are plain data": async (subject) => {
    await duringBatch(subject, async (run, start, end) => {
      const partitions = await run.source.plan(start, end);
      assert.deepEqual(JSON.parse(JSON.stringify(partitions)), partitions);
    });
  },

  "delivers columns of the types of its schema": async (subject) => {
    await duringBatch(subject, async (run, start, end) => {
      const { schema } = run.source;
      for (const partition of await run.source.plan(start, end)) {
        for await (const batch of run.batches(partition)) {
          assert.deepEqual(batch.schema.fieldNames(), schema.fieldNames());
          assert.equal(batch.columns.length, schema.length);
          batch.columns.forEach((column, k) => {
            assert.ok(column.length >= batch.rowCount, `column ${k} is shorter than its batch`);
            assert.ok(sameType(column.type, schema.fields[k]!.type, true), `column ${k} is of another type`);
          });
        }
      }
    });
  },

  "has a worker form whose reader delivers the same rows": async (subject, inapplicable) => {
    await duringBatch(subject, async (run, start, end) => {
      const { worker, schema } = run.source;
      if (worker === undefined)
        return inapplicable(
          "the source gives no worker form: it has none, or the module of it is not built yet",
        );
      assert.deepEqual(JSON.parse(JSON.stringify(worker)), worker, "a worker form is plain data");
      const context = { conf: () => undefined, timeZone: "UTC", warn: () => {} };
      const reader = await rebuild<PartitionReader>(worker, context);
      const scan = { columns: schema.fieldNames(), predicates: [] };
      for (const partition of await run.source.plan(start, end)) {
        const rows: Value[][] = [];
        const batches = reader.read(partition, scan, new AbortController().signal);
        for await (const batch of batches) rows.push(...rowsOf(batch));
        assert.equal(textOf(rows), textOf(await run.rowsOf(partition)));
      }
      await reader.close?.();
    });
  },

  "delivers the wanted columns in the wanted order": async (subject) => {
    await duringBatch(subject, async (run, start, end) => {
      const names = run.source.schema.fieldNames().reverse();
      const all = run.source.replayable ? await run.rows(start, end) : null;
      const rows = await run.rows(start, end, { columns: names });
      assert.ok(rows.every((row) => row.length === names.length));
      if (all) assert.equal(textOf(rows), textOf(all.map((row) => [...row].reverse())));
    });
  },

  "counts rows where no column is wanted": async (subject) => {
    await duringBatch(subject, async (run, start, end) => {
      const rows = await run.rows(start, end, { columns: [] });
      assert.ok(rows.length > 0);
      if (run.source.replayable) assert.equal(rows.length, (await run.rows(start, end)).length);
    });
  },

  "reads several partitions at once": async (subject) => {
    await duringBatch(subject, async (run, start, end) => {
      const partitions = await run.source.plan(start, end);
      const together = (await Promise.all(partitions.map((partition) => run.rowsOf(partition)))).flat();
      assert.ok(together.length > 0);
      if (run.source.replayable) assert.equal(textOf(together), textOf(await run.rows(start, end)));
    });
  },

  "replays the same rows for the same range": async (subject, inapplicable) => {
    await duringBatch(subject, async (run, start, end) => {
      if (!run.source.replayable) inapplicable("the source says that it cannot replay");
      const first = await run.rows(start, end);
      await subject.addRows();
      assert.equal(textOf(await run.rows(start, end)), textOf(first));
    });
  },

  "replays the same rows after a restart": async (subject, inapplicable) => {
    const log = new MemorySourceLog();
    let before: { start: Offset | null; end: Offset; rows: Value[][] } | undefined;
    await duringBatch(
      subject,
      async (run, start, end) => {
        if (!run.source.replayable) inapplicable("the source says that it cannot replay");
        before = { start, end, rows: await run.rows(start, end) };
      },
      log,
    );
    await subject.addRows();
    const { start, end, rows } = before!;
    await during(
      subject,
      async (run) => {
        assert.equal(textOf(await run.rows(start, end)), textOf(rows));
      },
      log,
    );
  },

  "goes on after a restart where the last batch ended": async (subject, inapplicable) => {
    const log = new MemorySourceLog();
    let start: Offset = null;
    await duringBatch(
      subject,
      async (run, from, end) => {
        if (!run.source.replayable) inapplicable("the source says that it cannot replay");
        await run.rows(from, end);
        await run.source.commit(end);
        start = end;
      },
      log,
    );
    await during(
      subject,
      async (run) => {
        await subject.addRows();
        const end = await run.next(start);
        assert.ok((await run.rows(start, end)).length > 0);
      },
      log,
    );
  },

  "gives the rows of two ranges as those of both together": async (subject, inapplicable) => {
    await duringBatch(subject, async (run, start, middle) => {
      if (!run.source.replayable) inapplicable("the source says that it cannot replay");
      const first = await run.rows(start, middle);
      await subject.addRows();
      const end = await run.next(middle);
      const second = await run.rows(middle, end);
      const sorted = (rows: Value[][]): string[] => rows.map(textOf).sort();
      assert.deepEqual(sorted([...first, ...second]), sorted(await run.rows(start, end)));
    });
  },

  "accepts that a range is committed twice": async (subject) => {
    await duringBatch(subject, async (run, start, end) => {
      await run.rows(start, end);
      await run.source.commit(end);
      await run.source.commit(end);
      await subject.addRows();
      assert.ok((await run.rows(end, await run.next(end))).length > 0);
    });
  },

  "accepts that a range is never committed": async (subject) => {
    await duringBatch(subject, async (run, start, middle) => {
      await run.rows(start, middle);
      await subject.addRows();
      const end = await run.next(middle);
      assert.ok((await run.rows(middle, end)).length > 0);
      await run.source.commit(end);
    });
  },

  "frees a read that is left early": async (subject) => {
    await duringBatch(subject, async (run, start, end) => {
      const [partition] = await run.source.plan(start, end);
      for await (const batch of run.batches(partition!)) {
        assert.ok(batch.rowCount >= 0);
        break;
      }
    });
  },

  "ends a read whose signal has aborted": async (subject) => {
    await duringBatch(subject, async (run, start, end) => {
      const [partition] = await run.source.plan(start, end);
      const abort = new AbortController();
      abort.abort();
      // it may end or throw, but it must not wait
      const read = async (): Promise<void> => {
        for await (const _ of run.batches(partition!, {}, abort.signal)) return;
      };
      await read().catch(() => {});
    });
  },

  "ends a read that is under way when its signal aborts": async (subject) => {
    await duringBatch(subject, async (run, start, end) => {
      for (const partition of await run.source.plan(start, end)) {
        const abort = new AbortController();
        const read = async (): Promise<void> => {
          for await (const batch of run.batches(partition, {}, abort.signal)) assert.ok(batch.rowCount >= 0);
        };
        // it may deliver what it has, but it must not wait for more
        const reading = read().catch(() => {});
        abort.abort();
        await ends(reading, subject, "read");
      }
    });
  },

  "ends what waits for rows when its query stops": async (subject) => {
    await duringBatch(subject, async (run, _, end) => {
      const latest = () => run.source.latestOffset(end, run.source.readLimit).catch(() => null);
      const waiting = latest();
      run.abort();
      await ends(waiting, subject, "latestOffset");
      await ends(latest(), subject, "latestOffset after the stop");
    });
  },

  "closes while its query waits for rows": async (subject) => {
    const run = await SourceRun.start(subject);
    const start = await run.source.initialOffset();
    const waiting = run.source.latestOffset(start, run.source.readLimit).catch(() => null);
    await run.stop();
    await waiting;
  },

  "wakes the loop when rows arrive": async (subject, inapplicable) => {
    await during(subject, async (run) => {
      if (!run.source.onData) inapplicable("the source has no wake-up, the loop polls");
      const woken = new Promise<void>((resolve) => run.source.onData!(resolve));
      await subject.addRows();
      await woken;
    });
  },

  "wakes nobody who has gone": async (subject, inapplicable) => {
    await during(subject, async (run) => {
      if (!run.source.onData) inapplicable("the source has no wake-up, the loop polls");
      let count = 0;
      const leave = run.source.onData!(() => count++);
      const woken = new Promise<void>((resolve) => run.source.onData!(resolve));
      leave();
      await subject.addRows();
      await woken;
      assert.equal(count, 0);
    });
  },

  "stays within the end that was pinned for availableNow": async (subject, inapplicable) => {
    await during(subject, async (run) => {
      if (!run.source.prepareForAvailableNow) inapplicable("the source takes one batch under availableNow");
      const start = await run.source.initialOffset();
      await subject.addRows();
      await run.next(start);
      await run.source.prepareForAvailableNow!();
      const end = await drain(run, start);
      await subject.addRows();
      assert.deepEqual(await run.latest(end), end);
    });
  },

  "filters by the predicates that it takes": async (subject, inapplicable) => {
    await duringBatch(subject, async (run, start, end) => {
      if (!run.source.pushdown) inapplicable("the source takes no predicates");
      if (!run.source.replayable) inapplicable("the source says that it cannot replay");
      const all = await run.rows(start, end);
      for (const predicate of predicatesFor(run.source, all))
        await checkPredicate(run, start, end, predicate, all);
    });
  },
};

async function drain(run: SourceRun, start: Offset | null): Promise<Offset> {
  for (let at = start; ; ) {
    const end = await run.latest(at);
    if (sameOffset(at, end)) return end;
    await run.rows(at, end);
    at = end;
  }
}

/** For each column: present, absent, and equal to the first value that was seen. */
function predicatesFor(source: Source, rows: readonly Value[][]): Predicate[] {
  return source.schema.fields.flatMap(({ name, type }, k) => {
    const predicates: Predicate[] = [
      { op: "isNotNull", column: name, type },
      { op: "isNull", column: name, type },
    ];
    const value = rows.find((row) => row[k] !== null)?.[k];
    if (value !== undefined && value !== null && isAtomic(type))
      predicates.push({ op: "=", column: name, type, value });
    return predicates;
  });
}

function isAtomic(type: DataType): boolean {
  return !["array", "map", "struct", "variant", "interval", "float", "double", "void"].includes(type.kind);
}

async function checkPredicate(
  run: SourceRun,
  start: Offset | null,
  end: Offset,
  predicate: Predicate,
  all: readonly Value[][],
): Promise<void> {
  const answer = run.source.pushdown!(predicate);
  if (answer === "unsupported") return;
  const position = run.source.schema.indexOf(predicate.column);
  const matching = all.filter((row) => matches(predicate, row[position]!)).map(textOf);
  const delivered = (await run.rows(start, end, { predicates: [predicate] })).map(textOf);
  const label = `${predicate.column} ${predicate.op}`;
  if (answer === "exact") assert.deepEqual(delivered, matching, label);
  else for (const row of matching) assert.ok(delivered.includes(row), `${label} lost the row ${row}`);
}

function matches(predicate: Predicate, value: Value): boolean {
  if (predicate.op === "isNull") return value === null;
  if (predicate.op === "isNotNull") return value !== null;
  return predicate.op === "=" && value !== null && textOf(value) === textOf(predicate.value);
}

/** How much a batch takes by the limits that the suite can count. */
interface Limit {
  readonly rows: number;
  readonly files: number;
}

/** The strictest limits of rows and files; null where there are none. */
function limitOf(limit: ReadLimit): Limit | null {
  const limits = limit.kind === "composite" ? limit.limits : [limit];
  const rows = Math.min(
    ...limits.map((one) => (one.kind === "maxRows" ? one.rows : Number.POSITIVE_INFINITY)),
  );
  const files = Math.min(
    ...limits.map((one) => (one.kind === "maxFiles" ? one.files : Number.POSITIVE_INFINITY)),
  );
  return Number.isFinite(rows) || Number.isFinite(files) ? { rows, files } : null;
}

/** Lets rows arrive until there are some more than one batch may take: the rows of each time, with those that were there before. */
async function addBeyond(subject: SourceUnderTest, limit: Limit): Promise<number[] | undefined> {
  const added = subject.initialRows ? [subject.initialRows] : [];
  while (sum(added) <= rowsWithin(limit, added) + 1) {
    const rows = await subject.addRows();
    if (rows === undefined) return undefined;
    added.push(rows);
  }
  return added;
}

/** The most rows that a batch may have: limits are soft by one row or file. */
function rowsWithin({ rows, files }: Limit, added: readonly number[]): number {
  const largest = [...added].sort((a, b) => b - a);
  return Math.min(rows + 1, sum(Number.isFinite(files) ? largest.slice(0, files + 1) : added));
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}

/** Waits until a call has ended whose signal has aborted, for as long as the subject's patience lasts. */
async function ends(
  call: Promise<unknown>,
  { patienceMs = 5000 }: SourceUnderTest,
  name: string,
): Promise<void> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    const why = new Error(`${name} still waits ${patienceMs} ms after its signal has aborted`);
    timer = setTimeout(() => reject(why), patienceMs);
  });
  try {
    await Promise.race([call, late]);
  } finally {
    clearTimeout(timer);
  }
}
