import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { col, type DataFrame, SparkSession, udf, VariantVal } from "../../src/index.js";

// The expected answers are those of Spark 4.3.0.

let spark: SparkSession;
beforeAll(async () => {
  spark = await SparkSession.builder().config("spark.sql.session.timeZone", "UTC").create();
});
afterAll(() => spark.stop());

/** The rows of a query: variants as JSON, other values as they are. */
async function rows(query: string): Promise<unknown[][]> {
  const frame = spark.sql(query) as DataFrame;
  return (await frame.collect()).map((row) => Object.values(row as Record<string, unknown>).map(shown));
}

function shown(value: unknown): unknown {
  if (value instanceof VariantVal) return value.toJson();
  if (Array.isArray(value)) return value.map(shown);
  return value instanceof Map ? Object.fromEntries([...value].map(([key, one]) => [key, shown(one)])) : value;
}

async function value(expression: string): Promise<unknown> {
  const [row] = await rows(`SELECT ${expression} AS x`);
  return row![0];
}

async function failure(query: string): Promise<{ readonly condition: string; readonly parameters: unknown }> {
  try {
    await rows(query);
  } catch (error) {
    const { condition, parameters } = error as { condition: string; parameters: unknown };
    return { condition, parameters };
  }
  throw new Error(`${query} gave rows`);
}

describe("JSON as variants", () => {
  it("is parsed row by row, and what is none is refused or null", async () => {
    const from = `FROM VALUES ('{"b":1,"a":[1.50,"x"]}'), ('null'), (CAST(NULL AS STRING)), ('"x"') AS t(c)`;
    expect(await rows(`SELECT parse_json(c) AS v, is_variant_null(parse_json(c)) AS n ${from}`)).toEqual([
      ['{"a":[1.5,"x"],"b":1}', false],
      ["null", true],
      [null, false],
      ['"x"', false],
    ]);
    const bad = `FROM VALUES ('{"a":1,"a":2}'), ('{'), (''), ('[1] x') AS t(c)`;
    expect(await rows(`SELECT try_parse_json(c) AS v ${bad}`)).toEqual([[null], [null], [null], ["[1]"]]);
    expect(await failure(`SELECT parse_json(c) ${bad}`)).toEqual({
      condition: "MALFORMED_RECORD_IN_PARSING.WITHOUT_SUGGESTION",
      parameters: { badRecord: '{"a":1,"a":2}', failFastMode: "FAILFAST" },
    });
  });

  it("may have a key twice where the session says so", async () => {
    const other = await SparkSession.builder()
      .config("spark.sql.variant.allowDuplicateKeys", "true")
      .create();
    const frame = other.sql(`SELECT CAST(parse_json('{"a":1,"b":5,"a":[2]}') AS STRING) AS x`) as DataFrame;
    expect((await frame.collect())[0]!["x"]).toBe('{"a":[2],"b":5}');
    await other.stop();
  });

  it("is written back by to_json, alone and inside other values", async () => {
    expect(await value(`to_json(parse_json('{"a": [1, 2.50]}'))`)).toBe('{"a":[1,2.5]}');
    expect(
      await value(
        `to_json(named_struct('v', parse_json('{"a":1}'), 'n', parse_json('null'), 'z', CAST(NULL AS VARIANT)))`,
      ),
    ).toBe('{"v":{"a":1},"n":null}');
  });

  it("is read by from_json, with JSON null as a variant", async () => {
    expect(await value(`from_json('{"a":NaN}', 'variant')`)).toBe('{"a":"NaN"}');
    expect(
      await value(`to_json(from_json('{"a":{"x":1},"b":null}', 'a variant, b variant, c variant'))`),
    ).toBe('{"a":{"x":1},"b":null}');
    expect(await value(`to_json(from_json('{"a":{"x":1,"x":2},"b":2}', 'a variant, b int'))`)).toBe(
      '{"b":2}',
    );
    const single = `from_json(c, 'v variant, _corrupt_record string', map('singleVariantColumn', 'v'))`;
    expect(await rows(`SELECT to_json(${single}) AS x FROM VALUES ('[1]'), ('{') AS t(c)`)).toEqual([
      ['{"v":[1]}'],
      ['{"_corrupt_record":"{"}'],
    ]);
  });
});

