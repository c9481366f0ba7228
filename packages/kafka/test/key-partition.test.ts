import { expect, test } from "vitest";
import { keyPartition, murmur2 } from "../src/records/key-partition.js";

// what Java's org.apache.kafka.common.utils.Utils.murmur2 gives
test.each([
  ["21", -973932308],
  ["foobar", -790332482],
  ["a-little-bit-long-string", -985981536],
  ["a-little-bit-longer-string", -1486304829],
  ["lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8", -58897971],
  ["abc", 479470107],
])("the hash of %s is the one of Java's clients", (text, hash) => {
  const bytes = Buffer.from(`..${text}.`);
  expect(murmur2(bytes, 2, text.length)).toBe(hash);
});

test("a key's partition is the hash without its sign, divided by the number of partitions", () => {
  const key = Buffer.from("foobar");
  expect(keyPartition(key, 0, key.length, 10)).toBe((-790332482 & 0x7fffffff) % 10);
});
