import type { Code } from "../../expression/code.js";

/** A list whose elements are made when they are first looked at. */
export function onDemand(emitters: readonly (() => Code)[]): readonly Code[] {
  const codes: Code[] = [];
  emitters.forEach((emit, k) => {
    let known: Code | undefined;
    Object.defineProperty(codes, k, {
      enumerable: true,
      get: () => {
        known ??= emit();
        return known;
      },
    });
  });
  return codes;
}