describe("parts of variants", () => {
  it("are taken out by paths, constant or not", async () => {
    const from = `FROM VALUES ('{"a":1,"b":"xyz"}', '$.a'), ('{"a":2,"b":[1,"q"]}', '$.b[1]'), (NULL, '$'), ('{"b":null}', '$.b') AS t(c, p)`;
    expect(
      await rows(`SELECT v:a::int AS a, variant_get(v, '$.b', 'string') AS b, variant_get(v, p, 'string') AS c, v:b AS d
        FROM (SELECT parse_json(c) AS v, p ${from})`),
    ).toEqual([
      [1, "xyz", "1", '"xyz"'],
      [2, '[1,"q"]', "q", '[1,"q"]'],
      [null, null, null, null],
      [null, null, null, "null"],
    ]);
    expect(
      await value(`variant_get(parse_json('{"a b":{"c.d":[7]}}'), '$["a b"][\\'c.d\\'][0]', 'int')`),
    ).toBe(7);
    expect(await failure(`SELECT variant_get(parse_json('1'), 'a', 'int')`)).toEqual({
      condition: "INVALID_VARIANT_GET_PATH",
      parameters: { path: "a", functionName: "`variant_get`" },
    });
  });

  it("are named by the last key of the path", async () => {
    const frame = spark.sql(
      "SELECT v:a.b[0], v:['x y'], v:`k.l`, v:a::int, v:[0] FROM VALUES (parse_json('1')) AS t(v)",
    ) as DataFrame;
    expect(await frame.columns()).toEqual(["b", "x y", "l", "a", "variant_get(v, $[0])"]);
  });

  it("come from variants only", async () => {
    expect((await failure("SELECT 1:a")).condition).toBe("COLUMN_IS_NOT_VARIANT_TYPE");
    const { condition, parameters } = await failure("SELECT is_variant_null(1)");
    expect(condition).toBe("DATATYPE_MISMATCH.UNEXPECTED_INPUT_TYPE");
    expect(parameters).toMatchObject({ requiredType: '"VARIANT"', inputType: '"INT"' });
  });

  it("become rows by variant_explode", async () => {
    const from = `FROM VALUES (parse_json('{"b":1,"a":[1,2]}')), (parse_json('3')), (NULL) AS x(v)`;
    expect(await rows(`SELECT t.* ${from}, LATERAL variant_explode(v) t`)).toEqual([
      [0, "a", "[1,2]"],
      [1, "b", "1"],
    ]);
    expect(await rows(`SELECT x.v, t.pos, t.value ${from}, LATERAL variant_explode_outer(v) t`)).toEqual([
      ['{"a":[1,2],"b":1}', 0, "[1,2]"],
      ['{"a":[1,2],"b":1}', 1, "1"],
      ["3", null, null],
      [null, null, null],
    ]);
    expect(await rows(`SELECT * FROM variant_explode(parse_json('[1,"x",null]'))`)).toEqual([
      [0, null, "1"],
      [1, null, '"x"'],
      [2, null, "null"],
    ]);
  });
});

