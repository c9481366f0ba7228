const INFIX: Readonly<Record<string, string>> = {
  "+": "+",
  "-": "-",
  "*": "*",
  "/": "/",
  "%": "%",
  div: "div",
  "&": "&",
  "|": "|",
  "^": "^",
  "<<": "<<",
  ">>": ">>",
  ">>>": ">>>",
  "=": "=",
  "==": "=",
  "<=>": "<=>",
  "<": "<",
  "<=": "<=",
  ">": ">",
  ">=": ">=",
  and: "AND",
  or: "OR",
};

/**
 * How a call reads, from the texts of its arguments: operators as operators, CASE as CASE, everything else as
 * `name(arguments)`. `fields` tells that `getItem` takes a field of a struct.
 */
export function callText(name: string, args: readonly string[], fields: boolean): string {
  const key = name.toLowerCase();
  const infix = Object.hasOwn(INFIX, key) ? INFIX[key] : undefined;
  if (infix !== undefined && args.length === 2) return `(${args[0]} ${infix} ${args[1]})`;
  switch (key) {
    case "!=":
    case "<>":
      return `(NOT (${args[0]} = ${args[1]}))`;
    case "not":
    case "!":
      return `(NOT ${args[0]})`;
    case "negative":
      return `(- ${args[0]})`;
    case "positive":
      return `(+ ${args[0]})`;
    case "~":
      return `~${args[0]}`;
    case "||":
      return `concat(${args.join(", ")})`;
    case "isnull":
      return `(${args[0]} IS NULL)`;
    case "isnotnull":
      return `(${args[0]} IS NOT NULL)`;
    case "in":
      return `(${args[0]} IN (${args.slice(1).join(", ")}))`;
    case "like":
      return args.length > 2
        ? `${args[0]} LIKE ${args[1]} ESCAPE '${args[2]}'`
        : `${args[0]} LIKE ${args[1]}`;
    case "rlike":
    case "regexp":
    case "regexp_like":
      return `RLIKE(${args.join(", ")})`;
    case "if":
      return `(IF(${args.join(", ")}))`;
    case "when":
      return caseText(args);
    case "getitem":
      return fields ? `${args[0]}.${args[1]}` : `${args[0]}[${args[1]}]`;
    default:
      return `${name}(${args.join(", ")})`;
  }
}

function caseText(args: readonly string[]): string {
  let result = "CASE";
  for (let i = 0; i + 1 < args.length; i += 2) result += ` WHEN ${args[i]} THEN ${args[i + 1]}`;
  if (args.length % 2 === 1) result += ` ELSE ${args[args.length - 1]}`;
  return `${result} END`;
}
