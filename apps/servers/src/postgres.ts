import { spawnSync } from "node:child_process";
import { chmodSync, chownSync, copyFileSync, existsSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Certificates, missingForCertificates, testCertificates } from "./certificates.js";
import { freePort } from "./free-port.js";
import { temporaryFolder } from "./guardian.js";
import { answers, runTool } from "./installation.js";
import { type Server, ServerProcess } from "./server-process.js";

/** A PostgreSQL of its own. */
export interface Postgres extends Server {
  /** With user and password. */
  readonly url: string;
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly password: string;
  readonly database: string;
  /** What it takes TLS connections with, beside open ones. */
  readonly certificates: Certificates;
}

const USER = "tester";
const PASSWORD = "tester-secret";
const DEBIAN = "/usr/lib/postgresql";

const isRoot = (): boolean => process.getuid?.() === 0;

/** Why PostgreSQL cannot run on this machine, or undefined where it can. */
export function missingForPostgres(): string | undefined {
  const canInstall = isRoot() && answers("apt-get", ["--version"]);
  if (programs() === undefined && !canInstall) return "postgres is not installed";
  return missingForCertificates();
}

/** The folder of PostgreSQL's programs: the newest that Debian's packages installed, or that of the search path. */
function programs(): string | undefined {
  const releases = existsSync(DEBIAN) ? readdirSync(DEBIAN).sort((a, b) => Number(b) - Number(a)) : [];
  const folders = releases.map((release) => join(DEBIAN, release, "bin"));
  const { stdout } = spawnSync("pg_config", ["--bindir"], { encoding: "utf8" });
  if (stdout) folders.push(stdout.trim());
  return folders.find((folder) => existsSync(join(folder, "initdb")));
}

/** Debian's package would start a server of its own: the setting keeps it from that. */
async function installPrograms(): Promise<string> {
  const found = programs();
  if (found !== undefined) return found;
  const settings = "/etc/postgresql-common/createcluster.d";
  const script = [
    `mkdir -p ${settings}`,
    `echo 'create_main_cluster = false' > ${settings}/no-main-cluster.conf`,
    "apt-get update -q",
    "DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends postgresql",
  ];
  await runTool("sh", ["-ec", script.join("\n")]);
  const installed = programs();
  if (installed === undefined) throw new Error("apt-get installed postgresql, but there is no initdb");
  return installed;
}

/**
 * Starts a PostgreSQL of its own, in a second. Passwords are checked (SCRAM), connections may use TLS, and the log does not
 * hold statements. `kill` ends it as a crash does, without a checkpoint: it recovers when it starts again.
 */
export async function startPostgres(settings: Readonly<Record<string, string>> = {}): Promise<Postgres> {
  const folder = await installPrograms();
  const certificates = await testCertificates();
  const user = serverUser();
  const data = temporaryFolder("postgres");
  await initialize(folder, data, certificates, user);
  const port = await freePort();
  const all = {
    port: String(port),
    listen_addresses: "127.0.0.1",
    unix_socket_directories: "",
    // What a crash of the machine would lose does not matter here; a crash of the server loses nothing.
    fsync: "off",
    shared_buffers: "64MB",
    wal_level: "logical",
    ssl: "on",
    ssl_cert_file: join(data, "server.pem"),
    ssl_key_file: join(data, "server.key"),
    ssl_ca_file: join(data, "authority.pem"),
    ...settings,
  };
  const server = new ServerProcess({
    name: "PostgreSQL",
    command: join(folder, "postgres"),
    args: ["-D", data, ...Object.entries(all).flatMap(([name, value]) => ["-c", `${name}=${value}`])],
    folder: data,
    ready: /database system is ready to accept connections/,
    ...(user === undefined ? {} : { user }),
  });
  // The postmaster's processes outlive a kill -9 of it by a moment that nobody can wait for; this signal ends all alike.
  const kill = () => server.end("SIGQUIT");
  const stop = async () => {
    await kill();
    rmSync(data, { recursive: true, force: true });
  };
  try {
    await server.start();
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    url: `postgres://${USER}:${PASSWORD}@127.0.0.1:${port}/postgres`,
    host: "127.0.0.1",
    port,
    user: USER,
    password: PASSWORD,
    database: "postgres",
    certificates,
    kill,
    restart: async () => {
      await kill();
      await server.start();
    },
    stop,
    output: () => server.output,
  };
}

/** The user that the server runs as: it refuses to be root. */
function serverUser(): { readonly uid: number; readonly gid: number } | undefined {
  if (!isRoot()) return undefined;
  const number = (flag: string): number =>
    Number(spawnSync("id", [flag, "postgres"], { encoding: "utf8" }).stdout);
  return { uid: number("-u"), gid: number("-g") };
}

async function initialize(
  programFolder: string,
  data: string,
  { server, authorityFile }: Certificates,
  user: { readonly uid: number; readonly gid: number } | undefined,
): Promise<void> {
  const own = (path: string): void => {
    if (user !== undefined) chownSync(path, user.uid, user.gid);
  };
  own(data);
  const passwordFile = `${data}-password`;
  writeFileSync(passwordFile, `${PASSWORD}\n`, { mode: 0o600 });
  own(passwordFile);
  const settings = ["-U", USER, "-A", "scram-sha-256", "--pwfile", passwordFile];
  const quick = ["--no-sync", "--encoding", "UTF8", "--locale", "C"];
  const initialized = spawnSync(join(programFolder, "initdb"), ["-D", data, ...settings, ...quick], {
    cwd: data,
    encoding: "utf8",
    ...user,
  });
  rmSync(passwordFile);
  if (initialized.status !== 0) throw new Error(`initdb failed: ${initialized.stderr}`);
  for (const [from, name] of [
    [server.certificateFile, "server.pem"],
    [server.keyFile, "server.key"],
    [authorityFile, "authority.pem"],
  ] as const) {
    const path = join(data, name);
    copyFileSync(from, path);
    chmodSync(path, 0o600);
    own(path);
  }
}
