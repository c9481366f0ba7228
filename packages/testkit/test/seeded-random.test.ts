import { expect, test } from "vitest";
import { seededRandom } from "../src/index.js";

const draw = (seed: number): number[] => {
  const random = seededRandom(seed);
  return Array.from({ length: 1000 }, () => random.integer(-3, 3));
};

test("the same seed gives the same numbers, another seed others", () => {
  expect(draw(7)).toEqual(draw(7));
  expect(draw(7)).not.toEqual(draw(8));
});

test("reaches every number of its range and no other", () => {
  expect([...new Set(draw(1))].sort((a, b) => a - b)).toEqual([-3, -2, -1, 0, 1, 2, 3]);
});

test("shuffles without losing anything", () => {
  const items = Array.from({ length: 50 }, (_, i) => i);
  const shuffled = seededRandom(3).shuffle(items);
  expect(shuffled).not.toEqual(items);
  expect(shuffled.sort((a, b) => a - b)).toEqual(items);
});

test("a fork does not depend on how far the other goes on", () => {
  const one = seededRandom(5);
  const fork = one.fork();
  const other = seededRandom(5);
  const twin = other.fork();
  other.next();
  expect(fork.next()).toBe(twin.next());
});
