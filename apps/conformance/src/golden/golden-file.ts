/** One statement of a golden file with the answer that Spark gave. */
export interface GoldenStatement {
  /** Position in the file, from 0. */
  readonly index: number;
  readonly sql: string;
  /** The schema line, `struct<>` for commands and errors. */
  readonly schema: string;
  /** The rows or the error, without trailing white space. Empty for commands and for queries without rows. */
  readonly output: string;
}

const MARKER = /^-- !query( schema| output)?$/;

/** The statements of a `.sql.out` file, in order. */
export function parseGoldenFile(text: string): GoldenStatement[] {
  const statements: { sql: string[]; schema: string[]; output: string[] }[] = [];
  let part: string[] | undefined;
  for (const line of text.split("\n")) {
    const marker = MARKER.exec(line);
    const last = statements.at(-1);
    if (!marker) part?.push(line);
    else if (marker[1] === undefined) {
      const next = { sql: [], schema: [], output: [] };
      statements.push(next);
      part = next.sql;
    } else part = marker[1] === " schema" ? last?.schema : last?.output;
  }
  return statements.map(({ sql, schema, output }, index) => ({
    index,
    sql: sql.join("\n").trim(),
    schema: schema.join("\n").trim(),
    output: output.join("\n").trimEnd(),
  }));
}
