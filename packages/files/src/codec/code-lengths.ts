/**
 * The lengths of the best prefix codes for symbols of these frequencies, none longer than `max` bits. Where the best ones would be
 * longer, the frequencies are brought closer together until they are not.
 */
export function codeLengths(frequencies: Int32Array, max: number): Uint8Array {
  const weights = Float64Array.from(frequencies, (frequency) => Math.max(1, frequency));
  for (;;) {
    const lengths = huffmanLengths(weights);
    if (lengths.every((length) => length <= max)) return lengths;
    for (let i = 0; i < weights.length; i++) weights[i] = 1 + Math.floor(weights[i]! / 2);
  }
}

/** Joins the two lightest trees until one is left; sums come in ascending order, so that two queues will do. */
function huffmanLengths(weights: Float64Array): Uint8Array {
  const n = weights.length;
  const leaves = Array.from(weights, (_, i) => i).sort((a, b) => weights[a]! - weights[b]! || a - b);
  const sums = new Float64Array(n);
  const parents = new Int32Array(2 * n);
  let leaf = 0;
  let joined = 0;
  let made = 0;
  const lightest = (): number => {
    const takesLeaf = joined >= made || (leaf < n && weights[leaves[leaf]!]! <= sums[joined]!);
    return takesLeaf ? leaves[leaf++]! : n + joined++;
  };
  const weightOf = (node: number): number => (node < n ? weights[node]! : sums[node - n]!);
  while (made < n - 1) {
    const a = lightest();
    const b = lightest();
    sums[made] = weightOf(a) + weightOf(b);
    parents[a] = n + made;
    parents[b] = n + made;
    made++;
  }
  const depths = new Uint8Array(2 * n);
  // parents are made after their children; the last one is the root
  for (let node = n + made - 2; node >= n; node--) depths[node] = depths[parents[node]!]! + 1;
  return Uint8Array.from({ length: n }, (_, i) => depths[parents[i]!]! + 1);
}
