/**
 * The caller's `test`, of vitest, node:test, jest or another runner: a name and a function that returns a promise. Where
 * the runner hands its tests a context with `skip`, or has a `test.skip`, skipped guarantees show their reason.
 */
export type TestFunction = (name: string, run: () => Promise<void>) => unknown;

/** Guarantees that a plug-in does not give: the name of each and why. */
export type Skips = Readonly<Record<string, string>>;

/** A test of one promise. It calls `inapplicable` where what the plug-in declares says that it promises nothing here. */
export type Guarantee<Subject> = (subject: Subject, inapplicable: (reason: string) => never) => Promise<void>;

/** What a suite needs to make and free its subjects. */
export interface SubjectOptions<Subject> {
  /** Makes a new subject, free of what other tests did. */
  readonly create: () => Subject | Promise<Subject>;
  readonly skip?: Skips | undefined;
}

/** Hands each guarantee to the runner, except the skipped ones; a skip that names no guarantee is a mistake. */
export function registerGuarantees<Subject extends { close?(): Promise<void> }>(
  test: TestFunction,
  guarantees: Readonly<Record<string, Guarantee<Subject>>>,
  { create, skip = {} }: SubjectOptions<Subject>,
): void {
  const unknown = Object.keys(skip).filter((name) => !Object.hasOwn(guarantees, name));
  if (unknown.length > 0)
    throw new Error(`no guarantee is called '${unknown.join("', '")}', so it cannot be skipped`);
  for (const [name, guarantee] of Object.entries(guarantees)) {
    const reason = Object.hasOwn(skip, name) ? skip[name] : undefined;
    if (reason === undefined) test(name, runnerOf(guarantee, create));
    else skipInRunner(test, name, reason);
  }
}

class Inapplicable extends Error {}

function inapplicable(reason: string): never {
  throw new Inapplicable(reason);
}

function runnerOf<Subject extends { close?(): Promise<void> }>(
  guarantee: Guarantee<Subject>,
  create: () => Subject | Promise<Subject>,
): () => Promise<void> {
  // no named parameter: jest takes a function that has one for a test with a callback
  return async (...contexts: unknown[]) => {
    const subject = await create();
    try {
      await guarantee(subject, inapplicable);
    } catch (error) {
      if (!(error instanceof Inapplicable)) throw error;
      (contexts[0] as { skip?: (reason: string) => void } | undefined)?.skip?.(error.message);
    } finally {
      await subject.close?.();
    }
  };
}

function skipInRunner(test: TestFunction, name: string, reason: string): void {
  const { skip } = test as { skip?: (name: string, run: () => Promise<void>) => unknown };
  if (typeof skip === "function") skip.call(test, `${name} (${reason})`, async () => {});
}
