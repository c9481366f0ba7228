import { batchFromRows, Options, parseDdl, type SessionContext, type Sink, type Value } from "@ss/core";
import { sinkConformance } from "@ss/testkit";
import { describe, expect, test } from "vitest";
import { consoleSink, type TextStream } from "../src/index.js";

class Paper implements TextStream {
  text = "";
  write(text: string, done: (error?: Error | null) => void): void {
    this.text += text;
    done();
  }
}

function sinkOn(
  stream: TextStream,
  ddl: string,
  options: Record<string, unknown> = {},
  way: "stream" | "batch" = "stream",
): Promise<Sink> {
  const provider = consoleSink({ stream }).sinks![0]!;
  const request = {
    format: "console",
    options: new Options(options),
    path: undefined,
    partitionBy: [],
    schema: parseDdl(ddl),
    session: { timeZone: "America/Los_Angeles" } as SessionContext,
  };
  return way === "stream"
    ? provider.stream!(request)
    : (provider.batch!({ ...request, mode: "append" }) as Promise<Sink>);
}

async function print(sink: Sink, ddl: string, batchId: number, ...partitions: Value[][][]): Promise<number> {
  const schema = parseDdl(ddl);
  const signal = new AbortController().signal;
  const write = await sink.begin({
    queryId: "q",
    runId: "r",
    outputId: 0,
    batchId,
    schema,
    mode: "append",
    signal,
  });
  const messages = [];
  for (const [id, rows] of partitions.entries()) {
    const writer = await write.writer(id);
    await writer.write(batchFromRows(schema, rows));
    messages.push(await writer.finish());
  }
  return (await write.commit(messages)).numOutputRows;
}

test("prints the rows of an open batch as they come, and each of them once", async () => {
  const paper = new Paper();
  const schema = parseDdl("word STRING");
  const sink = await sinkOn(paper, "word STRING");
  const { signal } = new AbortController();
  const write = await sink.begin({
    queryId: "q",
    runId: "r",
    outputId: 0,
    batchId: 0,
    schema,
    mode: "update",
    signal,
  });
  const writer = await write.writer(0);
  for (const word of ["owl", "cat"]) {
    await writer.write(batchFromRows(schema, [[word]]));
    await writer.flush!();
    expect(paper.text).toContain(word);
  }
  expect(paper.text.match(/owl/g)).toHaveLength(1);
  const before = paper.text;
  await writer.flush!();
  expect((await write.commit([await writer.finish()])).numOutputRows).toBe(2);
  expect(paper.text).toBe(before);
});

test("prints each batch as a table under its number", async () => {
  const paper = new Paper();
  const ddl = "word STRING, count BIGINT";
  const sink = await sinkOn(paper, ddl);
  expect(await print(sink, ddl, 0, [["owl", 2n]], [["an uncommonly long word", null]])).toBe(2);
  await print(sink, ddl, 1);
  expect(paper.text).toBe(
    [
      "-------------------------------------------",
      "Batch: 0",
      "-------------------------------------------",
      "+--------------------+-----+",
      "|                word|count|",
      "+--------------------+-----+",
      "|                 owl|    2|",
      "|an uncommonly lon...| NULL|",
      "+--------------------+-----+",
      "",
      "-------------------------------------------",
      "Batch: 1",
      "-------------------------------------------",
      "+----+-----+",
      "|word|count|",
      "+----+-----+",
      "+----+-----+",
      "",
      "",
    ].join("\n"),
  );
});

test("prints numRows rows and says that there are more, which it counts all the same", async () => {
  const paper = new Paper();
  const sink = await sinkOn(paper, "n INT", { NUMROWS: "2", truncate: "false" });
  expect(await print(sink, "n INT", 7, [[1]], [[2], [3]], [[4]])).toBe(4);
  expect(paper.text.split("\n").slice(3)).toEqual([
    "+---+",
    "|n  |",
    "+---+",
    "|1  |",
    "|2  |",
    "+---+",
    "only showing top 2 rows",
    "",
    "",
  ]);
});

test("shows timestamps in the time zone of the session", async () => {
  const paper = new Paper();
  const ddl = "w STRUCT<start: TIMESTAMP, end: TIMESTAMP>";
  await print(await sinkOn(paper, ddl, { truncate: false }), ddl, 0, [[[0n, 10_000_000n]]]);
  expect(paper.text).toContain("|{1969-12-31 16:00:00, 1969-12-31 16:00:10}|");
});

test("prints a batch query without a number", async () => {
  const paper = new Paper();
  await print(await sinkOn(paper, "n INT", {}, "batch"), "n INT", 0, [[1]]);
  expect(paper.text).toBe("+---+\n|  n|\n+---+\n|  1|\n+---+\n\n");
});

test("a stream that cannot be written to fails the batch", async () => {
  const closed: TextStream = { write: (_, done) => done(new Error("the pipe is closed")) };
  await expect(print(await sinkOn(closed, "n INT"), "n INT", 0, [[1]])).rejects.toThrow("the pipe is closed");
});

test.each([
  [{ numRows: "-1" }, "numRows"],
  [{ numRows: "many" }, "numRows"],
  [{ truncate: "20" }, "truncate"],
])("refuses %j", async (options, name) => {
  await expect(sinkOn(new Paper(), "n INT", options)).rejects.toThrow(
    new RegExp(`SS_INVALID_OPTION.*'${name}'`),
  );
});

test("shows variants as JSON", async () => {
  const paper = new Paper();
  // {"b":1,"a":[1,2]}, as Spark 4.3.0 stores it.
  const parts = ["01020001026261", "020201000200 0b0c01030200 02040c010c02"];
  const variant = parts.map((hex) => Buffer.from(hex.replaceAll(" ", ""), "hex"));
  await print(await sinkOn(paper, "v VARIANT"), "v VARIANT", 0, [[variant], [null]]);
  expect(paper.text).toContain('|{"a":[1,2],"b":1}|');
  expect(paper.text).toContain("|             NULL|");
});

describe("the console", () => {
  sinkConformance(test, {
    create: () => {
      const paper = new Paper();
      return {
        make: () => sinkOn(paper, "id BIGINT, word STRING"),
        rows: async () => rowsOnPaper(paper.text),
      };
    },
  });
});

/** Reads the rows back from what was printed; the rows of the suite have no bars in them. */
function rowsOnPaper(text: string): Value[][] {
  return text
    .split("\n")
    .filter((line) => line.startsWith("|") && !line.includes("word"))
    .map((line) => {
      const [id, word] = line
        .slice(1, -1)
        .split("|")
        .map((cell) => cell.trim());
      return [BigInt(id!), word === "NULL" ? null : word!];
    });
}
