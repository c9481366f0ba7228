import type { FaultyFileSystem } from "@ss/testkit";

/** The records of the JSON files that an output's manifest lists, read without the engine. The manifest has no compact entry yet. */
export function listedRecords(disk: FaultyFileSystem, output: string): Record<string, unknown>[] {
  const files = disk.files();
  const text = (path: string): string => new TextDecoder().decode(files.get(path));
  const manifest = [...files.keys()].filter(
    (path) => path.startsWith(`${output}/_spark_metadata/`) && /\/\d+$/.test(path),
  );
  const listed = manifest
    .flatMap((path) => text(path).split("\n").slice(1))
    .map((line) => (JSON.parse(line) as { path: string }).path);
  return listed.flatMap((uri) =>
    text(decodeURIComponent(uri.replace("file://", "")))
      .split("\n")
      .filter((line) => line !== "")
      .map((line) => JSON.parse(line) as Record<string, unknown>),
  );
}
