import type { StreamError } from "@ss/core";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type DataFrame, SparkSession, udf } from "../../src/index.js";

let spark: SparkSession;
beforeEach(async () => {
  spark = await SparkSession.builder().config("spark.sql.session.timeZone", "UTC").create();
});
afterEach(() => spark.stop());

const caught = (df: DataFrame<never> | DataFrame): Promise<StreamError> =>
  (df as DataFrame).collect().then(
    (rows) => Promise.reject(new Error(`it went well: ${JSON.stringify(rows)}`)),
    (error: StreamError) => error,
  );
/** One row with what a user function of a type gives. */
const given = (value: unknown, type: string): DataFrame =>
  spark.range(1).select(udf(() => value as never, type)().as("v"));

class Thing {
  a = 1;
}

describe("a value of a user function that is not of its type is refused, and shown:", () => {
  const wrong: readonly (readonly [unknown, string, string])[] = [
    [new Date(Number.NaN), "date", "Invalid Date (object) is not a date"],
    [new Date(Number.NaN), "timestamp", "Invalid Date (object) is not a timestamp"],
    [2n ** 64n, "timestamp", "18446744073709551616n (bigint) is not a timestamp"],
    [-(2n ** 63n) - 1n, "timestamp_ntz", "-9223372036854775809n (bigint) is not a timestamp_ntz"],
    [2n ** 63n, "bigint", "9223372036854775808n (bigint) is not a bigint"],
    [[7], "int", "[ 7 ] (object) is not a int"],
    [[], "smallint", "[] (object) is not a smallint"],
    [true, "int", "true (boolean) is not a int"],
    ["7", "int", "'7' (string) is not a int"],
    [new Date(5), "int", "1970-01-01T00:00:00.005Z (object) is not a int"],
    [{ valueOf: () => 3 }, "tinyint", "(object) is not a tinyint"],
    [Symbol("seven"), "int", "Symbol(seven) (symbol) is not a int"],
    [Symbol("seven"), "decimal(5,2)", "Symbol(seven) (symbol) is not a decimal(5,2)"],
    [[9], "decimal(5,2)", "[ 9 ] (object) is not a decimal(5,2)"],
    [5, "map<string,int>", "5 (number) is not a map<string,int>"],
    ["abc", "map<string,string>", "'abc' (string) is not a map<string,string>"],
    [["abc"], "map<string,string>", "[ 'abc' ] (object) is not a map<string,string>"],
    [new Date(5), "map<string,string>", "1970-01-01T00:00:00.005Z (object) is not a map<string,string>"],
    [new Date(5), "struct<a: int>", "1970-01-01T00:00:00.005Z (object) is not a struct<a:int>"],
    [new Map([["a", 1]]), "struct<a: int>", "(object) is not a struct<a:int>"],
    [Promise.resolve(5), "struct<a: int>", "Promise { 5 } (object) is not a struct<a:int>"],
    [Object.create(null), "int", "[Object: null prototype] {} (object) is not a int"],
    [[[2]], "array<int>", "[ 2 ] (object) is not a int"],
  ];
  test.each(wrong)("%o as %s", async (value, type, text) => {
    const error = await caught(given(value, type));
    expect(error.condition).toBe("SS_VALUE_NOT_OF_TYPE");
    expect(error.message).toContain("the result of ");
    expect(error.message).toContain(text);
  });
});

describe("a value of a user function that is of its type is kept:", () => {
  const right: readonly (readonly [unknown, string, unknown])[] = [
    [7n, "int", 7],
    [new Date(-1), "date", new Date(-86_400_000)],
    [2n ** 53n, "timestamp", new Date(9_007_199_254_740)],
    [7, "decimal(5,2)", "7.00"],
    [7n, "decimal(5,2)", "7.00"],
    ["7.126", "decimal(5,2)", "7.13"],
    [{ a: 1 }, "map<string,int>", new Map([["a", 1]])],
    [new Map([["a", 1]]), "map<string,int>", new Map([["a", 1]])],
    [Object.assign(Object.create(null), { a: 1 }), "map<string,int>", new Map([["a", 1]])],
    [Object.assign(Object.create(null), { a: 1 }), "struct<a: int>", { a: 1 }],
    [new Thing(), "struct<a: int>", { a: 1 }],
    [[1], "struct<a: int>", { a: 1 }],
  ];
  test.each(right)("%o as %s", async (value, type, kept) => {
    expect(await given(value, type).collect()).toEqual([{ v: kept }]);
  });
});

test("flatMap names what it gave that is no row, and what it gave that is no list of rows", async () => {
  const rows = spark.range(1);
  const schema = { a: "int" } as const;
  expect((await caught(rows.flatMap(schema, () => [5] as never))).message).toContain("5 (number) is no row");
  const none = await caught(rows.flatMap(schema, () => 5 as never));
  expect(none.condition).toBe("SS_NO_ROWS_GIVEN");
  expect(none.message).toContain("it gave 5");
});

test("what a user function throws is told, also where it has no text", async () => {
  const throws = (thrown: unknown): DataFrame =>
    spark.range(1).select(
      udf(() => {
        throw thrown;
      }, "int")().as("v"),
    );
  const bare = await caught(throws(Object.create(null)));
  expect(bare.condition).toBe("FAILED_EXECUTE_UDF");
  expect(bare.message).toContain("failed: [Object: null prototype] {}");
  expect((await caught(throws(Symbol("boom")))).message).toContain("failed: Symbol(boom)");
  expect((await caught(throws("boom"))).message).toContain("failed: boom");
});
