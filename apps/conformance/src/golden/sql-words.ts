/** A word of a SQL text, or a comma, with the number of parentheses that are open around it. */
export interface SqlWord {
  /** In upper case; a quoted name without its quotes. */
  readonly word: string;
  readonly depth: number;
}

const TOKEN = /--[^\n]*|\/\*[\s\S]*?\*\/|'(?:[^'\\]|\\[\s\S])*'|"(?:[^"\\]|\\[\s\S])*"|`[^`]*`|[(),]|\w+/g;

/**
 * The words of a SQL text; text in quotes and comments are left out. Enough to see whether a statement orders its rows and
 * which tables it names, also where it is not valid SQL.
 */
export function sqlWords(sql: string): SqlWord[] {
  const words: SqlWord[] = [];
  let depth = 0;
  for (const [token] of sql.matchAll(TOKEN)) {
    if (token === "(") depth++;
    else if (token === ")") depth--;
    else if (token.startsWith("`")) words.push({ word: token.slice(1, -1).toUpperCase(), depth });
    else if (/^[\w,]/.test(token)) words.push({ word: token.toUpperCase(), depth });
  }
  return words;
}

/** Whether the rows of a statement have an order of their own: `ORDER BY` outside parentheses. */
export function isOrdered(sql: string): boolean {
  const words = sqlWords(sql).filter(({ depth }) => depth === 0);
  return words.some(({ word }, i) => word === "ORDER" && words[i + 1]?.word === "BY");
}
