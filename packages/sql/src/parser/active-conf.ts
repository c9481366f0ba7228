import type { ParserConf } from "./parser-conf.js";

const NO_SESSION: ParserConf = {};
let confOfActive: (() => ParserConf) | undefined;

/** The settings for a text that comes without a session, as that of `expr` does: those of the active one, as in Spark. */
export function activeParserConf(): ParserConf {
  return confOfActive?.() ?? NO_SESSION;
}

/** Tells whose settings these are from now on; undefined when no session is active. */
export function setActiveParserConf(conf: (() => ParserConf) | undefined): void {
  confOfActive = conf;
}
