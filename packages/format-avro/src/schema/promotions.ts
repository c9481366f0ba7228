/** The types that a written type may be read as. */
const PROMOTIONS: Readonly<Record<string, readonly string[]>> = {
  int: ["int", "long", "float", "double"],
  long: ["long", "float", "double"],
  float: ["float", "double"],
  double: ["double"],
  string: ["string", "bytes"],
  bytes: ["bytes", "string"],
  boolean: ["boolean"],
  null: ["null"],
};

/** Whether values of one type may be read as another. */
export function isPromoted(from: string, to: string): boolean {
  return Object.hasOwn(PROMOTIONS, from) && PROMOTIONS[from]!.includes(to);
}
