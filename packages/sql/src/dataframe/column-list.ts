/** Columns one after the other, or as one list. */
export type OneOrMore<C> = readonly C[] | readonly [readonly C[]];

/** The columns of either form. */
export function listOf<C>(columns: OneOrMore<C>): readonly C[] {
  return columns.flat(1) as C[];
}
