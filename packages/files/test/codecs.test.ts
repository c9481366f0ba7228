import * as zlib from "node:zlib";
import {
  codecOfOption,
  codecOfPath,
  compressor,
  decompress,
  type PackedCodec,
  type WrittenCodec,
} from "@ss/files";
import { describe, expect, test } from "vitest";
import { sortRotations } from "../src/codec/rotation-sort.js";
import { BY_SPARK, BY_ZSTD, PLAIN } from "./packed-files.js";

async function* inPieces(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let i = 0; i < bytes.length; i += size) yield bytes.subarray(i, i + size);
}

async function joined(pieces: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const piece of pieces) parts.push(Buffer.from(piece));
  return Buffer.concat(parts);
}

type Unpack = (packed: Uint8Array, size?: number) => Promise<Buffer>;

const unpacker =
  (codec: PackedCodec): Unpack =>
  (packed, size = 1 << 18) =>
    joined(decompress(codec, inPieces(packed, size)));

const hasZstd = Reflect.has(zlib, "createZstdDecompress");

async function pack(codec: WrittenCodec, plain: Uint8Array, size = 1 << 18): Promise<Buffer> {
  const stream = compressor(codec);
  const packed = joined(stream as AsyncIterable<Uint8Array>);
  for (let i = 0; i < plain.length; i += size) stream.write(plain.subarray(i, i + size));
  stream.end();
  return packed;
}

/** Numbers that look random, the same for the same seed. */
function randomNumbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

const files: (readonly [string, Unpack, Buffer])[] = [
  ...Object.entries(BY_SPARK).map(
    ([codec, packed]) => [`${codec} of Spark`, unpacker(codec as PackedCodec), packed] as const,
  ),
  ...(hasZstd ? Object.entries(BY_ZSTD) : []).map(
    ([name, packed]) => [`zstd ${name}`, unpacker("zstd"), packed] as const,
  ),
];

for (const [codec, packed] of [
  ["gzip", zlib.gzipSync(PLAIN)],
  ["deflate", zlib.deflateSync(PLAIN)],
] as const) {
  files.push([codec, unpacker(codec), packed]);
}

describe.each(files)("%s", (name, unpack, packed) => {
  test("is read in pieces of any size", async () => {
    for (const size of [1, 2, 7, 100, 5000]) expect(await unpack(packed, size)).toEqual(PLAIN);
  });

  test("is read when two files are put one behind the other", async () => {
    expect(await unpack(Buffer.concat([packed, packed]), 11)).toEqual(Buffer.concat([PLAIN, PLAIN]));
  });

  test("is an error when it ends early, wherever that is", async () => {
    for (let length = 1; length < packed.length; length++) {
      await expect(unpack(packed.subarray(0, length)), `${length} bytes`).rejects.toThrow(Error);
    }
  });

  test("is never read as something else where there is a checksum, whichever byte is damaged", async () => {
    const hasChecksum = !/lz4|snappy|unchecked/.test(name);
    for (let i = 0; i < packed.length; i++) {
      const damaged = Buffer.from(packed);
      damaged[i]! ^= 1 << (i % 8);
      const found = await unpack(damaged).catch((error: unknown) => {
        expect(error).toBeInstanceOf(Error);
        return undefined;
      });
      if (hasChecksum && found !== undefined) expect(found.equals(PLAIN), `byte ${i}`).toBe(true);
    }
  });
});

const written: readonly WrittenCodec[] = ["bzip2", "deflate", "gzip", "lz4", "snappy"];

describe.each(written)("%s", (codec) => {
  const unpack = unpacker(codec);

  test("no bytes and few bytes come back", async () => {
    for (let length = 0; length < 40; length++) {
      const plain = Buffer.alloc(length, "abcab");
      expect(await unpack(await pack(codec, plain)), `${length} bytes`).toEqual(plain);
    }
  });

  test("a file of no bytes has no bytes", async () => {
    expect(await unpack(Buffer.alloc(0))).toHaveLength(0);
  });

  test("runs of equal bytes come back, of any length", async () => {
    const runs = Array.from({ length: 600 }, (_, i) => Buffer.alloc(i, i % 3));
    const plain = Buffer.concat(runs);
    expect((await unpack(await pack(codec, plain, 997))).equals(plain)).toBe(true);
  });

  test("blocks of bytes that repeat never, seldom and always come back", async () => {
    const seed = 20240229;
    const random = randomNumbers(seed);
    for (const [letters, length] of [
      [256, 250_000],
      [4, 210_000],
      [1, 300_000],
    ] as const) {
      const plain = Buffer.from(Uint8Array.from({ length }, () => Math.floor(random() * letters)));
      const packed = await pack(codec, plain, 70_001);
      expect((await unpack(packed)).equals(plain), `seed ${seed}, ${letters} letters`).toBe(true);
      if (letters < 256) expect(packed.length).toBeLessThan(length * 0.75);
      else expect(packed.length).toBeLessThan(length * 1.02);
    }
  });
});

