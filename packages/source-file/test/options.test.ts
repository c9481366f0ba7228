import { expect, test } from "vitest";
import { Harness } from "./harness.js";

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

test.each(["csv", "json"])("%s refuses singleVariantColumn by name", async (format) => {
  await expect(read(format, "1", undefined, { singleVariantColumn: "v" })).rejects.toMatchObject({
    condition: "SS_UNSUPPORTED_OPTION",
    parameters: { option: "singleVariantColumn" },
  });
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