describe("casts of variants", () => {
  it.each<[string, unknown]>([
    [`CAST(parse_json('1.50') AS STRING)`, "1.5"],
    [`CAST(parse_json('"s"') AS STRING)`, "s"],
    [`CAST(parse_json('[1,null,"x"]') AS STRING)`, '[1,null,"x"]'],
    [`CAST(parse_json('null') AS STRING)`, null],
    [`CAST(parse_json('" 12 "') AS INT)`, 12],
    [`CAST(parse_json('1.7') AS INT)`, 1],
    [`CAST(parse_json('1e10') AS DOUBLE)`, 1e10],
    [`CAST(parse_json('1.25') AS DECIMAL(2,1))`, "1.3"],
    [`CAST(parse_json('true') AS INT)`, 1],
    [`CAST(CAST(timestamp'2020-01-01 01:02:03.456' AS VARIANT) AS STRING)`, "2020-01-01 01:02:03.456"],
    [`CAST(CAST(timestamp'2020-01-01' AS VARIANT) AS DOUBLE)`, 1577836800],
    [`CAST(parse_json('1.5') AS TIMESTAMP)`, new Date(1500)],
    [`CAST(parse_json('[1,2,"3"]') AS ARRAY<INT>)`, [1, 2, 3]],
    [`CAST(parse_json('{"a":1,"b":"2"}') AS MAP<STRING, INT>)`, { a: 1, b: 2 }],
    [
      `CAST(parse_json('{"a":1,"b":"2","A":5}') AS STRUCT<b: INT, a: STRING, c: INT>)`,
      { b: 2, a: "1", c: null },
    ],
    [`CAST(parse_json('[1,null]') AS ARRAY<VARIANT>)`, ["1", "null"]],
    [`try_cast(parse_json('[1,"x"]') AS ARRAY<INT>)`, [1, null]],
    [`try_variant_get(parse_json('{"a":{"b":"x"}}'), '$.a', 'struct<b int>')`, { b: null }],
    [`upper(parse_json('"x"'))`, "X"],
    [`CAST(1.50BD AS VARIANT)`, "1.5"],
    [`CAST(array(1, NULL) AS VARIANT)`, "[1,null]"],
    [`CAST(x'010203' AS VARIANT)`, '"AQID"'],
    [`CAST(timestamp'2020-01-01 01:02:03.456' AS VARIANT)`, '"2020-01-01 01:02:03.456+00:00"'],
    [`coalesce(CAST(NULL AS VARIANT), 'x')`, '"x"'],
    [`to_variant_object(named_struct('b', 1, 'a', array(1, NULL)))`, '{"a":[1,null],"b":1}'],
    [`to_variant_object(map('x', 1.5BD, 'a', 2))`, '{"a":2,"x":1.5}'],
  ])("%s", async (expression, expected) => {
    expect(await value(expression)).toEqual(expected);
  });

  it.each([
    [`parse_json('"abc"')`, "INT", '"abc"'],
    [`parse_json('300')`, "TINYINT", "300"],
    [`parse_json('{"a":1}')`, "ARRAY<INT>", '{"a":1}'],
    [`parse_json('[1,"x"]')`, "ARRAY<INT>", '"x"'],
    [`parse_json('9999999999999')`, "TIMESTAMP", "9999999999999"],
    [`CAST(true AS VARIANT)`, "TIMESTAMP", "true"],
    [`parse_json('1')`, "DATE", "1"],
  ])("%s is no %s", async (variant, type, shownValue) => {
    const { condition, parameters } = await failure(`SELECT CAST(${variant} AS ${type})`);
    expect(condition).toBe("INVALID_VARIANT_CAST");
    const inner = shownValue === '"x"' ? "INT" : type;
    expect(parameters).toEqual({ value: shownValue, dataType: `"${inner}"` });
    expect(await value(`try_cast(${variant} AS STRING) IS NULL`)).toBe(false);
  });

  it.each([
    "CAST(map('a', 1) AS VARIANT)",
    "CAST(parse_json('1') AS MAP<INT, INT>)",
    "CAST(parse_json('1') AS INTERVAL DAY)",
    "to_variant_object(1)",
  ])("there is no %s", async (expression) => {
    expect((await failure(`SELECT ${expression}`)).condition).toBe(
      "DATATYPE_MISMATCH.CAST_WITHOUT_SUGGESTION",
    );
  });
});

describe("schemas of variants", () => {
  it.each([
    [
      `{"a":1,"b":[1.5,1e3,"x",null,true],"c":[],"d":{},"e":[1,2],"f":[1,2.55],"g":"x","h":null}`,
      "OBJECT<a: BIGINT, b: ARRAY<VARIANT>, c: ARRAY<VOID>, d: OBJECT<>, e: ARRAY<BIGINT>, f: ARRAY<DECIMAL(22,2)>, g: STRING, h: VOID>",
    ],
    [`[{"a":1},{"b":"x","a":2.5}]`, "ARRAY<OBJECT<a: DECIMAL(21,1), b: STRING>>"],
    [`[12345678901234567890123456789012345678, 0.123]`, "ARRAY<DOUBLE>"],
    [`{"a b":1,"c-d":2,"\`":3}`, "OBJECT<````: BIGINT, `a b`: BIGINT, `c-d`: BIGINT>"],
    ["0.050", "DECIMAL(2,2)"],
    ["[null,true]", "ARRAY<BOOLEAN>"],
  ])("of %s", async (json, schema) => {
    expect(await value(`schema_of_variant(parse_json('${json}'))`)).toBe(schema);
  });

  it("of many have all their parts, over partial results too", async () => {
    const from = `FROM VALUES ('{"a":1,"b":null}', 1), ('{"a":"x","c":[1]}', 1), ('{"c":[2.5]}', 1), ('{}', 2), (NULL, 2) AS t(c, k)`;
    expect(
      await rows(`SELECT k, schema_of_variant_agg(parse_json(c)) AS s ${from} GROUP BY k ORDER BY k`),
    ).toEqual([
      [1, "OBJECT<a: VARIANT, b: VOID, c: ARRAY<DECIMAL(21,1)>>"],
      [2, "OBJECT<>"],
    ]);
    expect(await rows(`SELECT schema_of_variant_agg(parse_json(c)) AS s ${from} WHERE false`)).toEqual([
      ["VOID"],
    ]);
  });
});

