import { seededRandom } from "@ss/testkit";
import { expect, test } from "vitest";
import { mergeSessions } from "../../src/execution/session/merge-sessions.js";

interface Stretch {
  readonly key: number;
  readonly start: bigint;
  readonly end: bigint;
}

function merged(stretches: readonly Stretch[], keyCount: number): (Stretch & { members: number[] })[] {
  const { count, order, firsts, ends } = mergeSessions({
    keyOf: Int32Array.from(stretches, ({ key }) => key),
    keyCount,
    starts: BigInt64Array.from(stretches, ({ start }) => start),
    ends: BigInt64Array.from(stretches, ({ end }) => end),
  });
  return Array.from({ length: count }, (_, k) => {
    const members = [...order.subarray(firsts[k]!, firsts[k + 1]!)];
    const { key, start } = stretches[members[0]!]!;
    return { key, start, end: ends[k]!, members };
  });
}

/** Joins any two that touch until none do. */
function byHand(stretches: readonly Stretch[]): (Stretch & { members: number[] })[] {
  let sessions = stretches.map((one, k) => ({ ...one, members: [k] }));
  for (;;) {
    const touching = (a: Stretch): ((b: Stretch) => boolean) => {
      return (b) => a !== b && a.key === b.key && a.start <= b.end && b.start <= a.end;
    };
    const a = sessions.find((one) => sessions.some(touching(one)));
    if (a === undefined) break;
    const b = sessions.find(touching(a))!;
    const members = [...a.members, ...b.members];
    const start = a.start < b.start ? a.start : b.start;
    const end = a.end > b.end ? a.end : b.end;
    sessions = [...sessions.filter((one) => one !== a && one !== b), { key: a.key, start, end, members }];
  }
  const place = (k: number): Stretch => stretches[k]!;
  for (const { members } of sessions) {
    members.sort((p, q) => Number(place(p).start - place(q).start) || p - q);
  }
  return sessions.sort((a, b) => a.key - b.key || (a.start < b.start ? -1 : 1));
}

test.each([1, 2, 3, 4, 5, 6])(
  "stretches that touch become one, in order of their starts (seed %i)",
  (seed) => {
    const random = seededRandom(seed);
    for (const [entries, keyCount] of [
      [0, 0],
      [1, 1],
      [40, 5],
      [60, 1],
    ] as const) {
      const stretches = Array.from({ length: entries }, () => {
        // before 1970, and beyond what doubles hold
        const from = random.pick([-500n, 0n, 2n ** 31n - 20n, 2n ** 60n]);
        const start = from + BigInt(random.integer(0, 60));
        return { key: random.integer(0, keyCount - 1), start, end: start + BigInt(random.integer(1, 6)) };
      });
      expect(merged(stretches, keyCount)).toEqual(byHand(stretches));
    }
  },
);

test("starts that come in order, and many that do not", () => {
  const stretch = (start: number): Stretch => ({ key: 0, start: BigInt(start), end: BigInt(start + 3) });
  const starts = Array.from({ length: 100 }, (_, k) => 10 * k);
  for (const given of [starts, [...starts].reverse()]) {
    expect(merged(given.map(stretch), 1).map(({ start }) => Number(start))).toEqual(starts);
  }
});
