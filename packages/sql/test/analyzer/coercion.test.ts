import { type DataType, parseTypeText, simpleString } from "@ss/core";
import { describe, expect, test } from "vitest";
import { canCast, canStoreAssign, canTryCast, canUpCast } from "../../src/expression/coercion/cast-rules.js";
import { type DecimalOperator, decimalResult } from "../../src/expression/coercion/decimal-rules.js";
import { implicitCastType } from "../../src/expression/coercion/implicit-cast.js";
import { expectationText, type TypeExpectation } from "../../src/expression/coercion/type-expectation.js";
import {
  findTightestCommonType,
  findWiderType,
  findWiderTypeWithoutStringPromotion,
} from "../../src/expression/coercion/wider-type.js";

const type = parseTypeText;
const text = (of: DataType | undefined): string => (of ? simpleString(of) : "none");

describe("the type that values meet in", () => {
  test.each([
    ["int", "bigint", "bigint", "bigint"],
    ["int", "float", "double", "float"],
    ["int", "decimal(5,2)", "decimal(12,2)", "decimal(12,2)"],
    ["bigint", "decimal(38,18)", "decimal(38,18)", "decimal(38,18)"],
    ["double", "decimal(5,2)", "double", "double"],
    ["decimal(10,2)", "decimal(5,4)", "decimal(12,4)", "decimal(12,4)"],
    ["date", "timestamp", "timestamp", "timestamp"],
    ["date", "timestamp_ntz", "timestamp_ntz", "timestamp_ntz"],
    ["timestamp", "timestamp_ntz", "timestamp", "timestamp"],
    ["string", "int", "bigint", "string"],
    ["string", "decimal(5,2)", "double", "string"],
    ["string", "date", "date", "string"],
    ["string", "boolean", "boolean", "none"],
    ["string", "binary", "binary", "none"],
    ["int", "boolean", "none", "none"],
    ["int", "date", "none", "none"],
    ["void", "int", "int", "int"],
    ["interval day", "interval hour to second", "interval day to second", "interval day to second"],
    ["interval year", "interval month", "interval year to month", "interval year to month"],
    ["interval year", "interval day", "none", "none"],
    ["array<int>", "array<bigint>", "array<bigint>", "array<bigint>"],
    ["array<int>", "array<string>", "array<bigint>", "array<string>"],
    ["struct<a:int>", "struct<a:bigint>", "struct<a:bigint>", "struct<a:bigint>"],
    ["struct<a:int>", "struct<b:int>", "none", "none"],
    ["map<int,int>", "map<int,double>", "map<int,double>", "map<int,double>"],
  ])("%s and %s: %s, and %s without ANSI mode", (a, b, ansi, legacy) => {
    for (const pair of [
      [type(a), type(b)],
      [type(b), type(a)],
    ]) {
      expect(text(findWiderType(pair, true))).toBe(ansi);
      expect(text(findWiderType(pair, false))).toBe(legacy);
    }
  });

  test("greatest and least do not turn numbers into text", () => {
    expect(text(findWiderTypeWithoutStringPromotion([type("int"), type("double")], true))).toBe("double");
    expect(text(findWiderTypeWithoutStringPromotion([type("int"), type("string")], true))).toBe("none");
  });

  test("the tightest one holds all values", () => {
    expect(text(findTightestCommonType(type("int"), type("decimal(10,0)"), true))).toBe("decimal(10,0)");
    expect(text(findTightestCommonType(type("int"), type("decimal(9,0)"), true))).toBe("none");
    expect(text(findTightestCommonType(type("string"), type("int"), true))).toBe("none");
  });
});

