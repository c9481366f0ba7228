import {
  type Column,
  type ColumnEvaluator,
  type ColumnFunction,
  columnBuilder,
  type FunctionSubject,
  IntegerType,
  type Plugin,
  StreamError,
  StringType,
  valueAt,
} from "@ss/core";
import { MemorySource, memorySource } from "@ss/source-memory";
import { expect, test } from "vitest";
import { col, type DataFrame, expr, nondeterministic, SparkSession, udf, when } from "../../src/index.js";

/** What the functions were called with. */
interface Calls {
  readonly rows: number[];
  resolved: number;
}

/** `text_length(text[, options])`: the length of a text; refuses the text `bad`. */
function textLength(calls: Calls, more: Partial<ColumnFunction> = {}): ColumnFunction {
  return {
    name: "text_length",
    arity: [1, 2],
    columnCount: 1,
    parameters: ["text", "options"],
    nullPropagating: true,
    resolve: (call) => {
      calls.resolved++;
      if (call.args[0]!.type.kind !== "string") throw call.unexpectedType(0, '"STRING"');
      const plus = call.options(1).integer("plus", 0);
      return { type: IntegerType, nullable: call.args[0]!.nullable, state: plus };
    },
    open: ({ state }) => lengths(calls, state as number),
    ...more,
  };
}

function lengths(calls: Calls, plus: number): ColumnEvaluator {
  const builder = columnBuilder(IntegerType);
  return {
    evaluate: ([text], rowCount) => {
      builder.reset();
      let count = 0;
      for (let i = 0; i < rowCount; i++) {
        if (text!.isNull(i)) {
          builder.appendNull();
          continue;
        }
        count++;
        const value = valueAt(text!, i) as string;
        if (value === "bad") throw new Error("a bad text was computed");
        builder.append(value.length + plus);
      }
      calls.rows.push(count);
      return builder.view();
    },
  };
}

function pluginOf(...functions: readonly ColumnFunction[]): Plugin {
  return { name: "test", functions };
}

async function session(plugin: Plugin, print: (text: string) => void = () => {}): Promise<SparkSession> {
  const spark = await SparkSession.builder().use(plugin, memorySource()).printTo(print).create();
  spark.sql("CREATE TEMP VIEW t AS SELECT * FROM VALUES ('a', 1), ('bcd', 2), (NULL, 3) AS t(s, n)");
  return spark;
}

const calls = (): Calls => ({ rows: [], resolved: 0 });
const rowsOf = async (df: DataFrame): Promise<unknown[]> =>
  (await df.collect()).map((row) => Object.values(row as object));

test("a function of a plug-in is called in SQL text, by name and by what its package exports", async () => {
  const seen = calls();
  const spark = await session(pluginOf(textLength(seen)));
  const text_length = <C extends FunctionSubject<C>>(
    text: C,
    options?: Readonly<Record<string, string>>,
  ): C => (options ? text.callFunction("text_length", options) : text.callFunction("text_length"));
  expect(await rowsOf(spark.sql("SELECT text_length(s) + 1, n FROM t"))).toEqual([
    [2, 1],
    [4, 2],
    [null, 3],
  ]);
  const named = await spark.sql("SELECT TEXT_LENGTH(s, map('plus', '10')) FROM t").schema();
  expect(named.fields.map((field) => field.name)).toEqual(["text_length(s)"]);
  const typed = spark.sql("SELECT * FROM t").select(text_length(col("s"), { plus: "10" }).plus(1).as("l"));
  expect(await rowsOf(typed)).toEqual([[12], [14], [null]]);
  await spark.stop();
});

test("a call is computed once for a filter and an output that use it, on the rows that other filters leave", async () => {
  const seen = calls();
  const spark = await session(pluginOf(textLength(seen)));
  const df = spark.sql(
    "SELECT text_length(s) l, text_length(s) * 2 m, n FROM t WHERE n < 2 AND text_length(s) > 0",
  );
  expect(await rowsOf(df)).toEqual([[1, 2, 1]]);
  expect(seen.rows).toEqual([1]);
  await spark.stop();
});

