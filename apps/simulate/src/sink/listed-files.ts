import type { FaultyFileSystem } from "@ss/testkit";

/** The records of the JSON files that the manifest of a folder makes visible, read without any of the engine. */
export function listedRecords(disk: FaultyFileSystem, folder: string): Record<string, unknown>[] {
  const files = disk.files();
  const text = (path: string): string => new TextDecoder().decode(files.get(path));
  const manifest = [...files.keys()].filter((path) => path.startsWith(`${folder}/_spark_metadata/`));
  return listedFiles(manifest, text).flatMap((uri) =>
    text(uri.replace("sim:/", ""))
      .split("\n")
      .filter((record) => record !== "")
      .map((record) => JSON.parse(record) as Record<string, unknown>),
  );
}

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