describe("implicit casts of arguments", () => {
  const collection: TypeExpectation = [type("string"), type("binary"), "array"];
  test.each<[string, TypeExpectation, string, string]>([
    ["int", type("string"), "string", "string"],
    ["int", type("double"), "double", "double"],
    ["double", type("int"), "int", "int"],
    ["string", type("int"), "int", "int"],
    ["string", type("boolean"), "boolean", "none"],
    ["string", "numeric", "double", "double"],
    ["string", "anyTimestamp", "timestamp", "timestamp"],
    ["date", "anyTimestamp", "timestamp", "timestamp"],
    ["int", "decimal", "decimal(10,0)", "decimal(10,0)"],
    ["void", type("date"), "date", "date"],
    ["int", collection, "string", "string"],
    ["int", "array", "none", "none"],
    ["array<int>", type("array<string>"), "array<string>", "array<string>"],
    ["map<int,int>", type("string"), "none", "none"],
    ["boolean", type("int"), "none", "none"],
  ])("%s as %j is %s, and %s without ANSI mode", (from, expected, ansi, legacy) => {
    expect(text(implicitCastType(type(from), expected, true))).toBe(ansi);
    expect(text(implicitCastType(type(from), expected, false))).toBe(legacy);
  });

  test("what is expected reads as in Spark's messages", () => {
    expect(expectationText([type("int"), type("smallint"), type("tinyint")])).toBe(
      '("INT" or "SMALLINT" or "TINYINT")',
    );
    expect(expectationText("anyTimestamp")).toBe('"(TIMESTAMP OR TIMESTAMP WITHOUT TIME ZONE)"');
    expect(expectationText({ arrayOf: "struct" })).toBe('"ARRAY<STRUCT>"');
  });
});

describe("decimal results", () => {
  test.each<[string, DecimalOperator, string, string, string]>([
    ["decimal(5,2)", "+", "decimal(5,3)", "decimal(7,3)", "decimal(7,3)"],
    ["decimal(5,2)", "*", "decimal(5,3)", "decimal(11,5)", "decimal(11,5)"],
    ["decimal(5,2)", "/", "decimal(5,3)", "decimal(14,8)", "decimal(14,8)"],
    ["decimal(5,2)", "%", "decimal(5,3)", "decimal(5,3)", "decimal(5,3)"],
    ["decimal(38,18)", "+", "decimal(38,18)", "decimal(38,17)", "decimal(38,18)"],
    ["decimal(38,18)", "*", "decimal(38,18)", "decimal(38,6)", "decimal(38,36)"],
    ["decimal(38,18)", "/", "decimal(38,18)", "decimal(38,6)", "decimal(38,18)"],
    ["decimal(38,0)", "*", "decimal(38,0)", "decimal(38,0)", "decimal(38,0)"],
  ])("%s %s %s is %s, and %s without precision loss", (a, operator, b, lossy, exact) => {
    const [left, right] = [type(a), type(b)] as [
      Parameters<typeof decimalResult>[1],
      Parameters<typeof decimalResult>[2],
    ];
    expect(simpleString(decimalResult(operator, left, right, true))).toBe(lossy);
    expect(simpleString(decimalResult(operator, left, right, false))).toBe(exact);
  });
});

describe("casts", () => {
  test.each([
    ["string", "int", true, true],
    ["int", "string", true, true],
    ["int", "timestamp", true, true],
    ["date", "int", false, true],
    ["int", "date", false, false],
    ["int", "binary", false, true],
    ["boolean", "int", true, true],
    ["timestamp", "bigint", true, true],
    ["timestamp_ntz", "bigint", false, false],
    ["interval year", "int", true, true],
    ["interval year to month", "int", false, false],
    ["array<int>", "int", false, false],
    ["string", "array<string>", false, false],
    ["array<string>", "array<int>", true, true],
    ["struct<a:int>", "struct<b:string>", true, true],
    ["map<int,int>", "string", true, true],
  ])("%s to %s: %s, and %s without ANSI mode", (from, to, ansi, legacy) => {
    expect(canCast(type(from), type(to), true)).toBe(ansi);
    expect(canTryCast(type(from), type(to))).toBe(ansi);
    expect(canCast(type(from), type(to), false)).toBe(legacy);
  });

  test("values are stored where they fit by kind, and cast up where they fit by value", () => {
    expect(canStoreAssign(type("bigint"), type("int"))).toBe(true);
    expect(canStoreAssign(type("string"), type("int"))).toBe(false);
    expect(canUpCast(type("int"), type("bigint"))).toBe(true);
    expect(canUpCast(type("bigint"), type("int"))).toBe(false);
    expect(canUpCast(type("int"), type("decimal(5,0)"))).toBe(false);
  });
});