describe("variants in queries", () => {
  const made = `(SELECT parse_json(c) AS v, k FROM VALUES ('{"a":1}', 3), ('[1,2]', 2), (NULL, 1) AS t(c, k))`;

  it("go through sorts, joins, aggregates, windows and conditions", async () => {
    expect(await rows(`SELECT v, k FROM ${made} ORDER BY k`)).toEqual([
      [null, 1],
      ["[1,2]", 2],
      ['{"a":1}', 3],
    ]);
    expect(
      await rows(`SELECT a.v AS x, b.v AS y FROM ${made} a JOIN ${made} b ON a.k = b.k + 1 ORDER BY a.k`),
    ).toEqual([
      ["[1,2]", null],
      ['{"a":1}', "[1,2]"],
    ]);
    expect(await rows(`SELECT collect_list(v) AS l, max_by(v, k) AS m, count(v) AS n FROM ${made}`)).toEqual([
      [['{"a":1}', "[1,2]"], '{"a":1}', 2],
    ]);
    expect(await rows(`SELECT lag(v) OVER (ORDER BY k) AS l FROM ${made}`)).toEqual([
      [null],
      [null],
      ["[1,2]"],
    ]);
    expect(
      await rows(`SELECT if(k > 2, v, NULL) AS i, coalesce(v, parse_json('9')) AS c FROM ${made}`),
    ).toEqual([
      ['{"a":1}', '{"a":1}'],
      [null, "[1,2]"],
      [null, "9"],
    ]);
  });

  it.each([
    ["SELECT v FROM t ORDER BY v", "DATATYPE_MISMATCH.INVALID_ORDERING_TYPE"],
    ["SELECT v = v FROM t", "DATATYPE_MISMATCH.INVALID_ORDERING_TYPE"],
    ["SELECT v IN (v) FROM t", "DATATYPE_MISMATCH.INVALID_ORDERING_TYPE"],
    ["SELECT max(v) FROM t", "DATATYPE_MISMATCH.INVALID_ORDERING_TYPE"],
    ["SELECT array_contains(array(v), v) FROM t", "DATATYPE_MISMATCH.INVALID_ORDERING_TYPE"],
    ["SELECT array_distinct(array(v)) FROM t", "DATATYPE_MISMATCH.INVALID_ORDERING_TYPE"],
    ["SELECT t.v FROM t JOIN t u ON t.v = u.v", "DATATYPE_MISMATCH.INVALID_ORDERING_TYPE"],
    ["SELECT count(*) FROM t GROUP BY v", "GROUP_EXPRESSION_TYPE_IS_NOT_ORDERABLE"],
    ["SELECT DISTINCT v FROM t", "UNSUPPORTED_FEATURE.SET_OPERATION_ON_VARIANT_TYPE"],
    ["SELECT v FROM t UNION SELECT v FROM t", "UNSUPPORTED_FEATURE.SET_OPERATION_ON_VARIANT_TYPE"],
    [
      "SELECT struct(v) FROM t EXCEPT ALL SELECT struct(v) FROM t",
      "UNSUPPORTED_FEATURE.SET_OPERATION_ON_VARIANT_TYPE",
    ],
    ["SELECT row_number() OVER (PARTITION BY v ORDER BY 1) FROM t", "EXPRESSION_TYPE_IS_NOT_ORDERABLE"],
    ["SELECT hash(v) FROM t", "DATATYPE_MISMATCH.HASH_VARIANT_TYPE"],
    ["SELECT map(v, 1) FROM t", "DATATYPE_MISMATCH.INVALID_MAP_KEY_TYPE"],
    ["SELECT v + 1 FROM t", "DATATYPE_MISMATCH.BINARY_OP_DIFF_TYPES"],
  ])("%s is refused", async (query, condition) => {
    expect((await failure(`WITH t AS (SELECT parse_json('1') AS v) ${query}`)).condition).toBe(condition);
  });
});

describe("VariantVal", () => {
  it("is what programs get and give", async () => {
    const variant = VariantVal.parseJson('{"b":1,"a":[1,2.50]}');
    expect([String(variant), variant.toJSON()]).toEqual(['{"a":[1,2.5],"b":1}', { a: [1, 2.5], b: 1 }]);
    expect(Buffer.from(variant.metadata).toString("hex")).toBe("01020001026261");
    expect(() => VariantVal.parseJson("{'a':1}")).toThrow(SyntaxError);
    const frame = spark.createDataFrame([{ v: variant }, { v: null }], "v VARIANT") as DataFrame;
    expect((await frame.selectExpr("v:a[1]::double AS x").collect()).map((row) => row["x"])).toEqual([
      2.5,
      null,
    ]);
    const keyCount = udf((v: VariantVal) => Object.keys(v.toJSON() as object).length, "INT");
    const counted = (spark.sql(`SELECT parse_json('{"x":1,"y":2}') AS v`) as DataFrame).select(
      keyCount(col("v")).alias("n"),
    );
    expect((await counted.collect())[0]!["n"]).toBe(2);
  });
});
