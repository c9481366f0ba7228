import { describe, expect, test } from "vitest";
import { xxh32 } from "../../src/compression/xxh32.js";
import {
  compressFramedSnappy,
  compressLz4Frame,
  compressSnappy,
  decompressFramedSnappy,
  decompressLz4Frame,
  framedSnappyPackedMax,
  framedSnappyPlainLength,
  lz4FramePackedMax,
  lz4FramePlainMax,
  snappyPackedMax,
} from "../../src/index.js";
import { randomNumbers, repetitiveBytes } from "./random.js";

const SEED = Number(process.env.SS_SEED ?? 99);
const SIZES = [0, 1, 100, 65_535, 65_536, 65_537, 300_000];
const text = (value: string): Uint8Array => new TextEncoder().encode(value);
const noise = (size: number): Uint8Array => {
  const random = randomNumbers(SEED);
  return Uint8Array.from({ length: size }, () => random() * 256);
};
const littleEndian = (value: number): number[] => [0, 8, 16, 24].map((bits) => (value >>> bits) & 255);
const bigEndian = (value: number): number[] => littleEndian(value).reverse();

test("xxHash of 32 bits gives the values of its reference implementation", () => {
  expect(xxh32(text(""), 0, 0)).toBe(0x02cc5d05);
  expect(xxh32(text("a"), 0, 1)).toBe(0x550d7456);
  expect(xxh32(text("abc"), 0, 3)).toBe(0x32d153ff);
  const long = text("..Nobody inspects the spammish repetition..");
  expect(xxh32(long, 2, long.length - 2)).toBe(0xe2293b2f);
});

describe("LZ4 frames", () => {
  const unpacked = (frame: Uint8Array, options = {}): Uint8Array => {
    const target = new Uint8Array(lz4FramePlainMax(frame, 0, frame.length) + 2);
    const count = decompressLz4Frame(frame, 0, frame.length, target, 2, options);
    return target.slice(2, 2 + count);
  };
  const packed = (plain: Uint8Array): Uint8Array => {
    const target = new Uint8Array(lz4FramePackedMax(plain.length) + 1);
    return target.slice(1, compressLz4Frame(plain, 0, plain.length, target, 1));
  };
  /** A frame of blocks, with every checksum that the flags ask for. */
  const frameOf = (
    flags: number,
    content: Uint8Array,
    blocks: readonly (readonly number[])[],
  ): Uint8Array => {
    const size = (flags & 8) === 0 ? [] : [...littleEndian(content.length), 0, 0, 0, 0];
    const descriptor = [flags, 0x40, ...size];
    const bytes = [
      4,
      34,
      77,
      24,
      ...descriptor,
      (xxh32(Uint8Array.from(descriptor), 0, descriptor.length) >>> 8) & 255,
    ];
    for (const [isPlain, ...block] of blocks) {
      bytes.push(...littleEndian(block.length + (isPlain === 1 ? 2 ** 31 : 0)), ...block);
      if ((flags & 16) !== 0) bytes.push(...littleEndian(xxh32(Uint8Array.from(block), 0, block.length)));
    }
    bytes.push(0, 0, 0, 0);
    if ((flags & 4) !== 0) bytes.push(...littleEndian(xxh32(content, 0, content.length)));
    return Uint8Array.from(bytes);
  };

  test.each(SIZES)("of %i bytes come back", (size) => {
    const random = randomNumbers(SEED);
    for (const plain of [repetitiveBytes(random, size), noise(size), new Uint8Array(size)])
      expect(Buffer.compare(unpacked(packed(plain)), plain)).toBe(0);
  });

  test("those that the reference implementation wrote are read", () => {
    // blocks of 64 KB and a checksum of the content; then also its size, and blocks that may depend on each other, with checksums
    const frames = [
      "04224d186440a70d0000003f616263030009506263616263000000004f89fde8",
      "04224d187c402400000000000000210d0000003f61626303000950626361626305aeafa8000000004f89fde8",
    ];
    for (const frame of frames)
      expect(Buffer.from(unpacked(Buffer.from(frame, "hex"))).toString()).toBe("abc".repeat(12));
  });

  const content = text("hello hello hello hello!");
  // "hello " as it is, 13 bytes again from 6 before, and the last five as they are
  const block = [0, 0x69, ...text("hello "), 6, 0, 0x50, ...text("ello!")];

  test.each([0x60, 0x68, 0x64, 0x70, 0x7c])("flags %i: sizes and checksums are read and checked", (flags) => {
    const frame = frameOf(flags, content, [block]);
    expect(unpacked(frame)).toEqual(content);
    expect(unpacked(Uint8Array.from([...frame, ...frame]))).toEqual(
      Uint8Array.from([...content, ...content]),
    );
    if ((flags & 4) !== 0) {
      const wrong = frame.slice();
      wrong[frame.length - 1]! ^= 1;
      expect(() => unpacked(wrong)).toThrow("lz4 data has a checksum that is wrong");
    }
    if ((flags & 16) !== 0) {
      const wrong = frame.slice();
      wrong[frame.length - ((flags & 4) === 0 ? 5 : 9)]! ^= 1;
      expect(() => unpacked(wrong)).toThrow("lz4 data has a checksum that is wrong");
    }
    if ((flags & 8) !== 0) {
      const wrong = frameOf(flags, Uint8Array.from([...content, 1]), [block]);
      expect(() => unpacked(wrong)).toThrow("lz4 data of 24 bytes stands where 25 are expected");
    }
  });

  test("blocks may be as they were, and may depend on those before them where the frame says so", () => {
    const plain = [1, ...text("hello ")];
    const linked = [0, 0x09, 6, 0, 0x50, ...text("ello!")];
    expect(unpacked(frameOf(0x40, content, [plain, linked]))).toEqual(content);
    expect(() => unpacked(frameOf(0x60, content, [plain, linked]))).toThrow(
      "refers to bytes before its start",
    );
  });

  test("a header's checksum is checked, unless it is known to be wrong", () => {
    const frame = packed(content);
    frame[6]! ^= 255;
    expect(() => unpacked(frame)).toThrow("lz4 data has a frame header whose checksum is wrong");
    expect(unpacked(frame, { ignoresHeaderChecksum: true })).toEqual(content);
  });

  test("what cannot be read is named", () => {
    const frame = packed(content);
    const changed = (at: number, byte: number) => {
      const bytes = frame.slice();
      bytes[at] = byte;
      return () => unpacked(bytes, { ignoresHeaderChecksum: true });
    };
    expect(changed(0, 5)).toThrow("does not begin as a frame");
    expect(changed(4, 0xa0)).toThrow("has an unknown kind of frame");
    expect(changed(5, 0x30)).toThrow("has an unknown kind of frame");
    expect(changed(4, 0x61)).toThrow("needs a dictionary");
    for (let length = 0; length < frame.length; length++) {
      const cut = frame.subarray(0, length);
      expect(() => decompressLz4Frame(cut, 0, length, new Uint8Array(99), 0)).toThrow("ends too early");
    }
    expect(() => unpacked(Uint8Array.from([...frame, 1, 2, 3, 4, 5, 6, 7]))).toThrow(
      "does not begin as a frame",
    );
  });

  test("no room is told by -1, and a block of more than its frame allows is damage", () => {
    const frame = packed(content);
    expect(decompressLz4Frame(frame, 0, frame.length, new Uint8Array(content.length - 1), 0)).toBe(-1);
    const large = [0, 0x1f, 7, 1, 0, ...Array<number>(260).fill(255), 0, 0x50, 1, 2, 3, 4, 5];
    const bytes = frameOf(0x60, content, [large]);
    expect(lz4FramePlainMax(bytes, 0, bytes.length)).toBe(65_536);
    expect(() => unpacked(bytes)).toThrow("lz4 data has a block that is larger than its frame allows");
  });
});

