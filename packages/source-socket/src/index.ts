export { type SocketOptions, socket, socketSource } from "./plugin.js";
