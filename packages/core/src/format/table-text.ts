/** How {@link renderTable} lays a table out. */
export interface TableTextOptions {
  /** Longer cells are cut to so many characters, and cells stand to the right; 0 (the default) leaves all as it is. */
  readonly truncate?: number;
  /** Rows to show; a line below the table tells that there are more. Default all. */
  readonly numRows?: number;
  /** One line per cell instead of one per row. */
  readonly vertical?: boolean;
}

const WIDTH_MIN = 3;

/**
 * A table as `show` prints it, with a line feed at its end. Cells are given as text; control characters in them and in
 * column names are shown as escapes. To learn whether there are more rows than `numRows`, pass one more.
 */
export function renderTable(
  columns: readonly string[],
  rows: readonly (readonly string[])[],
  options: TableTextOptions = {},
): string {
  const { truncate = 0, vertical = false } = options;
  const numRows = Math.max(0, options.numRows ?? rows.length);
  const header = columns.map(escapeControls);
  const cells = rows.slice(0, numRows).map((row) => row.map((cell) => cut(escapeControls(cell), truncate)));
  const body = vertical ? records(header, cells) : grid(header, cells, truncate > 0);
  if (vertical && cells.length === 0) return `${body}(0 rows)\n`;
  if (rows.length <= numRows) return body;
  return `${body}only showing top ${numRows} ${numRows === 1 ? "row" : "rows"}\n`;
}

function grid(header: readonly string[], cells: readonly (readonly string[])[], alignRight: boolean): string {
  const widths = header.map((name, k) => Math.max(displayWidth(name), widest(cells.map((row) => row[k]!))));
  const rule = `+${widths.map((width) => "-".repeat(width)).join("+")}+\n`;
  const line = (row: readonly string[]): string =>
    `|${row.map((cell, k) => pad(cell, widths[k]!, alignRight)).join("|")}|\n`;
  return rule + line(header) + rule + cells.map(line).join("") + rule;
}

function records(header: readonly string[], cells: readonly (readonly string[])[]): string {
  const nameWidth = widest(header);
  const cellWidth = widest(cells.flat());
  const line = (name: string, cell: string): string =>
    ` ${pad(name, nameWidth)} | ${pad(cell, cellWidth)} \n`;
  return cells
    .map((row, i) => {
      // five more: the blanks and the bar of a line
      const title = `-RECORD ${i}`.padEnd(nameWidth + cellWidth + 5, "-");
      return `${title}\n${header.map((name, k) => line(name, row[k]!)).join("")}`;
    })
    .join("");
}

function widest(texts: readonly string[]): number {
  return texts.reduce((width, text) => Math.max(width, displayWidth(text)), WIDTH_MIN);
}

function pad(text: string, width: number, alignRight = false): string {
  const blanks = " ".repeat(width - displayWidth(text));
  return alignRight ? blanks + text : text + blanks;
}

function cut(text: string, length: number): string {
  if (length <= 0 || text.length <= length) return text;
  return length < 4 ? text.slice(0, length) : `${text.slice(0, length - 3)}...`;
}

/** Scripts whose characters take the room of two, as Spark counts them. */
const WIDE =
  /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe10-\ufe19\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]/g;

function displayWidth(text: string): number {
  return text.length + (text.match(WIDE)?.length ?? 0);
}

const ESCAPES: Readonly<Record<string, string>> = {
  "\n": "\\n",
  "\r": "\\r",
  "\t": "\\t",
  "\f": "\\f",
  "\b": "\\b",
  "\u000b": "\\v",
  "\u0007": "\\a",
};

function escapeControls(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  return text.replace(/[\u0007-\r]/g, (character) => ESCAPES[character]!);
}
