const P1 = 0x9e3779b185ebca87n;
const P2 = 0xc2b2ae3d27d4eb4fn;
const P3 = 0x165667b19e3779f9n;
const P4 = 0x85ebca77c2b2ae63n;
const P5 = 0x27d4eb2f165667c5n;

function u64(value: bigint): bigint {
  return BigInt.asUintN(64, value);
}

function rotate(value: bigint, bits: bigint): bigint {
  return u64((value << bits) | (value >> (64n - bits)));
}

function avalanche(hash: bigint): bigint {
  let h = u64((hash ^ (hash >> 33n)) * P2);
  h = u64((h ^ (h >> 29n)) * P3);
  return BigInt.asIntN(64, h ^ (h >> 32n));
}

function round(accumulator: bigint, input: bigint): bigint {
  return u64(rotate(u64(accumulator + input * P2), 31n) * P1);
}

function mixLong(hash: bigint, value: bigint): bigint {
  return u64(rotate(hash ^ round(0n, value), 27n) * P1 + P4);
}

function mixInt(hash: bigint, value: bigint): bigint {
  return u64(rotate(hash ^ u64(value * P1), 23n) * P2 + P3);
}

function hashInt(value: number, seed: bigint): bigint {
  return avalanche(mixInt(u64(seed + P5 + 4n), BigInt(value >>> 0)));
}

function hashLong(value: bigint, seed: bigint): bigint {
  return avalanche(mixLong(u64(seed + P5 + 8n), u64(value)));
}

function hashBytes(bytes: Uint8Array, seed: bigint): bigint {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const { length } = bytes;
  let at = 0;
  let hash: bigint;
  if (length >= 32) {
    const lanes = [u64(seed + P1 + P2), u64(seed + P2), u64(seed), u64(seed - P1)];
    for (; at + 32 <= length; at += 32) {
      for (let lane = 0; lane < 4; lane++)
        lanes[lane] = round(lanes[lane]!, view.getBigUint64(at + 8 * lane, true));
    }
    hash = u64(
      rotate(lanes[0]!, 1n) + rotate(lanes[1]!, 7n) + rotate(lanes[2]!, 12n) + rotate(lanes[3]!, 18n),
    );
    for (const lane of lanes) hash = u64((hash ^ round(0n, lane)) * P1 + P4);
  } else hash = u64(seed + P5);
  hash = u64(hash + BigInt(length));
  for (; at + 8 <= length; at += 8) hash = mixLong(hash, view.getBigUint64(at, true));
  if (at + 4 <= length) {
    hash = mixInt(hash, BigInt(view.getUint32(at, true)));
    at += 4;
  }
  for (; at < length; at++) hash = u64(rotate(hash ^ u64(BigInt(bytes[at]!) * P5), 11n) * P1);
  return avalanche(hash);
}

/** XXH64 with a bigint for every step, to compare with. */
export const xxhash64: {
  readonly int: typeof hashInt;
  readonly long: typeof hashLong;
  readonly bytes: typeof hashBytes;
} = { int: hashInt, long: hashLong, bytes: hashBytes };
