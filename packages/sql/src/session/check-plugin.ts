import { checkOutputModes, type Plugin, StreamError } from "@ss/core";

const LISTS = ["sources", "sinks", "formats", "fileSystems", "stateStores", "functions"] as const;

/** Refuses what a program passes to `use(...)` where a plug-in is due: SS_NOT_A_PLUGIN; SS_CONNECTOR_CONTRACT for the output modes of its sinks. */
export function checkPlugin(plugin: Plugin): void {
  const given: unknown = plugin;
  if (typeof given === "function")
    throw notPlugin(
      `the function '${given.name}'`,
      `Plug-ins are values that functions make: call it, use(${given.name || "plugin"}()).`,
    );
  if (typeof given !== "object" || given === null) throw notPlugin(String(given), "");
  if (Array.isArray(given)) throw notPlugin("an array", "Give the plug-ins one by one: use(...plugins).");
  if (typeof plugin.name !== "string")
    throw notPlugin(
      `an object with ${Object.keys(plugin).join(", ") || "no fields"}`,
      "A plug-in is { name, sources?, sinks?, formats?, ... }.",
    );
  for (const list of LISTS)
    if (plugin[list] !== undefined && !Array.isArray(plugin[list]))
      throw notPlugin(`'${plugin.name}', whose ${list} are no array`, "");
  for (const { names } of [...(plugin.sources ?? []), ...(plugin.sinks ?? [])])
    if (!Array.isArray(names) || !names.every((name) => typeof name === "string"))
      throw notPlugin(
        `'${plugin.name}', one of whose providers has no list of names`,
        `Write names: ["..."].`,
      );
  for (const { names, outputModes } of plugin.sinks ?? [])
    checkOutputModes(names[0] ?? plugin.name, outputModes);
}

function notPlugin(found: string, advice: string): StreamError {
  return new StreamError({
    condition: "SS_NOT_A_PLUGIN",
    parameters: { found },
    message: `use(...) was given ${found}, which is no plug-in.${advice === "" ? "" : ` ${advice}`}`,
  });
}
