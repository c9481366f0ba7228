/** A caller's array is to hold what it asks for. */
export function checkRoom(target: Uint8Array, at: number, size: number): void {
  if (at < 0 || size < 0 || size > target.length - at)
    throw new RangeError(`${size} bytes at ${at} do not fit into an array of ${target.length}.`);
}
