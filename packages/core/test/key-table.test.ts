import { describe, expect, test } from "vitest";
import { valueAt } from "../src/column/access.js";
import {
  type Column,
  columnBuilder,
  DictionaryColumn,
  KeyTable,
  takeColumn,
  type Value,
} from "../src/index.js";
import type { DataType } from "../src/schema/data-type.js";
import { StructField, StructType } from "../src/schema/struct-type.js";

const seed = Number(process.env["SEED"] ?? 20261121);
const cases = Number(process.env["FUZZ_CASES"] ?? 2000);

function random(start: number): (below: number) => number {
  let state = start >>> 0;
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 4294967296) * below);
  };
}

const long: DataType = { kind: "long" };
const text: DataType = { kind: "string" } as DataType;
const double: DataType = { kind: "double" };
const list: DataType = { kind: "array", elementType: { kind: "integer" }, containsNull: true };
const map: DataType = { kind: "map", keyType: text, valueType: long, valueContainsNull: true };
const pair = new StructType([StructField("a", text), StructField("b", { kind: "short" })]);
const types: readonly DataType[] = [
  { kind: "boolean" },
  { kind: "byte" },
  { kind: "integer" },
  long,
  { kind: "float" },
  double,
  text,
  { kind: "binary" },
  { kind: "decimal", precision: 30, scale: 2 },
  { kind: "interval" },
  list,
  map,
  pair,
  { kind: "void" },
];

function value(type: DataType, next: (below: number) => number, nulls: boolean): Value {
  if (type.kind === "void" || (nulls && next(4) === 0)) return null;
  const n = next(6);
  switch (type.kind) {
    case "boolean":
      return n > 2;
    case "long":
      return BigInt(n) << BigInt(next(2) * 40);
    case "decimal":
      return (BigInt(n) - 3n) << BigInt(next(2) * 70);
    case "float":
    case "double":
      return [0, -0, 1.5, Number.NaN, -1.5, Number.POSITIVE_INFINITY][n]!;
    case "string":
      return "abcdefghijklmnopqrstuvwxyz".slice(0, next(20)) + "é".repeat(next(2));
    case "binary":
      return new Uint8Array(next(12)).fill(n);
    case "interval":
      return { months: n, days: next(2), micros: BigInt(n) << 35n };
    case "array":
      return Array.from({ length: next(3) }, () => value(type.elementType, next, true));
    case "map": {
      const keys = ["x", "y"].slice(0, next(3));
      if (next(2) === 0) keys.reverse();
      return { keys, values: keys.map((key) => BigInt(key.length)) };
    }
    case "struct":
      return type.fields.map((field) => value(field.type, next, nulls));
    default:
      return n;
  }
}

/** Equal values give equal texts; -0.0 and the order of a map's entries do not count. */
function textOf(one: Value): string {
  if (one instanceof Uint8Array) return `bytes ${[...one]}`;
  if (one !== null && typeof one === "object" && !Array.isArray(one) && "keys" in one) {
    const { keys, values } = one as { keys: Value[]; values: Value[] };
    return `map ${keys.map((key, k) => `${textOf(key)} ${textOf(values[k]!)}`).sort()}`;
  }
  if (Array.isArray(one)) return `[${one.map((part) => textOf(part as Value)).join("; ")}]`;
  if (one !== null && typeof one === "object") return JSON.stringify(Object.values(one).map(String));
  return `${typeof one} ${String(one)}`;
}

function columnOf(type: DataType, values: readonly Value[], next: (below: number) => number): Column {
  const builder = columnBuilder(type);
  for (const one of values) builder.append(one);
  const column = builder.finish();
  if (column.validity !== null || type.kind === "void" || next(2) === 0) return column;
  // the same rows through a dictionary
  const order = Int32Array.from({ length: values.length }, (_, i) => values.length - 1 - i);
  const reversed = takeColumn(column, order, values.length);
  return new DictionaryColumn(type, values.length, null, order, reversed as DictionaryColumn["dictionary"]);
}

/** Quicker than `expect`, for comparisons by the million. */
function same(found: unknown, expected: unknown, where: string): void {
  if (found !== expected) throw new Error(`${where}: ${String(found)} instead of ${String(expected)}`);
}

describe("a key table", () => {
  test("gives equal keys one slot, through additions, removals and emptying", () => {
    const next = random(seed);
    for (let round = 0; round < Math.ceil(cases / 50); round++) {
      const keyTypes = Array.from({ length: next(4) }, () => types[next(types.length)]!);
      const table = new KeyTable(keyTypes);
      const model = new Map<string, number>();
      for (let batch = 0; batch < 20; batch++) {
        const nulls = next(3) === 0;
        const rowCount = next(60);
        const rows = Array.from({ length: rowCount }, () => keyTypes.map((type) => value(type, next, nulls)));
        const columns = keyTypes.map((type, k) =>
          columnOf(
            type,
            rows.map((row) => row[k]!),
            next,
          ),
        );
        const slots = new Int32Array(rowCount);
        const where = `seed ${seed}, round ${round}, batch ${batch}`;
        table.find(columns, rowCount, slots);
        const texts = rows.map(textOf);
        texts.forEach((row, i) => {
          same(slots[i], model.get(row) ?? -1, where);
        });
        const before = model.size;
        const added = table.findOrAdd(columns, rowCount, slots);
        const taken = new Set(model.values());
        texts.forEach((row, i) => {
          const known = model.get(row);
          if (known === undefined) same(taken.has(slots[i]!), false, where);
          else same(slots[i], known, where);
          model.set(row, slots[i]!);
          taken.add(slots[i]!);
        });
        same(added, model.size - before, where);
        same(table.rowCount, model.size, where);
        if (next(3) === 0) {
          const views = table.keys.map((key) => key.view());
          for (const [key, slot] of model) {
            same(table.isLive(slot), true, where);
            same(textOf(views.map((view) => valueAt(view, slot))), key, where);
          }
        }
        for (const [key, slot] of model) {
          if (next(3) > 0) continue;
          table.removeSlot(slot);
          model.delete(key);
        }
        if (next(15) === 0) {
          table.clear();
          model.clear();
        }
      }
    }
  });

  test("gives slots in the order in which keys first come", () => {
    const table = new KeyTable([text]);
    const builder = columnBuilder(text);
    for (const word of ["b", "a", "b", "c", "a"]) builder.append(word);
    const slots = new Int32Array(5);
    table.findOrAdd([builder.finish()], 5, slots);
    expect([...slots]).toEqual([0, 1, 0, 2, 1]);
  });

  test("holds more keys than one segment and one part of its index take", () => {
    const table = new KeyTable([long, text]);
    const count = 200_000;
    const step = 4096;
    const slots = new Int32Array(step);
    for (const pass of [0, 1]) {
      for (let from = 0; from < count; from += step) {
        const longs = columnBuilder(long);
        const texts = columnBuilder(text);
        for (let i = from; i < from + step; i++) {
          longs.append(BigInt(i) * 1000n);
          texts.append(`key ${i % 70_001}`);
        }
        const added = table.findOrAdd([longs.finish(), texts.finish()], step, slots);
        expect(added).toBe(pass === 0 ? step : 0);
        expect(slots[7]).toBe(from + 7);
      }
    }
    expect(valueAt(table.keys[1]!.view(), 150_000)).toBe(`key ${150_000 % 70_001}`);
  });
});
