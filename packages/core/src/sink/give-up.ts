/** A write or a writer, as far as giving it up goes. */
interface Abortable {
  abort(error: unknown): Promise<void>;
}

/**
 * Gives up all of these after an error. None is to throw then; one that does is told about by `warn`, and stands neither in the way of the others nor
 * in the place of the error.
 */
export async function giveUp(
  open: Iterable<Abortable | undefined>,
  error: unknown,
  warn: (message: string) => void,
): Promise<void> {
  for (const one of open) {
    try {
      await one?.abort(error);
    } catch (failure) {
      warn(`A sink could not give up what it had written of a batch that failed: ${String(failure)}`);
    }
  }
}
