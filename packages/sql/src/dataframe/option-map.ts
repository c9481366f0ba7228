/** Options of a reader or writer as a program sets them: later settings of a name, in whatever case, replace earlier ones. */
export function withOption(
  options: Readonly<Record<string, string>>,
  name: string,
  value: unknown,
): Readonly<Record<string, string>> {
  const others = Object.entries(options).filter(([key]) => key.toLowerCase() !== name.toLowerCase());
  return Object.fromEntries([...others, [name, String(value)]]);
}

/** Several options at once. */
export function withOptions(
  options: Readonly<Record<string, string>>,
  more: Readonly<Record<string, unknown>>,
): Readonly<Record<string, string>> {
  return Object.entries(more).reduce((all, [name, value]) => withOption(all, name, value), options);
}
