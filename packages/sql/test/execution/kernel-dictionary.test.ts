import { BytesDictionary } from "@ss/core";
import { DictionaryKernel, KernelArrays } from "@ss/kernels";
import { afterEach, describe, expect, test, vi } from "vitest";

const seed = Number(process.env["SEED"] ?? 20261121);
const cases = Number(process.env["FUZZ_CASES"] ?? 2000);

function random(start: number): (below: number) => number {
  let state = start >>> 0;
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 4294967296) * below);
  };
}

/** Slices of a few bytes' length over an alphabet so small that many are equal. */
function slices(next: (below: number) => number, length: number, alphabet: number, longest: number) {
  const bytes = Uint8Array.from({ length: 4096 }, () => next(alphabet) + 97);
  const lengths = Int32Array.from({ length }, () => next(longest + 1));
  const starts = lengths.map((one) => next(bytes.length - one + 1));
  return { bytes, starts, lengths };
}

afterEach(() => {
  vi.restoreAllMocks();
});

/** Lets the kernels' memory give out so many arrays more and be full then. */
function fullAfter(count: number): void {
  let left = count;
  const { int32, bytes } = KernelArrays.prototype;
  vi.spyOn(KernelArrays.prototype, "int32").mockImplementation(function (this: KernelArrays, length) {
    return left-- > 0 ? int32.call(this, length) : new Int32Array(length);
  });
  vi.spyOn(KernelArrays.prototype, "bytes").mockImplementation(function (this: KernelArrays, length, slack) {
    return left-- > 0 ? bytes.call(this, length, slack) : new Uint8Array(length);
  });
}

describe("the kernel of a dictionary", () => {
  test("gives the same codes where its memory is full, at any point of the work", () => {
    for (let count = 0; count < 40; count++) {
      const arrays = new KernelArrays();
      const data = arrays.bytes(4096);
      fullAfter(count);
      const dictionary = new BytesDictionary(new DictionaryKernel());
      for (const rows of [10, 20, 5000, 5000, 600]) {
        // 1000 strings of four digits, in turn
        const starts = Int32Array.from({ length: rows }, (_, i) => (i % 1000) * 4);
        const lengths = new Int32Array(rows).fill(4);
        for (let i = 0; i < 1000; i++) data.set(Buffer.from(String(i).padStart(4, "0")), i * 4);
        const codes = new Int32Array(rows);
        for (const action of ["intern", "find"] as const) {
          dictionary[action](data, starts, lengths, rows, codes);
          const differ = codes.findIndex((code, i) => code !== i % 1000);
          expect(differ, `${action} of ${rows} rows with ${count} arrays`).toBe(-1);
        }
      }
      vi.restoreAllMocks();
      arrays.release();
    }
  });

  test("gives the codes that the dictionary gives by itself", () => {
    const next = random(seed);
    for (let round = 0; round < Math.ceil(cases / 40); round++) {
      const arrays = new KernelArrays();
      const plain = new BytesDictionary();
      const quick = new BytesDictionary(new DictionaryKernel());
      const [alphabet, longest] = [1 + next(3), 1 + next(40)];
      for (let batch = 0; batch < 20; batch++) {
        const { bytes, starts, lengths } = slices(next, next(200), alphabet, longest);
        const near = arrays.bytes(bytes.length);
        near.set(bytes);
        // bytes that lie elsewhere go the other way
        const data = next(5) === 0 ? bytes : near;
        const [one, other] = [new Int32Array(starts.length), new Int32Array(starts.length)];
        const action = next(3) === 0 ? "find" : "intern";
        plain[action](bytes, starts, lengths, starts.length, one);
        quick[action](data, starts, lengths, starts.length, other);
        const differ = one.findIndex((code, i) => code !== other[i]);
        expect(differ, `seed ${seed}, round ${round}, batch ${batch}`).toBe(-1);
        if (next(4) === 0 && action === "intern") {
          const gone = [...new Set(one)].filter(() => next(2) === 0);
          const alone = next(2) === 0;
          for (const codes of alone ? gone.map((code) => [code]) : [gone]) {
            plain.remove(Int32Array.from(codes));
            quick.remove(Int32Array.from(codes));
          }
        }
        if (next(20) === 0) {
          plain.clear();
          quick.clear();
        }
        arrays.free(near);
      }
      arrays.release();
    }
  });

  test("finds again what it was given through growth to many parts", () => {
    const arrays = new KernelArrays();
    const dictionary = new BytesDictionary(new DictionaryKernel());
    const count = 4096;
    const data = arrays.bytes(count * 8);
    const starts = Int32Array.from({ length: count }, (_, i) => i * 8);
    const lengths = new Int32Array(count).fill(8);
    const codes = new Int32Array(count);
    for (const pass of ["intern", "find"] as const) {
      for (let from = 0; from < 200_000; from += count) {
        const numbers = new Float64Array(data.buffer, data.byteOffset, count);
        for (let i = 0; i < count; i++) numbers[i] = from + i;
        dictionary[pass](data, starts, lengths, count, codes);
        expect(codes[0]).toBe(from);
        expect(codes[count - 1]).toBe(from + count - 1);
      }
    }
    expect(dictionary.codeCount).toBe(Math.ceil(200_000 / count) * count);
    arrays.release();
  });
});
