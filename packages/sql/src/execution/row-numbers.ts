let numbers = new Int32Array(0);

/** 0, 1, 2, ...: at least so many. All callers share them and change none. */
export function rowNumbers(count: number): Int32Array {
  if (numbers.length >= count) return numbers;
  numbers = new Int32Array(count * 2);
  for (let i = 0; i < numbers.length; i++) numbers[i] = i;
  return numbers;
}