describe("framed snappy", () => {
  const unpacked = (bytes: Uint8Array): Uint8Array => {
    const size = framedSnappyPlainLength(bytes, 0, bytes.length);
    const target = new Uint8Array(size + 2);
    decompressFramedSnappy(bytes, 0, bytes.length, target, 2, size);
    return target.slice(2);
  };
  const packed = (plain: Uint8Array): Uint8Array => {
    const target = new Uint8Array(framedSnappyPackedMax(plain.length) + 1);
    return target.slice(1, compressFramedSnappy(plain, 0, plain.length, target, 1));
  };
  const head = [0x82, ...text("SNAPPY"), 0, 0, 0, 0, 1, 0, 0, 0, 1];
  const hello = [5, 16, ...text("hello")];

  test.each(SIZES)("%i bytes come back", (size) => {
    const random = randomNumbers(SEED);
    for (const plain of [repetitiveBytes(random, size), noise(size), new Uint8Array(size)])
      expect(Buffer.compare(unpacked(packed(plain)), plain)).toBe(0);
  });

  test("is head and blocks, and may stand more than once", () => {
    expect([...packed(text("hello"))]).toEqual([...head, ...bigEndian(7), ...hello]);
    const twice = [...head, ...bigEndian(7), ...hello, ...bigEndian(7), ...hello];
    expect(Buffer.from(unpacked(Uint8Array.from(twice))).toString()).toBe("hellohello");
    expect(Buffer.from(unpacked(Uint8Array.from([...twice, ...twice]))).toString()).toBe("hello".repeat(4));
  });

  test("may be a raw block without a frame", () => {
    const plain = repetitiveBytes(randomNumbers(SEED), 70_000);
    const target = new Uint8Array(snappyPackedMax(plain.length));
    const raw = target.subarray(0, compressSnappy(plain, 0, plain.length, target, 0));
    expect(Buffer.compare(unpacked(raw), plain)).toBe(0);
    // a raw block whose length begins as the frame's magic does: 82 and then 53 is 10626
    const alike = new Uint8Array(10_626).fill(1);
    const block = target.subarray(0, compressSnappy(alike, 0, alike.length, target, 0));
    expect([...block.subarray(0, 2)]).toEqual([0x82, 0x53]);
    expect(Buffer.compare(unpacked(block), alike)).toBe(0);
  });

  test("what is damaged is named", () => {
    const frame = [...head, ...bigEndian(7), ...hello];
    for (let length = 8; length < frame.length; length++) {
      if (length === head.length) continue;
      expect(() => unpacked(Uint8Array.from(frame.slice(0, length)))).toThrow("snappy data ends too early");
    }
    expect(() => unpacked(Uint8Array.from([...head, ...bigEndian(-7), ...hello]))).toThrow("negative length");
    const bytes = Uint8Array.from(frame);
    expect(() => decompressFramedSnappy(bytes, 0, bytes.length, new Uint8Array(4), 0, 4)).toThrow(
      "is longer than",
    );
    expect(() => decompressFramedSnappy(bytes, 0, bytes.length, new Uint8Array(9), 0, 9)).toThrow(
      "ends too early",
    );
  });
});
