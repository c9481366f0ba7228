/**
 * Thrown out of an analysis, which is synchronous, where a function has to read something first. Whoever asked for the analysis waits for the
 * answer, puts it into the environment and analyzes again. No error: nobody else catches it.
 */
export class PendingAnswer {
  readonly key: string;
  readonly answer: Promise<unknown>;

  constructor(key: string, answer: Promise<unknown>) {
    this.key = key;
    this.answer = answer;
  }
}
