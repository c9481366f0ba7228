export { type LmdbStateStoreOptions, lmdbStateStore, lmdbStateStoreProvider } from "./plugin.js";
