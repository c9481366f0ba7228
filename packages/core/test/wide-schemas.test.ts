import { expect, test } from "vitest";
import { IntegerType, StringType, StructField, StructType } from "../src/index.js";

test("a field of a wide schema is found by its exact name, the first of several", () => {
  const fields = Array.from({ length: 100 }, (_, k) => StructField(`f${k}`, IntegerType));
  const schema = new StructType([...fields, StructField("f7", StringType), StructField("F8", StringType)]);
  expect(schema.indexOf("f7")).toBe(7);
  expect(schema.field("f7").type).toBe(IntegerType);
  expect(schema.indexOf("F8")).toBe(101);
  expect(schema.indexOf("f100")).toBe(-1);
  expect(() => schema.field("toString")).toThrow("toString");
  // looking for fields leaves no trace
  expect(schema).toEqual(new StructType(schema.fields));
});

test("the names of a wide schema are looked through once, not once for each of its fields", () => {
  let looks = 0;
  const fields = Array.from({ length: 1000 }, (_, k) => ({
    ...StructField(`f${k}`, IntegerType),
    get name() {
      looks++;
      return `f${k}`;
    },
  }));
  const schema = new StructType(fields);
  for (let k = 0; k < 1000; k++) expect(schema.indexOf(`f${k}`)).toBe(k);
  expect(looks).toBeLessThan(3000);
});
