import type { AggregateCall, Attribute, Expression } from "../expression/expression.js";
import type { LogicalPlan } from "../logical/plan.js";

/** Columns that names may mean. */
export interface Scope {
  readonly columns: readonly Attribute[];
  /** Columns that only a qualified name reaches: the other side of a USING join. */
  readonly hidden: readonly Attribute[];
  /** The plan that gives them out, if it is one: its order is that of a table's own columns. */
  readonly plan?: LogicalPlan | undefined;
  /** Columns below a select list, tried after its own. */
  readonly below?: Scope | undefined;
}

/** A scope without columns. */
export const EMPTY_SCOPE: Scope = { columns: [], hidden: [] };

/**
 * An analyzed plan with the columns that names above it may mean. The plan may give out more columns than these, and its own
 * attributes may lack the qualifiers that these have: ids tell which is which.
 */
export interface Resolved extends Scope {
  readonly plan: LogicalPlan;
  /** How to get at what lies below a select list, for ORDER BY and HAVING. */
  readonly extension?: Extension | undefined;
}

/** Brings values up through a select list that does not have them. */
export interface Extension {
  /** The columns below. */
  readonly below: Scope;
  /** The grouping columns, where there are groups. */
  readonly keys?: readonly Attribute[];
  /** Whether aggregate functions over the groups may be asked for. */
  readonly aggregate: boolean;
  /**
   * Expressions over the columns above and below (and aggregates), rewritten to read columns of the plan that is returned; it
   * gives out more columns, but its visible ones are the same.
   */
  bringUp(expressions: readonly Expression[]): {
    readonly resolved: Resolved;
    readonly expressions: readonly Expression[];
  };
}

/** The scope around a subquery. */
export interface OuterScope {
  readonly scope: Scope;
  /** The attributes that the subquery turned out to use; grows while it is analyzed. */
  readonly used: Map<number, Attribute>;
  /**
   * Present where the subquery stands above groups: aggregate functions of outer columns alone, which are computed over those
   * groups, by the id of the attribute that stands for them.
   */
  readonly aggregates?: Map<number, AggregateCall> | undefined;
}

const namesOfColumns = new WeakMap<readonly Attribute[], Map<string, Attribute[]>>();
const exactNamesOfColumns = new WeakMap<readonly Attribute[], Map<string, Attribute[]>>();

/** The columns of a name. */
export function columnsNamed(
  columns: readonly Attribute[],
  name: string,
  caseSensitive: boolean,
): readonly Attribute[] {
  const cache = caseSensitive ? exactNamesOfColumns : namesOfColumns;
  let names = cache.get(columns);
  if (!names) {
    names = new Map();
    for (const column of columns) {
      const key = caseSensitive ? column.name : column.name.toLowerCase();
      const list = names.get(key);
      if (list) list.push(column);
      else names.set(key, [column]);
    }
    cache.set(columns, names);
  }
  return names.get(caseSensitive ? name : name.toLowerCase()) ?? NONE;
}

const NONE: readonly Attribute[] = [];

/** What a path of names means among some columns: the columns, and how many parts of the path they take. */
export interface Match {
  readonly columns: readonly Attribute[];
  readonly partCount: number;
}

/**
 * Looks a path up: first as `qualifier.column` with as long a qualifier as there is, then as a column; the rest of the path
 * names fields. Several columns mean that the path is ambiguous.
 */
export function matchColumns(
  scope: Scope,
  parts: readonly string[],
  caseSensitive: boolean,
): Match | undefined {
  for (let depth = Math.min(3, parts.length - 1); depth > 0; depth--) {
    const named = [
      ...columnsNamed(scope.columns, parts[depth]!, caseSensitive),
      ...columnsNamed(scope.hidden, parts[depth]!, caseSensitive),
    ];
    const columns = named.filter((column) => hasQualifier(column, parts, depth, caseSensitive));
    if (columns.length > 0) return { columns: distinct(columns), partCount: depth + 1 };
  }
  const columns = columnsNamed(scope.columns, parts[0]!, caseSensitive);
  return columns.length > 0 ? { columns: distinct(columns), partCount: 1 } : undefined;
}

function hasQualifier(
  column: Attribute,
  parts: readonly string[],
  depth: number,
  caseSensitive: boolean,
): boolean {
  const { qualifier } = column;
  if (qualifier.length < depth) return false;
  for (let i = 0; i < depth; i++) {
    if (!sameName(qualifier[qualifier.length - depth + i]!, parts[i]!, caseSensitive)) return false;
  }
  return true;
}

function distinct(columns: readonly Attribute[]): readonly Attribute[] {
  if (columns.length < 2) return columns;
  const ids = new Set<number>();
  return columns.filter((column) => !ids.has(column.id) && ids.add(column.id));
}

/** Whether two names mean the same. */
export function sameName(a: string, b: string, caseSensitive: boolean): boolean {
  return a === b || (!caseSensitive && a.toLowerCase() === b.toLowerCase());
}

/** The columns with a qualifier of their own. */
export function qualified(columns: readonly Attribute[], qualifier: readonly string[]): readonly Attribute[] {
  return columns.map((column) => ({ ...column, qualifier }));
}
