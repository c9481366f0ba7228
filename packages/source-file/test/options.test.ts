import { expect, test } from "vitest";
import { Harness, memoryLog } from "./harness.js";

const day = (iso: string): number => Date.parse(iso) / 86_400_000;
const at = (iso: string): bigint => BigInt(Date.parse(iso)) * 1000n;

async function read(
  format: string,
  text: string,
  schema: string | undefined,
  options: Record<string, unknown>,
): Promise<unknown[][]> {
  const harness = new Harness();
  await harness.put(`/in/a.${format}`, text);
  return harness.rows(format, "/in", schema, options);
}

async function schemaOf(format: string, text: string, options: Record<string, unknown>): Promise<string> {
  const harness = new Harness();
  await harness.put(`/in/a.${format}`, text);
  const { schema } = await harness.table(format, "/in", undefined, options);
  return schema.fields.map(({ name, type }) => `${name} ${JSON.stringify(type)}`).join(", ");
}

/** What reading a file warns of. */
async function warnings(text: string, schema: string, options: Record<string, unknown>): Promise<string[]> {
  const harness = new Harness();
  await harness.put("/in/a.csv", text);
  await harness.rows("csv", "/in", schema, options);
  return harness.warnings;
}

test("locale names the months of date and timestamp patterns", async () => {
  const options = { locale: "fr", sep: ";", dateFormat: "d MMMM yyyy", timestampFormat: "d MMMM yyyy HH:mm" };
  expect(await read("csv", "3 août 2024;14 juillet 2024 10:30", "d DATE, t TIMESTAMP", options)).toEqual([
    [day("2024-08-03"), at("2024-07-14T10:30:00Z")],
  ]);
  expect(await read("json", '{"d":"3 août 2024"}', "d DATE", options)).toEqual([[day("2024-08-03")]]);
  expect(await read("csv", "3 August 2024", "d DATE", options)).toEqual([[null]]);
  expect(await read("csv", "3 August 2024", "d DATE", { ...options, locale: "en-US" })).toEqual([
    [day("2024-08-03")],
  ]);
});

test("locale writes decimals, of any precision, also those in JSON strings", async () => {
  const german = { locale: "de", sep: ";" };
  expect(
    await read("csv", "1.234,5;-1.234,5\n1234.5;1 2", "a DECIMAL(10,2), b DECIMAL(30,1)", german),
  ).toEqual([
    [123450n, -12345n],
    [1234500n, null],
  ]);
  expect(await read("json", '{"a":"1.234,5"}\n{"a":1234.5}', "a DECIMAL(10,2)", { locale: "de" })).toEqual([
    [123450n],
    [123450n],
  ]);
  expect(await read("csv", '"1,234.5"', "a DECIMAL(10,2)", {})).toEqual([[123450n]]);
});

test("locale guides the inference of schemas", async () => {
  const dates = { inferSchema: true, locale: "fr", dateFormat: "d MMMM yyyy" };
  expect(await schemaOf("csv", "3 août 2024", dates)).toBe('_c0 {"kind":"date"}');
  expect(await schemaOf("csv", "3 août 2024", { ...dates, locale: "en-US" })).toBe('_c0 {"kind":"string"}');
  const decimals = { prefersDecimal: true, locale: "de" };
  expect(await schemaOf("json", '{"a":"1,25"}', decimals)).toContain('"precision":3,"scale":2');
});

test("a locale that is none has English names, and a warning", async () => {
  const options = { locale: "fr_FR", dateFormat: "d MMMM yyyy" };
  expect(await read("csv", "3 August 2024", "d DATE", options)).toEqual([[day("2024-08-03")]]);
  expect(await warnings("", "d DATE", options)).toEqual([
    "The option 'locale' is 'fr_FR', which is no language tag such as en-US or fr: English names are used.",
  ]);
});

test("an unknown mode means PERMISSIVE, and a warning names it", async () => {
  expect(await read("csv", "x", "a INT", { mode: "strict" })).toEqual([[null]]);
  expect(await warnings("x", "a INT", { mode: "strict" })).toEqual([
    "The option 'mode' is 'strict', which is none of PERMISSIVE, DROPMALFORMED, FAILFAST: PERMISSIVE is used.",
  ]);
});

test("modes and locales that are known give no warning", async () => {
  expect(await warnings("1", "a INT", { mode: "failFast", locale: "de-CH" })).toEqual([]);
});

