const NOT_COMPARED = "[not included in comparison]";

/** Makes the ids of expressions equal in any two runs: `#123` becomes `#x`. */
export function withoutIds(text: string): string {
  return text.replace(/#\d+/g, "#x");
}

/** Whether a text is the expected one; where that says `[not included in comparison]`, anything is right. */
export function matchesText(expected: string, actual: string): boolean {
  const [wanted, got] = [withoutIds(expected), withoutIds(actual)];
  if (wanted === got) return true;
  if (!wanted.includes(NOT_COMPARED)) return false;
  const pattern = wanted
    .split(NOT_COMPARED)
    .map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"))
    .join(".*");
  return new RegExp(`^${pattern}$`, "s").test(got);
}
