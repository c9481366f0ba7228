/** A seeded generator of 32-bit numbers (xorshift128, as Marsaglia gave it); the first twenty are thrown away. */
export function xorshift(seed: number): () => number {
  let x = seed >>> 0 || 1;
  let y = 362436069;
  let z = 521288629;
  let w = 88675123;
  const next = (): number => {
    const t = x ^ (x << 11);
    x = y;
    y = z;
    z = w;
    w = (w ^ (w >>> 19) ^ t ^ (t >>> 8)) >>> 0;
    return w;
  };
  for (let i = 0; i < 20; i++) next();
  return next;
}

function hex(n: number): string {
  return (n >>> 0).toString(16).padStart(8, "0");
}

/** A text in the form of a UUID from four numbers of a generator. */
export function uuid(next: () => number): string {
  const [a, b, c, d] = [hex(next()), hex(next()), hex(next()), hex(next())];
  return `${a}-${b.slice(0, 4)}-4${b.slice(5)}-a${c.slice(1, 4)}-${c.slice(4)}${d}`;
}

/** Several of them. */
export function uuids(next: () => number, count: number): string[] {
  return Array.from({ length: count }, () => uuid(next));
}
