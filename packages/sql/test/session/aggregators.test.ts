import type { StreamError } from "@ss/core";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import {
  Aggregator,
  count,
  type DataFrame,
  expr,
  SparkSession,
  StringType,
  StructField,
  StructType,
  session_window,
  sum,
  udaf,
  udf,
  Window,
  window,
} from "../../src/index.js";
import { Average, LongestName, Total } from "../aggregators.js";

let spark: SparkSession;
beforeEach(async () => {
  spark = await SparkSession.builder().config("spark.sql.session.timeZone", "UTC").create();
});
afterEach(() => spark.stop());

/** 1 to 6 for the shops a, b and null, two each. */
const sales = (): DataFrame =>
  spark.sql(
    "SELECT * FROM VALUES ('a', 1), ('b', 2), ('a', 3), (NULL, 4), ('b', 5), (NULL, 6) AS sales(shop, amount)",
  );
const caught = (df: DataFrame): Promise<StreamError> =>
  df.collect().then(
    () => Promise.reject(new Error("it went well")),
    (error: StreamError) => error,
  );

test.each(["buffer", "output", "zero", "reduce", "merge", "finish"])(
  "an aggregator without its %s is refused with what it lacks",
  (member) => {
    const lacking = Object.defineProperty(new Average(), member, { value: undefined });
    const refusal = new RegExp(
      `SS_AGGREGATOR_INCOMPLETE.*The aggregator \`Average\` has no ${member}: `,
      "s",
    );
    expect(() => udaf(lacking)).toThrow(refusal);
    expect(() => lacking.toColumn()).toThrow(refusal);
  },
);

