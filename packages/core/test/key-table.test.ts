import { describe, expect, test } from "vitest";
import { valueAt } from "../src/column/access.js";
import { BytesDictionary } from "../src/column/key/bytes-dictionary.js";
import type { KeyChains } from "../src/column/key/key-chains.js";
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
  { kind: "timestamp" },
  { kind: "date" },
];

function value(type: DataType, next: (below: number) => number, nulls: boolean): Value {
  if (type.kind === "void" || (nulls && next(4) === 0)) return null;
  const n = next(6);
  switch (type.kind) {
    case "boolean":
      return n > 2;
    case "long":
    case "timestamp":
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

/** Appends the rows that are not in the model, each once. */
function appendNew(
  table: KeyTable,
  model: Map<string, number>,
  keyTypes: readonly DataType[],
  rows: readonly Value[][],
  next: (below: number) => number,
): void {
  const fresh = new Map(rows.map((row) => [textOf(row), row]));
  for (const key of model.keys()) fresh.delete(key);
  const all = [...fresh.values()];
  const columns = keyTypes.map((type, k) =>
    columnOf(
      type,
      all.map((row) => row[k]!),
      next,
    ),
  );
  const first = table.append(columns, all.length);
  [...fresh.keys()].forEach((key, i) => {
    model.set(key, first + i);
  });
}

/** A row of its own, and where its key is. */
interface Row {
  readonly slot: number;
  readonly columns: readonly Column[];
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
        const newRows = (): Value[][] =>
          Array.from({ length: rowCount }, () => keyTypes.map((type) => value(type, next, nulls)));
        for (let k = next(4); k > 0 && table.takesAppended; k--)
          appendNew(table, model, keyTypes, newRows(), next);
        const rows = newRows();
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
        const kept = next(3);
        const gone = [...model].filter(() => next(3) >= kept);
        for (const [key] of gone) model.delete(key);
        if (next(2) === 0) table.removeSlots(Int32Array.from(gone, ([, slot]) => slot));
        else for (const [, slot] of gone) table.removeSlots(Int32Array.of(slot));
        if (next(15) === 0) {
          table.clear();
          model.clear();
        }
      }
    }
  });

  test("beginnings of keys, taken from the keys, are told apart as keys of their own are", () => {
    const next = random(seed + 1);
    for (let round = 0; round < Math.ceil(cases / 50); round++) {
      const begin = Array.from({ length: next(3) }, () => types[next(types.length)]!);
      const table = new KeyTable([...begin, long]);
      const beginnings = KeyTable.ofBeginnings(table, begin.length);
      const slotOf = new Map<string, number>();
      const keys = new Map<number, string>();
      for (let batch = 0; batch < 10; batch++) {
        const where = `seed ${seed}, round ${round}, batch ${batch}`;
        const rowCount = 1 + next(40);
        const rows = Array.from({ length: rowCount }, () =>
          begin.map((type) => value(type, next, next(2) === 0)),
        );
        const columns = begin.map((type, k) =>
          columnOf(
            type,
            rows.map((row) => row[k]!),
            next,
          ),
        );
        const numbers = columnBuilder(long);
        for (let i = 0; i < rowCount; i++) numbers.append(BigInt(batch * 100 + i));
        const slots = new Int32Array(rowCount);
        const found = new Int32Array(rowCount);
        beginnings.find(columns, rowCount, found);
        rows.forEach((row, i) => {
          same(found[i], slotOf.get(textOf(row)) ?? -1, where);
        });
        table.findOrAdd([...columns, numbers.finish()], rowCount, slots);
        beginnings.addBeginnings(slots, rowCount, found);
        rows.forEach((row, i) => {
          same(slotOf.get(textOf(row)) ?? found[i], found[i], where);
          slotOf.set(textOf(row), found[i]!);
          keys.set(slots[i]!, textOf(row));
        });
        same(new Set(slotOf.values()).size, slotOf.size, where);
        const gone = [...keys.keys()].filter(() => next(2) === 0);
        for (const slot of gone) keys.delete(slot);
        const left = new Set(keys.values());
        const ended = [...slotOf].filter(([text]) => !left.has(text));
        beginnings.removeSlots(Int32Array.from(ended, ([, slot]) => slot));
        table.removeSlots(Int32Array.from(gone));
        for (const [text] of ended) slotOf.delete(text);
        same(beginnings.rowCount, slotOf.size, where);
      }
    }
  });

  test("a dictionary whose count of additions goes round removes as before", () => {
    const dictionary = new BytesDictionary();
    // as after so many additions
    dictionary.counters[3] = 0x7fffffff;
    (dictionary as unknown as { removals: number }).removals = 0x7fffffff;
    const bytes = Buffer.from("abcdefghijklmnopqrstuvwxyz");
    const starts = Int32Array.from({ length: 26 }, (_, k) => k);
    const codes = new Int32Array(26);
    dictionary.intern(bytes, starts, new Int32Array(26).fill(1), 26, codes);
    const { moves } = dictionary;
    dictionary.remove(codes.slice(0, 1));
    expect(dictionary.moves, "one of many was removed as all are").toBe(moves);
    dictionary.find(bytes, starts, new Int32Array(26).fill(1), 26, codes);
    expect([...codes]).toEqual([-2, ...starts.subarray(1)]);
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

  const stamp: DataType = { kind: "timestamp" };
  test.each([
    ["of one word", [{ kind: "integer" } as DataType]],
    ["of strings", [text]],
    ["of several columns", [long, text]],
    ["with a time", [text, stamp]],
  ])(
    "finds keys %s that were appended by the hundred thousand, as those that stay when many of them go",
    (_, kinds) => {
      const count = 100_000;
      const columns = kinds.map((type) => {
        const builder = columnBuilder(type);
        for (let i = 0; i < count; i++) {
          builder.append(
            type.kind === "integer" ? i * 7 : type.kind === "string" ? `key ${i}` : BigInt(i % 500),
          );
        }
        return builder.finish();
      });
      const table = new KeyTable(kinds);
      for (let from = 0; from < count; from += 20_000) {
        const rows = Int32Array.from({ length: 20_000 }, (_, i) => from + i);
        expect(
          table.append(
            columns.map((column) => takeColumn(column, rows, rows.length)),
            rows.length,
          ),
        ).toBe(from);
      }
      const slots = new Int32Array(count);
      const check = (where: string, slotOf: (i: number) => number): void => {
        table.find(columns, count, slots);
        for (let i = 0; i < count; i++) same(slots[i], slotOf(i), where);
      };
      check("appended", (i) => i);
      table.removeSlots(Int32Array.from({ length: count / 2 }, (_, i) => 2 * i));
      check("half of them", (i) => (i % 2 === 0 ? -1 : i));
      table.removeSlots(Int32Array.from({ length: count / 2 - 1 }, (_, i) => 2 * i + 1));
      check("the last", (i) => (i === count - 1 ? i : -1));
      expect(table.findOrAdd(columns, count, slots)).toBe(count - 1);
      expect(new Set(slots).size).toBe(count);
    },
  );

  /** Keys of numbers, or of strings that say them, against a Map: `rowsOf` gives the batches; some keys are removed between two of them. */
  function compareTimed(
    kinds: readonly DataType[],
    batches: readonly (readonly (number | null)[][])[],
  ): void {
    const next = random(seed);
    const table = new KeyTable(kinds);
    const model = new Map<string, number>();
    const taken = new Set<number>();
    batches.forEach((rows, batch) => {
      const where = `seed ${seed}, batch ${batch}`;
      const columns = kinds.map((type, k) => {
        const builder = columnBuilder(type);
        for (const row of rows) {
          const one = row[k]!;
          const isLong = type.kind === "timestamp" || type.kind === "long";
          if (one === null) builder.append(null);
          else builder.append(type.kind === "string" ? String(one) : isLong ? BigInt(one) : one);
        }
        return builder.finish();
      });
      const slots = new Int32Array(rows.length);
      const texts = rows.map(String);
      if (batch % 2 === 0) {
        table.find(columns, rows.length, slots);
        texts.forEach((text, i) => {
          same(slots[i], model.get(text) ?? -1, where);
        });
      }
      table.findOrAdd(columns, rows.length, slots);
      texts.forEach((text, i) => {
        const known = model.get(text);
        if (known !== undefined) {
          same(slots[i], known, where);
          return;
        }
        same(taken.has(slots[i]!), false, where);
        model.set(text, slots[i]!);
        taken.add(slots[i]!);
      });
      same(table.rowCount, model.size, where);
      for (const [text, slot] of model) {
        if (next(40) > 0) continue;
        table.removeSlots(Int32Array.of(slot));
        taken.delete(slot);
        model.delete(text);
      }
    });
    const views = table.keys.map((key) => key.view());
    for (const [text, slot] of model) {
      const found = views.map((view) => valueAt(view, slot) ?? "");
      same(found.join(","), text, `seed ${seed}`);
    }
  }

  const at: DataType = { kind: "timestamp" };
  const int: DataType = { kind: "integer" };
  const sizes = (count: number, row: (i: number) => (number | null)[]) =>
    Array.from({ length: count }, (_, b) => Array.from({ length: 16_384 }, (__, i) => row(b * 16_384 + i)));
  const next = random(seed);

  test.each([
    ["one time with many keys", [int, at], sizes(8, (i) => [i, 1000])],
    ["one time with many wide keys", [long, at, long], sizes(8, (i) => [i, 1000, -i])],
    ["many times with one key each", [int, at], sizes(8, (i) => [7, i * 1_000_000])],
    ["many times with one wide key each", [at, long, long], sizes(8, (i) => [i * 1_000_000, 7, 8])],
    [
      "a few times at once, of many",
      [int, at],
      sizes(8, (i) => [next(2000), Math.floor(i / 5000) * 3_600_000_000]),
    ],
    ["dates", [{ kind: "date" }, long], sizes(4, () => [next(30), next(1000)])],
    [
      "nulls among them",
      [int, at],
      sizes(4, () => [next(3) ? next(300) : null, next(3) ? next(50) * 60_000_000 : null]),
    ],
    [
      "wide keys and nulls",
      [at, long, int],
      sizes(4, () => [next(3) ? next(50) : null, next(99), next(3) ? next(9) : null]),
    ],
    [
      "nulls from some batch on",
      [int, at],
      sizes(4, (i) => [i < 40_000 || next(9) ? next(5000) : null, next(20)]),
    ],
  ] as [string, readonly DataType[], (number | null)[][][]][])(
    "finds keys with a time again: %s",
    (_, kinds, batches) => compareTimed(kinds, batches),
  );

  test.each([
    ["one key each", [text, at], sizes(8, (i) => [i, i * 1000])],
    ["one key each, most of them again", [text, long, int], sizes(9, (i) => [(i * 7919) % 90_000, 5, -5])],
    ["a few keys each", [int, text], sizes(10, () => [next(2), next(120_000)])],
    ["nulls among them", [text, int], sizes(9, (i) => [next(9) ? i : null, next(3) ? next(9) : null])],
    ["nulls from some batch on", [text, int], sizes(8, (i) => [i < 100_000 || next(9) ? i : null, 1])],
    ["one of them with very many keys in the end", [text, int], sizes(8, (i) => [Math.min(i, 75_000), i])],
    ["more and more keys each", [text, int], sizes(14, (i) => [i % 68_000, Math.floor(i / 68_000)])],
  ] as [string, readonly DataType[], (number | null)[][][]][])(
    "finds keys with many strings again: %s",
    (_, kinds, batches) => compareTimed(kinds, batches),
  );

  /** Loads 100,000 keys of a name and a number, most with a name of their own: `nameOf` gives the names. */
  function loadedNames(nameOf: (i: number) => string): { table: KeyTable; columns: readonly Column[] } {
    const names = columnBuilder(text);
    const numbers = columnBuilder(int);
    for (let i = 0; i < 100_000; i++) {
      names.append(nameOf(i));
      numbers.append(i);
    }
    const columns = [names.finish(), numbers.finish()];
    const table = new KeyTable([text, int]);
    table.append(columns, 100_000);
    return { table, columns };
  }
  const isByString = (table: KeyTable): boolean =>
    (table as unknown as { finder: { chains: KeyChains | undefined } }).finder.chains !== undefined;
  const check = (table: KeyTable, columns: readonly Column[], slotOf: (i: number) => number): void => {
    const slots = new Int32Array(100_000);
    table.find(columns, slots.length, slots);
    slots.forEach((slot, i) => {
      same(slot, slotOf(i), `row ${i}`);
    });
  };

  test("finds keys by their strings no more when one of many keys makes their removal dear", () => {
    const { table, columns } = loadedNames((i) => (i < 70_000 ? `name ${i}` : "anonymous"));
    table.removeSlots(Int32Array.of(0));
    expect(isByString(table)).toBe(true);
    table.removeSlots(Int32Array.from({ length: 1000 }, (_, i) => 70_000 + i));
    expect(isByString(table)).toBe(false);
    for (let from = 71_000; from < 85_000; from += 1000) {
      table.removeSlots(Int32Array.from({ length: 1000 }, (_, i) => from + i));
    }
    expect(table.rowCount).toBe(84_999);
    check(table, columns, (i) => (i === 0 || (i >= 70_000 && i < 85_000) ? -1 : i));
  });

  test.each([
    ["removed", (table: KeyTable, row: Row) => table.removeSlots(Int32Array.of(row.slot))],
    ["looked up", (table: KeyTable, row: Row) => table.find(row.columns, 1, new Int32Array(1))],
  ])("finds keys by their strings no more when dear ones are %s one by one", (_, touch) => {
    const { table, columns } = loadedNames((i) => (i < 70_000 ? `name ${i}` : "anonymous"));
    const slots = [70_000, 70_001, 70_002, 70_003];
    for (const slot of slots) {
      const row = Int32Array.of(slot);
      touch(table, { slot, columns: columns.map((column) => takeColumn(column, row, 1)) });
    }
    expect(isByString(table)).toBe(false);
    const isGone = table.rowCount < 100_000;
    check(table, columns, (i) => (isGone && slots.includes(i) ? -1 : i));
  });

  test("goes on finding keys by their strings while one after the other is removed", () => {
    const { table, columns } = loadedNames((i) => `name ${i % 70_000}`);
    for (let slot = 0; slot < 30_000; slot++) table.removeSlots(Int32Array.of(slot));
    expect(isByString(table)).toBe(true);
    check(table, columns, (i) => (i < 30_000 ? -1 : i));
  });

  test("is as good as new when it has been emptied after many times", () => {
    const table = new KeyTable([int, at]);
    for (let round = 0; round < 3; round++) {
      const ints = columnBuilder(int);
      const times = columnBuilder(at);
      const rowCount = round === 1 ? 10 : 20_000;
      for (let i = 0; i < rowCount; i++) {
        ints.append(i % 500);
        times.append(BigInt(Math.floor(i / 500) + round * 7) * 3_600_000_000n);
      }
      const columns = [ints.finish(), times.finish()];
      const slots = new Int32Array(rowCount);
      expect(table.findOrAdd(columns, rowCount, slots)).toBe(rowCount);
      table.find(columns, rowCount, slots);
      slots.forEach((slot, i) => {
        same(slot, i, `round ${round}`);
      });
      table.clear();
    }
  });
});
