/** Runs each of these in turn, also where one before it fails, and then throws the first failure. */
export async function closeAll(closings: Iterable<() => unknown>): Promise<void> {
  const failures: unknown[] = [];
  for (const close of closings) {
    try {
      await close();
    } catch (error) {
      failures.push(error);
    }
  }
  if (failures.length > 0) throw failures[0];
}