test("constants that a function takes show in no plan and no message", async () => {
  let shown = "";
  const spark = await session(pluginOf(textLength(calls())), (text) => {
    shown += text;
  });
  await spark.sql("SELECT text_length(s, map('plus', '42', 'password', 'hush')) FROM t").explain("extended");
  expect(shown).toContain("ColumnCalls [text_length(s#");
  expect(shown).not.toContain("hush");
  const wrong = spark.sql("SELECT text_length(n, map('password', 'hush')) FROM t").collect();
  const error = await wrong.catch((e: unknown) => e);
  expect(StreamError.is(error, "DATATYPE_MISMATCH.UNEXPECTED_INPUT_TYPE")).toBe(true);
  expect((error as StreamError).parameters).toMatchObject({
    sqlExpr: '"text_length(n)"',
    requiredType: '"STRING"',
    inputType: '"INT"',
    paramIndex: "first",
  });
  await spark.stop();
});

test.each([
  ["CASE WHEN s = 'bad' THEN 0 ELSE text_length(s) END", [[0], [1]]],
  ["CASE WHEN s <> 'bad' THEN text_length(s) END", [[null], [1]]],
  ["CASE WHEN s = 'bad' THEN 0 WHEN text_length(s) > 0 THEN 5 END", [[0], [5]]],
  ["if(s = 'bad', 0, text_length(s))", [[0], [1]]],
  ["coalesce(if(s = 'bad', 7, NULL), text_length(s))", [[7], [1]]],
  ["s <> 'bad' AND text_length(s) > 0", [[false], [true]]],
  ["s = 'bad' OR text_length(s) > 5", [[true], [false]]],
])("%s computes only the rows that reach the call", async (text, expected) => {
  const spark = await session(pluginOf(textLength(calls())));
  expect(await rowsOf(spark.sql(`SELECT ${text} FROM VALUES ('bad'), ('a') AS t(s)`))).toEqual(expected);
  await spark.stop();
});

test("a branch that is chosen anew each time is chosen once: the call is computed for all rows", async () => {
  const spark = await session(pluginOf(textLength(calls())));
  let turns = 0;
  const everyOther = udf(
    nondeterministic(() => turns++ % 2 === 0),
    "BOOLEAN",
  );
  const df = spark
    .sql("SELECT * FROM VALUES ('a'), ('b'), ('c') AS t(s)")
    .select(when(everyOther(), col("s").callFunction("text_length")).otherwise(0).as("n"));
  expect(await rowsOf(df)).toEqual([[1], [0], [1]]);
  await spark.stop();
});

test("calls stand in keys, aggregates, sorts, generators, windows, joins and in each other's arguments", async () => {
  const asText: ColumnFunction = {
    name: "as_text",
    arity: [1, 1],
    columnCount: 1,
    nullPropagating: true,
    resolve: () => ({ type: StringType, nullable: true }),
    open: () => {
      const builder = columnBuilder(StringType);
      return {
        evaluate: ([n], rowCount) => {
          builder.reset();
          for (let i = 0; i < rowCount; i++) builder.append(n!.isNull(i) ? null : String(valueAt(n!, i)));
          return builder.view();
        },
      };
    },
  };
  const spark = await session(pluginOf(textLength(calls()), asText));
  const of = (text: string): Promise<unknown[]> => rowsOf(spark.sql(text));
  expect(
    await of("SELECT text_length(s) k, sum(text_length(s)) FROM t GROUP BY text_length(s) ORDER BY k"),
  ).toEqual([
    [null, null],
    [1, 1],
    [3, 3],
  ]);
  expect(await of("SELECT n FROM t ORDER BY text_length(s) DESC")).toEqual([[2], [1], [3]]);
  expect(
    await of(
      "SELECT n, x, text_length(x) FROM (SELECT n, explode(split(as_text(n + 10), '')) x FROM t) WHERE n = 1",
    ),
  ).toEqual([
    [1, "1", 1],
    [1, "1", 1],
  ]);
  expect(await of("SELECT n, sum(text_length(s)) OVER (ORDER BY text_length(s)) FROM t ORDER BY n")).toEqual([
    [1, 1],
    [2, 4],
    [3, null],
  ]);
  expect(await of("SELECT a.n x, b.n y FROM t a JOIN t b ON text_length(a.s) = b.n")).toEqual([
    [1, 1],
    [2, 3],
  ]);
  expect(await of("SELECT text_length(as_text(text_length(s) * 1000)) FROM t")).toEqual([[4], [4], [null]]);
  expect(
    await of("SELECT text_length(s), count(*) FROM t GROUP BY GROUPING SETS ((text_length(s)), ())"),
  ).toEqual(
    expect.arrayContaining(
      [
        [1, 1],
        [3, 1],
        [null, 1],
        [null, 3],
      ].map((row) => row),
    ),
  );
  await expect(of("SELECT transform(array(s), x -> text_length(x)) FROM t")).rejects.toMatchObject({
    condition: "SS_FUNCTION_PLACE",
  });
  await spark.stop();
});