describe("udaf", () => {
  const average = udaf(new Average());

  test("aggregates the rows of each group, beside functions that are built in", async () => {
    const df = sales().groupBy("shop").agg(average("amount").as("mean"), sum("amount").as("s"), count("*"));
    expect(await df.collect()).toEqual([
      { shop: "a", mean: 2, s: 4, "count(1)": 2 },
      { shop: "b", mean: 3.5, s: 7, "count(1)": 2 },
      { shop: null, mean: 5, s: 10, "count(1)": 2 },
    ]);
  });

  test("gives one row without keys, of what finish makes of zero where there are no rows", async () => {
    expect(await sales().agg(average("amount").as("mean")).collect()).toEqual([{ mean: 3.5 }]);
    const none = sales().filter("amount > 9").agg(udaf(new Total())("amount").as("t"));
    expect(await none.collect()).toEqual([{ t: 0 }]);
  });

  test("hides rows that a FILTER leaves out, and sees values once with DISTINCT", async () => {
    sales().union(sales()).createOrReplaceTempView("sales");
    spark.udf.register("total", udaf(new Total()));
    const df = spark.sql(
      "SELECT total(amount) AS t, total(DISTINCT amount) AS d, total(amount) FILTER (WHERE shop = 'a') AS f FROM sales",
    );
    expect(await df.collect()).toEqual([{ t: 42, d: 21, f: 8 }]);
  });

  test("runs over windows of rows", async () => {
    const spec = Window.partitionBy("shop").orderBy("amount");
    const df = sales()
      .filter("shop = 'b'")
      .select("amount", average("amount").over(spec).as("sofar") as never);
    expect(await df.collect()).toEqual([
      { amount: 2, sofar: 2 },
      { amount: 5, sofar: 3.5 },
    ]);
  });

  test("takes a column for each field of an input that is an object", async () => {
    const df = sales()
      .groupBy("shop")
      .agg(udaf(new LongestName())("shop", expr("amount * 2")).as("l"));
    expect(await df.collect()).toEqual([
      { shop: "a", l: { name: "a", length: 6 } },
      { shop: "b", l: { name: "b", length: 10 } },
      { shop: null, l: { name: null, length: 12 } },
    ]);
  });

  test("hands nulls to reduce as they are", async () => {
    const seen: unknown[] = [];
    class Seen extends Total {
      override reduce(buffer: number, value: number | null): number {
        seen.push(value);
        return buffer;
      }
    }
    await spark.sql("SELECT * FROM VALUES (1), (NULL) AS t(v)").agg(udaf(new Seen())("v")).collect();
    expect(seen).toEqual([1, null]);
  });

  test("casts arguments to the declared types, or refuses them", async () => {
    const names = sales()
      .groupBy("shop")
      .agg(average(expr("shop")));
    expect((await caught(spark.range(1).agg(average(expr("array(id)"))))).condition).toBe(
      "DATATYPE_MISMATCH.UNEXPECTED_INPUT_TYPE",
    );
    expect((await names.schema()).fields[1]!.type.kind).toBe("double");
    const arity = await caught(sales().agg(average("shop", "amount")));
    expect(arity.condition).toBe("WRONG_NUM_ARGS.WITHOUT_SUGGESTION");
    expect(arity.message).toContain("`Average` takes 1 parameters, but 2 were given");
  });

  test("may be told the type of its inputs, and what it is called", async () => {
    class Untyped extends Aggregator<{ a: string | null }, string, string> {
      readonly buffer = "string";
      readonly output = "string";
      zero = (): string => "";
      reduce = (buffer: string, input: { a: string | null }): string => buffer + (input.a ?? "-");
      merge = (a: string, b: string): string => a + b;
      finish = (buffer: string): string => buffer;
    }
    const joined = udaf(new Untyped(), new StructType([StructField("a", StringType)]), "joined");
    const df = sales().agg(joined("shop"));
    expect(await df.collect()).toEqual([{ "joined(shop)": "aba-b-" }]);
    expect(await df.columns()).toEqual(["joined(shop)"]);
  });

  test("joins sessions and windows of time", async () => {
    const times = spark.sql(
      "SELECT 'a' AS k, timestamp_seconds(s) AS t, s FROM VALUES (1), (4), (30), (33), (36), (8) AS v(s)",
    );
    const total = udaf(new Total());
    const sessions = times
      .groupBy("k", session_window("t", "5 seconds"))
      .agg(total("s").as("s"))
      .selectExpr("unix_seconds(session_window.end) AS e", "s")
      .orderBy("e");
    expect(await sessions.collect()).toEqual([
      { e: 13, s: 13 },
      { e: 41, s: 99 },
    ]);
    const windows = times.groupBy(window("t", "10 seconds")).agg(total("s").as("s")).select("s");
    expect((await windows.collect()).map((row) => row["s"]).sort()).toEqual([13, 99]);
  });
});

