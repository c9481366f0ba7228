import { createServer } from "node:net";
import { freePort, INSTALL_MS, missingForPostgres, type Postgres, startPostgres } from "@ss/app-servers";
import {
  batchFromRows,
  Options,
  type OutputMode,
  parseDdl,
  type SessionContext,
  type Sink,
  type SinkBatch,
  StreamError,
  type Value,
} from "@ss/core";
import { type PostgresSinkOptions, postgresSink } from "@ss/sink-postgres";
import { sinkConformance } from "@ss/testkit";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { describeWith } from "./describe-with.js";
import { CuttingProxy } from "./postgres/cutting-proxy.js";
import { Database } from "./postgres/database.js";

describeWith([missingForPostgres()], "the PostgreSQL sink", () => {
  let postgres: Postgres;
  let database: Database;
  let tables = 0;
  beforeAll(async () => {
    postgres = await startPostgres();
    database = await Database.open(postgres);
  }, INSTALL_MS + 60_000);
  afterAll(async () => {
    await database?.close();
    await postgres?.stop();
  });

  const newTable = (): string => `t${++tables}`;

  function sinkOn(
    table: string,
    options: Record<string, unknown> = {},
    ddl = "id BIGINT, word STRING",
    given: PostgresSinkOptions = { url: postgres.url },
  ): Promise<Sink> {
    return postgresSink(given).sinks![0]!.stream!({
      format: "postgres",
      options: new Options({ dbtable: table, ...options }),
      path: undefined,
      partitionBy: [],
      schema: parseDdl(ddl),
      session: { timeZone: "Europe/Berlin", conf: () => undefined } as unknown as SessionContext,
    });
  }

  const batchOf = (table: string, batchId: number, more: Partial<SinkBatch> = {}): SinkBatch => ({
    queryId: `query of ${table}`,
    runId: "run 1",
    outputId: 0,
    batchId,
    schema: parseDdl("id BIGINT, word STRING"),
    mode: "append",
    signal: new AbortController().signal,
    ...more,
  });

  /** Delivers a batch; null where it was in the table already. */
  async function deliver(sink: Sink, batch: SinkBatch, ...rows: Value[][]): Promise<number | null> {
    const write = await sink.begin(batch);
    if (write.alreadyCommitted) return null;
    const writer = await write.writer(0);
    await writer.write(batchFromRows(batch.schema, rows));
    return (await write.commit([await writer.finish()])).numOutputRows;
  }

  const rowsOf = (table: string) => database.rows(`SELECT id::text, word FROM ${table} ORDER BY id, word`);

  describe.each<[string, OutputMode, Record<string, unknown>]>([
    ["appends", "append", {}],
    ["upserts", "update", { keyColumns: "id" }],
    ["replaces", "complete", {}],
    ["replaces with TRUNCATE", "complete", { truncate: true }],
  ])("when it %s", (_, mode, options) => {
    sinkConformance(test, {
      create: () => {
        const table = newTable();
        return {
          make: async () => {
            const sink = await sinkOn(table, options);
            return Object.assign(sink, { outputModes: [mode] });
          },
          rows: async () => {
            const exists = await database.value(`SELECT to_regclass('${table}') IS NOT NULL`);
            if (!exists) return [];
            const found = await database.rows(`SELECT id, word FROM ${table}`);
            return found.map(([id, word]) => [BigInt(id as string), word as string | null]);
          },
          completeReplaces: true,
          secrets: [postgres.password],
          close: () => database.run("DROP TABLE IF EXISTS ss_commits"),
        };
      },
    });
  });

  describe("rows that are updated", () => {
    test("take the place of those with their key; of two in one batch the last one counts", async () => {
      const table = newTable();
      const sink = await sinkOn(table, { keyColumns: "id" });
      const update = { mode: "update" } as const;
      await deliver(sink, batchOf(table, 0, update), [1n, "a"], [2n, "b"], [1n, "c"]);
      await deliver(sink, batchOf(table, 1, update), [2n, null], [3n, "d"], [2n, "e"], [null, "f"]);
      await deliver(sink, batchOf(table, 2, update), [null, "g"]);
      await sink.close();
      expect(await rowsOf(table)).toEqual([
        ["1", "c"],
        ["2", "e"],
        ["3", "d"],
        [null, "g"],
      ]);
    });

    test("need a unique index on their key, which is asked for by name", async () => {
      const table = newTable();
      await database.run(`CREATE TABLE ${table} (id bigint, word text)`);
      const sink = await sinkOn(table, { keyColumns: "id" });
      await expect(sink.begin(batchOf(table, 0, { mode: "update" }))).rejects.toThrow(
        `[SS_POSTGRES_NO_UNIQUE_KEY] The table ${table} has no unique index on (id)`,
      );
      await database.run(`CREATE UNIQUE INDEX ON ${table} (id)`);
      await deliver(sink, batchOf(table, 0, { mode: "update" }), [1n, "a"]);
      const nulls = deliver(sink, batchOf(table, 1, { mode: "update" }), [null, "b"]);
      await expect(nulls).rejects.toThrow("SS_POSTGRES_NULL_KEY");
      await sink.close();
      expect(await rowsOf(table)).toEqual([["1", "a"]]);
    });

    test("are kept while a lock is not given in time: the commit is made again", async () => {
      const table = newTable();
      const sink = await sinkOn(table, { keyColumns: "id", lockTimeout: "100ms" });
      const update = { mode: "update" } as const;
      await deliver(sink, batchOf(table, 0, update), [1n, "a"]);
      const write = await sink.begin(batchOf(table, 1, update));
      const writer = await write.writer(0);
      await writer.write(batchFromRows(parseDdl("id BIGINT, word STRING"), [[1n, "b"]]));
      const messages = [await writer.finish()];
      await database.run(`BEGIN; SELECT 1 FROM ${table} FOR UPDATE`);
      const error = await write.commit(messages).catch((caught: unknown) => caught);
      expect(error).toMatchObject({
        condition: "SS_POSTGRES_STATEMENT_REFUSED",
        sqlState: "55P03",
        recovery: "retry",
      });
      await database.run("ROLLBACK");
      await write.commit(messages);
      await sink.close();
      expect(await rowsOf(table)).toEqual([["1", "b"]]);
    });
  });

  describe("a commit", () => {
    test("whose answer is lost counts: the table tells that it was made", async () => {
      const table = newTable();
      const proxy = await CuttingProxy.start(postgres.port);
      const sink = await sinkOn(table, { port: proxy.port });
      await deliver(sink, batchOf(table, 0), [1n, "a"]);
      proxy.cutAtAnswer("COMMIT");
      expect(await deliver(sink, batchOf(table, 1), [2n, "b"])).toBe(1);
      expect(proxy.cuts).toBe(1);
      expect(await deliver(sink, batchOf(table, 1), [2n, "b"])).toBeNull();
      await sink.close();
      await proxy.stop();
      expect(await rowsOf(table)).toEqual([
        ["1", "a"],
        ["2", "b"],
      ]);
    });

    test("that is not made, since the connection broke, is for the next run to make", async () => {
      const table = newTable();
      const sink = await sinkOn(table);
      await deliver(sink, batchOf(table, 0), [1n, "a"]);
      // The server cuts the connection in the last moment before the commit.
      await database.run(`CREATE FUNCTION cut() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN PERFORM pg_terminate_backend(pg_backend_pid()); RETURN NULL; END $$;
        CREATE CONSTRAINT TRIGGER cut AFTER UPDATE ON ss_commits DEFERRABLE INITIALLY DEFERRED
        FOR EACH ROW WHEN (NEW.batch_id <> OLD.batch_id) EXECUTE FUNCTION cut()`);
      const error = await deliver(sink, batchOf(table, 1), [2n, "b"]).catch((caught: unknown) => caught);
      expect(error).toMatchObject({ condition: "SS_POSTGRES_BATCH_LOST", recovery: "fail" });
      await database.run("DROP FUNCTION cut CASCADE");
      expect(await deliver(sink, batchOf(table, 1), [2n, "b"])).toBe(1);
      await sink.close();
      expect(await rowsOf(table)).toEqual([
        ["1", "a"],
        ["2", "b"],
      ]);
    });

    test("of a run that another one has followed is refused, and its rows are undone", async () => {
      const table = newTable();
      const first = await sinkOn(table);
      await deliver(first, batchOf(table, 0), [1n, "a"]);
      const write = await first.begin(batchOf(table, 1));
      const writer = await write.writer(0);
      await writer.write(batchFromRows(parseDdl("id BIGINT, word STRING"), [[2n, "late"]]));
      const second = await sinkOn(table);
      expect(await deliver(second, batchOf(table, 0, { runId: "run 2" }), [1n, "a"])).toBeNull();
      expect(await deliver(second, batchOf(table, 1, { runId: "run 2" }), [2n, "b"])).toBe(1);
      await expect(write.commit([await writer.finish()])).rejects.toThrow("CONCURRENT_STREAM_LOG_UPDATE");
      await first.close();
      await second.close();
      expect(await rowsOf(table)).toEqual([
        ["1", "a"],
        ["2", "b"],
      ]);
    });

    test("goes on after the server has crashed and is back", async () => {
      const table = newTable();
      const sink = await sinkOn(table);
      await deliver(sink, batchOf(table, 0), [1n, "a"]);
      const write = await sink.begin(batchOf(table, 1));
      const writer = await write.writer(0);
      await writer.write(batchFromRows(parseDdl("id BIGINT, word STRING"), [[2n, "b"]]));
      await database.close();
      await postgres.kill();
      const lost = await writer
        .finish()
        .then((message) => write.commit([message]))
        .catch((caught) => caught);
      expect(StreamError.is(lost)).toBe(true);
      await write.abort(lost);
      const down = await sink.begin(batchOf(table, 1)).catch((caught: unknown) => caught);
      expect(down).toMatchObject({ condition: "SS_POSTGRES_UNREACHABLE", recovery: "retry" });
      await postgres.restart();
      database = await Database.open(postgres);
      expect(await deliver(sink, batchOf(table, 0), [1n, "a"])).toBeNull();
      expect(await deliver(sink, batchOf(table, 1), [2n, "b"])).toBe(1);
      await sink.close();
      expect(await rowsOf(table)).toEqual([
        ["1", "a"],
        ["2", "b"],
      ]);
    });
  });

  describe("a start is refused", () => {
    const failureOf = (start: Promise<unknown>) =>
      start.then(
        () => undefined,
        (caught: unknown) => caught as StreamError,
      );

    test("with a wrong password, which is in no message", async () => {
      const given = { host: postgres.host, port: postgres.port, user: postgres.user, database: "postgres" };
      const error = await failureOf(sinkOn("t", { password: "guessed-secret" }, "id BIGINT", given));
      expect(error).toMatchObject({ condition: "SS_POSTGRES_REFUSED", sqlState: "28P01", recovery: "fail" });
      expect(JSON.stringify(error) + error!.message + error!.stack).not.toContain("guessed-secret");
    });

    test("without a server, and by a server that says nothing, within the time that is given for it", async () => {
      const nobody = { host: "127.0.0.1", port: await freePort(), user: "u", password: "p" };
      const error = await failureOf(sinkOn("t", {}, "id BIGINT", nobody));
      expect(error).toMatchObject({ condition: "SS_POSTGRES_UNREACHABLE", recovery: "retry" });
      const silent = createServer(() => {});
      await new Promise<void>((resolve) => silent.listen(nobody.port, "127.0.0.1", resolve));
      const silence = await failureOf(sinkOn("t", { connectTimeout: "200ms" }, "id BIGINT", nobody));
      silent.close();
      expect(silence).toMatchObject({ condition: "SS_POSTGRES_UNREACHABLE" });
      expect(silence!.message).toContain("timeout expired");
    });

    test("where TLS shows a certificate that nobody vouches for, and not where its authority is known", async () => {
      const table = newTable();
      const error = await failureOf(sinkOn(table, { ssl: true }));
      expect(error).toMatchObject({ condition: "SS_POSTGRES_REFUSED" });
      expect(error!.message).toContain("certificate");
      const sink = await sinkOn(table, {
        sslmode: "verify-full",
        sslrootcert: postgres.certificates.authorityFile,
      });
      await deliver(sink, batchOf(table, 0), [1n, "a"]);
      await sink.close();
      expect(await rowsOf(table)).toEqual([["1", "a"]]);
    });

    test("where the table does not take the rows, or is not there and is not to be created", async () => {
      const table = newTable();
      expect(await failureOf(sinkOn(table, { createTable: false }))).toMatchObject({
        condition: "TABLE_OR_VIEW_NOT_FOUND",
      });
      await database.run(
        `CREATE TABLE ${table} (id int, word int[], must text NOT NULL, sum int GENERATED ALWAYS AS (id) STORED)`,
      );
      const error = await failureOf(sinkOn(table, {}, "id BIGINT, word STRING, sum INT, other INT"));
      expect(error).toMatchObject({ condition: "SS_POSTGRES_TABLE_MISMATCH" });
      for (const part of [
        "'word' is integer[]",
        "'sum' is computed",
        "no column 'other'",
        "'must' takes no null",
      ])
        expect(error!.message).toContain(part);
    });
  });

  test("a query that stops does not wait for a table that is locked", async () => {
    const table = newTable();
    const sink = await sinkOn(table);
    await deliver(sink, batchOf(table, 0), [1n, "a"]);
    const query = new AbortController();
    const write = await sink.begin(batchOf(table, 1, { signal: query.signal }));
    const writer = await write.writer(0);
    await writer.write(batchFromRows(parseDdl("id BIGINT, word STRING"), [[2n, "b"]]));
    await database.run(`BEGIN; LOCK TABLE ${table} IN ACCESS EXCLUSIVE MODE`);
    const finish = writer.finish();
    query.abort();
    await expect(finish).rejects.toThrow("the query was stopped");
    await write.abort(query.signal.reason);
    await database.run("ROLLBACK");
    expect(await deliver(sink, batchOf(table, 1), [2n, "c"])).toBe(1);
    await sink.close();
    expect(await rowsOf(table)).toEqual([
      ["1", "a"],
      ["2", "c"],
    ]);
  });

  test("a query that stops does not wait for the record of its batches, nor for a server that has fallen silent", async () => {
    const table = newTable();
    const before = await sinkOn(table);
    await deliver(before, batchOf(table, 0), [1n, "a"]);
    await before.close();
    const sink = await sinkOn(table);
    await database.run("BEGIN; LOCK TABLE ss_commits IN ACCESS EXCLUSIVE MODE");
    const query = new AbortController();
    const beginning = sink.begin(batchOf(table, 1, { signal: query.signal }));
    setTimeout(() => query.abort(), 300);
    await expect(beginning).rejects.toThrow("the query was stopped");
    await sink.close();
    await database.run("ROLLBACK");
    const proxy = await CuttingProxy.start(postgres.port);
    const other = await sinkOn(table, { port: proxy.port });
    expect(await deliver(other, batchOf(table, 1), [2n, "b"])).toBe(1);
    proxy.fallSilent();
    await other.close();
    await proxy.stop();
  });

  test("a value that the table refuses is told with its column, and nothing of the batch stays", async () => {
    const table = newTable();
    await database.run(`CREATE TABLE ${table} (id smallint PRIMARY KEY, word varchar(3))`);
    const sink = await sinkOn(table);
    await expect(deliver(sink, batchOf(table, 0), [1n, "abc"], [40_000n, "x"])).rejects.toThrow(
      /SS_POSTGRES_STATEMENT_REFUSED.*out of range.*column 'id'/,
    );
    await expect(deliver(sink, batchOf(table, 0), [1n, "abcd"])).rejects.toThrow(/too long.*column 'word'/);
    await expect(deliver(sink, batchOf(table, 0), [1n, "a"], [1n, "b"])).rejects.toThrow(/Key \(id\)=\(1\)/);
    await expect(deliver(sink, batchOf(table, 0), [1n, "a\0"])).rejects.toThrow("SS_POSTGRES_NUL_CHARACTER");
    expect(await deliver(sink, batchOf(table, 0), [1n, "abc"])).toBe(1);
    await sink.close();
    expect(await rowsOf(table)).toEqual([["1", "abc"]]);
  });

  test("many rows arrive as they were sent, from several partitions at once", async () => {
    const table = newTable();
    const sink = await sinkOn(table);
    const write = await sink.begin(batchOf(table, 0));
    const schema = parseDdl("id BIGINT, word STRING");
    const parts = await Promise.all(
      [0, 1, 2].map(async (part) => {
        const writer = await write.writer(part);
        for (let from = 0; from < 40_000; from += 4000) {
          const ids = Array.from({ length: 4000 }, (_, k) => BigInt(part * 40_000 + from + k));
          await writer.write(
            batchFromRows(
              schema,
              ids.map((id) => [id, `word\t${id}\\`]),
            ),
          );
        }
        return writer.finish();
      }),
    );
    expect(await write.commit(parts)).toEqual({ numOutputRows: 120_000 });
    await sink.close();
    const wrong = `SELECT count(*) FROM ${table} WHERE word IS DISTINCT FROM E'word\\t' || id || E'\\\\'`;
    expect(
      await database.rows(`SELECT count(*)::int, count(DISTINCT id)::int, (${wrong})::int FROM ${table}`),
    ).toEqual([[120_000, 120_000, 0]]);
  });
});