test("a function that has to read something is asked once an analysis, and rows wait for what it fetches", async () => {
  const seen = calls();
  const base = textLength(seen);
  const waiting = textLength(seen, {
    resolve: async (call) => {
      await Promise.resolve();
      return base.resolve(call);
    },
    open: (call) => {
      const evaluator = base.open(call);
      return {
        evaluate: async (args: readonly Column[], rowCount, signal) => {
          await new Promise((resolve) => setImmediate(resolve));
          return evaluator.evaluate(args, rowCount, signal);
        },
      };
    },
  });
  const spark = await session(pluginOf(waiting));
  expect(await rowsOf(spark.sql("SELECT text_length(s), text_length(s) + n FROM t"))).toEqual([
    [1, 2],
    [3, 5],
    [null, null],
  ]);
  expect(seen.resolved).toBe(1);
  await spark.stop();
});

test("a stream calls it batch after batch", async () => {
  MemorySource.reset("column-functions");
  const spark = await session(pluginOf(textLength(calls())));
  const query = await spark.readStream
    .format("memory")
    .option("name", "column-functions")
    .schema("s STRING")
    .load()
    .groupBy(expr("text_length(s)").as("l"))
    .count()
    .writeStream.format("memory")
    .queryName("lengths")
    .outputMode("complete")
    .start();
  MemorySource.addData("column-functions", ["a"], ["bb"]);
  await query.processAllAvailable();
  MemorySource.addData("column-functions", ["cc"], [null]);
  await query.processAllAvailable();
  expect(await rowsOf(spark.sql("SELECT * FROM lengths ORDER BY l NULLS LAST"))).toEqual([
    [1, 1],
    [2, 2],
    [null, 1],
  ]);
  await query.stop();
  await spark.stop();
});

test("arguments are counted and named", async () => {
  const spark = await session(pluginOf(textLength(calls())));
  const of = (text: string): Promise<unknown> => rowsOf(spark.sql(text)).catch((error: unknown) => error);
  expect(await of("SELECT text_length() FROM t")).toMatchObject({
    condition: "WRONG_NUM_ARGS.WITHOUT_SUGGESTION",
  });
  expect(await of("SELECT text_length(options => map('plus', '1'), text => s) FROM t WHERE n = 2")).toEqual([
    [4],
  ]);
  expect(await of("SELECT text_length(s, map('plus', s)) FROM t")).toMatchObject({
    condition: "DATATYPE_MISMATCH.TYPE_CHECK_FAILURE_WITH_HINT",
  });
  await spark.stop();
});

test("a function of a package that is not in use names the package", async () => {
  const spark = await session(pluginOf());
  await expect(spark.sql("SELECT from_avro(s, '\"int\"') FROM t").schema()).rejects.toMatchObject({
    condition: "AVRO_NOT_LOADED_SQL_FUNCTIONS_UNUSABLE",
    sqlState: "22KD3",
    parameters: { functionName: "FROM_AVRO" },
    message: expect.stringContaining("@ss/format-avro"),
  });
  await expect(spark.sql("SELECT to_protobuf(s, 'M') FROM t").schema()).rejects.toMatchObject({
    condition: "PROTOBUF_NOT_LOADED_SQL_FUNCTIONS_UNUSABLE",
    parameters: { functionName: "TO_PROTOBUF" },
  });
  await spark.stop();
});