test.each(["dateFormat", "timestampFormat", "timestampNTZFormat", "timeFormat"])(
  "a pattern of %s that reads nothing is refused by name",
  async (name) => {
    await expect(read("csv", "1", "a INT", { [name]: "yyyy-MM-dd A" })).rejects.toMatchObject({
      name: "StreamError",
      condition: "INVALID_DATETIME_PATTERN.ILLEGAL_CHARACTER",
      message: expect.stringContaining(`'${name}'`),
    });
  },
);

test("inputBufferSize has to be a number, and changes nothing", async () => {
  expect(await read("csv", "1", "a INT", { inputBufferSize: 64 })).toEqual([[1]]);
  await expect(read("csv", "1", "a INT", { inputBufferSize: "big" })).rejects.toMatchObject({
    condition: "SS_INVALID_OPTION",
  });
});

test("nanValue, positiveInf and negativeInf are the words for numbers that digits cannot write", async () => {
  const words = { nanValue: "none", positiveInf: "up", negativeInf: "down" };
  expect(await read("csv", "none\nup\ndown\n1.5", "d DOUBLE", words)).toEqual([
    [Number.NaN],
    [Number.POSITIVE_INFINITY],
    [Number.NEGATIVE_INFINITY],
    [1.5],
  ]);
  expect(await read("csv", "none", "d DOUBLE", {})).toEqual([[null]]);
});

test("charset is another name of encoding", async () => {
  const harness = new Harness();
  await harness.put("/in/a.csv", Buffer.from("\u00e9", "latin1"));
  expect(await harness.rows("csv", "/in", "s STRING", { charset: "ISO-8859-1" })).toEqual([["\u00e9"]]);
});

test("enableDateTimeParsingFallback reads by the rules of casts what the pattern does not", async () => {
  const options = { timestampFormat: "dd/MM/yyyy" };
  const text = "03/08/2024\n2024-08-03";
  const found = at("2024-08-03T00:00:00Z");
  expect(await read("csv", text, "t TIMESTAMP", options)).toEqual([[found], [null]]);
  expect(await read("csv", text, "t TIMESTAMP", { ...options, enableDateTimeParsingFallback: true })).toEqual(
    [[found], [found]],
  );
});

test("preferDate decides whether dates are inferred as such", async () => {
  expect(await schemaOf("csv", "2024-01-01", { inferSchema: true })).toBe('_c0 {"kind":"date"}');
  expect(await schemaOf("csv", "2024-01-01", { inferSchema: true, preferDate: false })).toBe(
    '_c0 {"kind":"timestamp"}',
  );
});

test("basePath tells where partition folders begin", async () => {
  const harness = new Harness();
  await harness.put("/t/k=1/a.csv", "x");
  expect(await harness.rows("csv", "/t/k=1", "s STRING", {})).toEqual([["x"]]);
  expect(await harness.rows("csv", "/t/k=1", "s STRING", { basePath: "/t" })).toEqual([["x", 1]]);
});

test("maxCachedFiles and discardCachedInputRatio say how much of a listing later batches use", async () => {
  const listings = async (batches: number, options: Record<string, unknown>): Promise<number> => {
    const harness = new Harness();
    for (let n = 0; n < 6; n++) await harness.put(`/in/${n}.txt`, "x");
    const source = await harness.stream("text", "/in", undefined, { maxFilesPerTrigger: 1, ...options });
    await source.open({ log: memoryLog(), clock: harness.clock, signal: new AbortController().signal });
    let count = 0;
    const list = harness.files.list.bind(harness.files);
    harness.files.list = (...args) => {
      count++;
      return list(...args);
    };
    let end = await source.latestOffset(null, source.readLimit);
    for (let n = 1; n < batches; n++) end = await source.latestOffset(end, source.readLimit);
    expect(end).toEqual({ logOffset: batches - 1 });
    return count;
  };
  const once = await listings(6, {});
  expect(await listings(6, { maxCachedFiles: 2 })).toBe(once * 2);
  expect(await listings(6, { maxCachedFiles: 0 })).toBe(once * 6);
  // two files are left of six, which is less than the whole of a batch of four, yet more than a fifth of it
  expect(await listings(2, { maxFilesPerTrigger: 4 })).toBe(once);
  expect(await listings(2, { maxFilesPerTrigger: 4, discardCachedInputRatio: 1 })).toBe(once * 2);
});
