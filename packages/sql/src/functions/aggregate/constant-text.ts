import type { Expression } from "../../expression/expression.js";
import { prettyName } from "../../expression/expression-text.js";

/**
 * Arguments that are constants are worked into the state of a call, so that no column is made of them. This is how they
 * still show in its name.
 */
export interface ConstantText {
  readonly shown?: readonly string[];
}

/** The texts of constant arguments. */
export function shownConstants(args: readonly Expression[]): readonly string[] {
  return args.map(prettyName);
}

/** `pretty` of a function whose state is a {@link ConstantText}. */
export function withConstants(args: readonly string[], name: string, state?: unknown): string {
  const shown = (state as ConstantText | undefined)?.shown ?? [];
  return `${name}(${[...args, ...shown].join(", ")})`;
}
