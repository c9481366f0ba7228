/** Where the story is told: `process.stdout` is one. */
export interface Output {
  write(text: string): unknown;
  readonly isTTY?: boolean;
}

/** Headings, sentences and lines of figures for a person at a terminal; colours only where there is one. */
export class Story {
  private readonly output: Output;
  private readonly colours: boolean;
  private chapter = 0;
  /** Whether the last line was empty; two of them never follow each other. */
  private atGap = false;

  constructor(output: Output) {
    this.output = output;
    this.colours = output.isTTY === true && process.env["NO_COLOR"] === undefined;
  }

  /** A numbered heading. */
  heading(text: string): void {
    this.chapter++;
    this.write(`\n${this.styled("1;36", `${this.chapter}. ${text}`)}\n\n`);
  }

  say(text: string): void {
    this.write(`${text}\n`);
  }

  /** A line that stands back. */
  aside(text: string): void {
    this.write(`${this.styled("2", text)}\n`);
  }

  good(text: string): void {
    this.write(`${this.styled("32", text)}\n`);
  }

  bad(text: string): void {
    this.write(`${this.styled("1;31", text)}\n`);
  }

  /** A block as it is, such as a table, moved in by two. */
  block(text: string): void {
    this.write(`${text.trimEnd().replaceAll(/^/gm, "  ")}\n`);
  }

  private write(text: string): void {
    this.output.write(this.atGap ? text.replace(/^\n/, "") : text);
    this.atGap = text.endsWith("\n\n");
  }

  private styled(code: string, text: string): string {
    return this.colours ? `\u001b[${code}m${text}\u001b[0m` : text;
  }
}

/** A whole number for a person: `1,234,567`. */
export const count = (number: number): string => Math.round(number).toLocaleString("en-US");

/** A time for a person: `640 ms`, `2.31 s`. */
export const duration = (ms: number): string =>
  ms < 1000 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(2)} s`;

/** A noun with its number: `1 batch`, `3 batches`. */
export const counted = (number: number, one: string, many: string): string =>
  `${count(number)} ${number === 1 ? one : many}`;