describe("what an aggregator does wrong is told with its name", () => {
  class Broken extends Total {
    readonly where: string;
    readonly error = new RangeError("no such number");
    constructor(where: string) {
      super();
      this.where = where;
    }
    private at<T>(method: string, value: T): T {
      if (method === this.where) throw this.error;
      return value;
    }
    override zero = (): number => this.at("zero", 0);
    override reduce = (buffer: number, value: number | null): number =>
      this.at("reduce", buffer + (value ?? 0));
    override finish = (buffer: number): number => this.at("finish", buffer);
  }

  test.each(["zero", "reduce", "finish"])("what %s throws", async (method) => {
    const broken = new Broken(method);
    const error = await caught(sales().groupBy("shop").agg(udaf(broken)("amount")));
    expect(error.condition).toBe("FAILED_EXECUTE_UDF");
    expect(error.message).toContain(
      `${method} of the aggregator \`Broken\` (bigint) => bigint failed: no such number`,
    );
    expect(error.cause).toBe(broken.error);
  });

  test("an object that zero gives to all groups, which reduce may change", async () => {
    const shared = { name: null, length: -1 };
    class Shared extends LongestName {
      override zero = (): typeof shared => shared;
    }
    const longest = sales().groupBy("shop").agg(udaf(new Shared())("shop", "amount"));
    const error = await caught(longest);
    expect(error.condition).toBe("SS_AGGREGATOR_ZERO");
    expect(error.message).toContain("zero of the aggregator `Shared` gives the same object each time");
  });

  test("a zero that lacks a field, and a reduce that gives nothing", async () => {
    class Lacking extends Average {
      override zero = () => ({ sum: 0 }) as { sum: number; count: number };
    }
    const lacking = await caught(sales().agg(udaf(new Lacking())("amount")));
    expect(lacking.message).toContain("`Lacking` gives an object without the field 'count'");
    class Silent extends Total {
      override reduce = (): number => undefined as never;
    }
    const silent = await caught(sales().agg(udaf(new Silent())("amount")));
    expect(silent.message).toContain("`Silent` is undefined");
    expect(silent.message).toContain("merge or reduce gave none: does it lack a return?");
  });

  test("a buffer that is not of its type, on a table too, and what to do about one beyond 2^53", async () => {
    class Quarters extends Total {
      override reduce = (buffer: number): number => buffer + 0.25;
      override finish = (): number => 1;
    }
    const quarters = await caught(sales().agg(udaf(new Quarters())("amount")));
    expect(quarters.condition).toBe("SS_VALUE_NOT_OF_TYPE");
    expect(quarters.message).not.toContain("BigInt");
    class Large extends Total {
      override reduce = (): number => 2 ** 53;
    }
    const large = await caught(sales().agg(udaf(new Large())("amount")));
    expect(large.message).toContain("give a BigInt, and set ss.collect.longs to bigint");
  });

  test("a value that is not of the declared type", async () => {
    class Textual extends Total {
      override finish = (): number => "many" as never;
    }
    const error = await caught(sales().agg(udaf(new Textual())("amount")));
    expect(error.condition).toBe("SS_VALUE_NOT_OF_TYPE");
    expect(error.message).toContain("the result of the aggregator `Textual`");
  });
});

describe("spark.udf.register", () => {
  test("makes aggregators known to SQL, under the name that columns show", async () => {
    spark.udf.register("myAverage", udaf(new Average()));
    sales().createOrReplaceTempView("sales");
    const df = spark.sql(
      "SELECT shop, MYAVERAGE(amount) FROM sales GROUP BY shop HAVING myaverage(amount) > 3",
    );
    expect(await df.columns()).toEqual(["shop", "myaverage(amount)"]);
    expect((await df.collect()).map((row) => row["shop"])).toEqual(["b", null]);
  });

  test("makes functions of values known to SQL", async () => {
    const twice = spark.udf.register("twice", (x: number) => 2 * x, "long");
    spark.udf.register(
      "shout",
      udf((text: string) => text.toUpperCase(), "string"),
    );
    const df = spark.sql("SELECT twice(id) AS t, SHOUT('a') AS s FROM range(3) WHERE twice(id) > 1");
    expect(await df.collect()).toEqual([
      { t: 2, s: "A" },
      { t: 4, s: "A" },
    ]);
    expect(
      await spark
        .range(2)
        .select(twice("id") as never)
        .collect(),
    ).toEqual([{ "twice(id)": 0 }, { "twice(id)": 2 }]);
  });

  test("replaces what was known, in its session alone", async () => {
    spark.udf.register("f", () => 1, "int");
    spark.udf.register("F", () => 2, "int");
    expect(await spark.sql("SELECT f() AS f").collect()).toEqual([{ f: 2 }]);
    const other = await SparkSession.builder().create();
    const error = await caught(other.sql("SELECT f() AS f"));
    await other.stop();
    expect(error.condition).toBe("UNRESOLVED_ROUTINE");
  });

  test("asks for the type of a plain function's result", () => {
    expect(() => spark.udf.register("f", (() => 1) as never)).toThrow(
      "needs the type of the function's result",
    );
  });
});
