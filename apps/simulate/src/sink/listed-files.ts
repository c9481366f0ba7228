/** The files that a manifest makes visible, from the paths of its entries: what the newest compact entry and those after it list. */
export function listedFiles(manifest: readonly string[], text: (path: string) => string): string[] {
  const entries = manifest.flatMap((path) => {
    const match = /\/(\d+)(\.compact)?$/.exec(path);
    return match ? [{ path, batch: Number(match[1]), compact: match[2] !== undefined }] : [];
  });
  const start = Math.max(-1, ...entries.filter(({ compact }) => compact).map(({ batch }) => batch));
  return entries
    .filter(({ batch, compact }) => batch > start || (batch === start && compact))
    .flatMap(({ path }) => text(path).split("\n").slice(1))
    .map((line) => decodeURIComponent((JSON.parse(line) as { path: string }).path));
}
