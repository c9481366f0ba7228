const SURROGATES = /[\ud800-\udfff]/;

/** Whether every character of a text is one UTF-16 unit. */
export function isSimpleText(text: string): boolean {
  return !SURROGATES.test(text);
}

/** The characters of a text, by code point. */
export function codePoints(text: string): string[] {
  return isSimpleText(text) ? text.split("") : Array.from(text);
}

/** The number of characters. */
export function pointCount(text: string): number {
  return isSimpleText(text) ? text.length : codePoints(text).length;
}

/** Characters `from .. to)`, where both may lie outside of the text. */
export function slicePoints(text: string, from: number, to: number): string {
  const start = Math.max(from, 0);
  if (isSimpleText(text)) return text.slice(start, Math.max(to, start));
  return codePoints(text).slice(start, Math.max(to, start)).join("");
}