test.each(["gzip", "deflate"] as const)("%s: what follows and is no such file is an error", async (codec) => {
  const whole = await pack(codec, PLAIN);
  for (const tail of [Buffer.alloc(20), Buffer.from("no file at all"), whole.subarray(1)]) {
    for (const size of [1, 7, whole.length, 5000]) {
      await expect(unpacker(codec)(Buffer.concat([whole, tail]), size)).rejects.toThrow(Error);
    }
  }
});

test.each(["gzip", "deflate"] as const)("%s: many small files in one are read", async (codec) => {
  const one = await pack(codec, Buffer.from("a line\n"));
  const many = Buffer.concat(Array.from({ length: 300 }, () => one));
  for (const size of [one.length, 1000, 1 << 18]) {
    expect((await unpacker(codec)(many, size)).toString()).toBe("a line\n".repeat(300));
  }
});

test("what compresses best takes no more memory than its pieces", async () => {
  const packed = await pack("bzip2", Buffer.alloc(15_000_000));
  expect(packed.length).toBeLessThan(1000);
  let length = 0;
  for await (const piece of decompress("bzip2", inPieces(packed, 1 << 18))) {
    expect(piece.buffer.byteLength).toBeLessThan(1 << 18);
    length += piece.length;
  }
  expect(length).toBe(15_000_000);
});

test("lengths that no file has the bytes for cost nothing", async () => {
  const lengths = Buffer.alloc(12);
  lengths.writeUInt32BE(0x7fffffff, 0);
  lengths.writeUInt32BE(0x3ffffff, 4);
  for (const codec of ["lz4", "snappy"] as const) {
    await expect(unpacker(codec)(lengths)).rejects.toThrow(`The ${codec} data ends too early.`);
    lengths.writeUInt32BE(0x7fffffff, 4);
    await expect(unpacker(codec)(lengths)).rejects.toThrow("a chunk has 2147483647 bytes");
    lengths.writeUInt32BE(0x3ffffff, 4);
  }
  // a snappy block that claims to have 2 GB
  const claim = Buffer.from([0x7f, 0xff, 0xff, 0xff, 0, 0, 0, 6, 0xff, 0xff, 0xff, 0xff, 0x07, 0]);
  await expect(unpacker("snappy")(claim)).rejects.toThrow("cannot stand for 2147483647");
});

test("what follows a bzip2 stream and is none is passed over", async () => {
  const packed = Buffer.concat([BY_SPARK.bzip2, Buffer.from("BZ and more")]);
  expect(await unpacker("bzip2")(packed)).toEqual(PLAIN);
});

test("rotations are sorted", () => {
  const seed = 77;
  const random = randomNumbers(seed);
  for (let round = 0; round < 300; round++) {
    const letters = 1 + Math.floor(random() * 3);
    const unit = Array.from({ length: 1 + Math.floor(random() * 12) }, () => Math.floor(random() * letters));
    const text = Uint8Array.from(Array.from({ length: 1 + Math.floor(random() * 3) }, () => unit).flat());
    const turned = (start: number): string =>
      `${text.subarray(start)},${text.subarray(0, start)}`.replace(/^,|,$/, "");
    const rotations = Array.from(text.keys(), turned).sort();
    const { last, origin } = sortRotations(text, text.length);
    expect(`${last}`, `seed ${seed}`).toBe(rotations.map((rotation) => rotation.at(-1)).join(","));
    expect(rotations[origin]).toBe(turned(0));
  }
});

test.skipIf(hasZstd)(
  "zstd is refused where Node has none (this Node reads it, where the test is skipped)",
  async () => {
    await expect((async () => unpacker("zstd")(Buffer.alloc(9)))()).rejects.toMatchObject({
      condition: "CODEC_NOT_AVAILABLE.WITH_AVAILABLE_CODECS_SUGGESTION",
      message: expect.stringContaining("The codec zstd is not available before Node 22.15."),
    });
  },
);

test("a file's ending tells its codec, in small letters and in large ones", () => {
  const endings = ["bz2", "deflate", "gz", "gzip", "lz4", "snappy", "zst", "zstd"];
  expect(endings.map((ending) => codecOfPath(`/in.gz/a.csv.${ending}`))).toEqual([
    "bzip2",
    "deflate",
    "gzip",
    "gzip",
    "lz4",
    "snappy",
    "zstd",
    "zstd",
  ]);
  expect(codecOfPath("/in/A.CSV.GZ")).toBe("gzip");
  // names without an ending, and endings of no codec
  expect(["/in/gz", "/in.gz/a", "/in/a.csv", "/in/a.bzip2"].map(codecOfPath)).toEqual(Array(4).fill("none"));
  // a name that every object of the language has
  expect(codecOfPath("/in/a.constructor")).toBe("none");
  expect(() => codecOfOption("constructor")).toThrow("CODEC_NOT_AVAILABLE");
});
