import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { answers, installOnce, runTool } from "./installation.js";

/** A certificate and its private key, both as PEM text and as the files that hold it. */
export interface Certificate {
  readonly certificate: string;
  readonly key: string;
  readonly certificateFile: string;
  readonly keyFile: string;
  /** Both in one file, the key first: a PEM key store of Kafka. */
  readonly chainFile: string;
}

/** What TLS tests need: an authority, and what it signed for 127.0.0.1 and localhost. */
export interface Certificates {
  /** The authority's certificate, as PEM text: the `ca` of a client. */
  readonly authority: string;
  readonly authorityFile: string;
  readonly server: Certificate;
  /** A server's, which was valid for no time at all. */
  readonly expired: Certificate;
  readonly client: Certificate;
}

const ROUNDS = [
  { name: "server", days: 3650 },
  { name: "expired", days: 0 },
  { name: "client", days: 3650 },
] as const;

/** Why there can be no certificates on this machine, or undefined where there can. */
export const missingForCertificates = (): string | undefined =>
  answers("openssl", ["version"]) ? undefined : "openssl is not installed";

/** Makes them where that has not been done. */
export async function testCertificates(): Promise<Certificates> {
  const folder = await installOnce("certificates", "RSA 2048, 3650 days", makeAll);
  const file = (name: string): string => join(folder, name);
  const read = (name: string): Certificate => ({
    certificate: readFileSync(file(`${name}.pem`), "utf8"),
    key: readFileSync(file(`${name}.key`), "utf8"),
    certificateFile: file(`${name}.pem`),
    keyFile: file(`${name}.key`),
    chainFile: file(`${name}-chain.pem`),
  });
  return {
    authority: readFileSync(file("authority.pem"), "utf8"),
    authorityFile: file("authority.pem"),
    server: read("server"),
    expired: read("expired"),
    client: read("client"),
  };
}

async function makeAll(folder: string): Promise<void> {
  const openssl = (...args: readonly string[]) => runTool("openssl", args, folder);
  const keyOf = (name: string) => ["-newkey", "rsa:2048", "-nodes", "-keyout", `${name}.key`];
  writeFileSync(join(folder, "names.cnf"), "subjectAltName=DNS:localhost,IP:127.0.0.1\n");
  const authority = ["-subj", "/CN=test authority", "-days", "3650", "-out", "authority.pem"];
  await openssl("req", "-x509", ...keyOf("authority"), ...authority);
  for (const { name, days } of ROUNDS) {
    await openssl("req", "-new", ...keyOf(name), "-subj", `/CN=${name}`, "-out", `${name}.csr`);
    const signer = ["-CA", "authority.pem", "-CAkey", "authority.key", "-CAcreateserial"];
    const validity = ["-days", String(days), "-extfile", "names.cnf", "-out", `${name}.pem`];
    await openssl("x509", "-req", "-in", `${name}.csr`, ...signer, ...validity);
    const both = [`${name}.key`, `${name}.pem`].map((file) => readFileSync(join(folder, file), "utf8"));
    writeFileSync(join(folder, `${name}-chain.pem`), both.join(""));
  }
}
