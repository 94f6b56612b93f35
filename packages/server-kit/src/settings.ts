import { parseArgs } from "node:util";
import { ServerKitError } from "./errors.js";

/** One setting of a command: a flag, an environment variable and a default. */
export interface Setting<Value> {
  /** The value as help shows it, such as `N` or `FOLDER`. */
  readonly placeholder: string;
  /** Its purpose, in a few words. */
  readonly help: string;
  /** The default, as a user would write it; absent where the setting has none. */
  readonly fallback?: string | undefined;
  /** Reads a value. `name` is for messages. */
  readonly parse: (name: string, text: string) => Value;
}

/** A command's settings by flag, without the dashes. */
export type SettingsTable = Readonly<Record<string, Setting<unknown>>>;

/** The values of a table: undefined only for settings without a default. */
export type SettingsOf<Table extends SettingsTable> = {
  readonly [Flag in keyof Table]: Table[Flag] extends {
    readonly fallback: string;
  }
    ? ReturnType<Table[Flag]["parse"]>
    : ReturnType<Table[Flag]["parse"]> | undefined;
};

/** The table of a command's settings, with the flags and the environment variables to read them from. */
export interface CommandLine<Table extends SettingsTable> {
  readonly table: Table;
  /** The start of the command's environment variables, such as `XMTP_NODE`. */
  readonly prefix: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
}

/**
 * Reads the arguments, then the environment, then the defaults. Returns `help` or `version` where the arguments ask for
 * that.
 *
 * @throws {ServerKitError} `invalid-setting`, and `unknown-setting` for a flag, an argument or a variable with the prefix
 *   that the table doesn't have
 *
 * @example
 * ```ts
 * import { readSettings, wholeNumber } from "@history-sync/server-kit/node";
 *
 * const port = wholeNumber({ fallback: 8080, help: "the port to listen on" });
 * const settings = readSettings({
 *   table: { port },
 *   prefix: "MY_SERVER",
 *   args: process.argv.slice(2),
 *   env: process.env,
 * });
 * if (typeof settings === "object") console.log(settings.port);
 * ```
 */
export function readSettings<Table extends SettingsTable>({
  table,
  prefix,
  args,
  env,
}: CommandLine<Table>): SettingsOf<Table> | "help" | "version" {
  const flags = Object.keys(table);
  const given = parsedArgs(args, flags);
  if (given.help) return "help";
  if (given.version) return "version";
  expectKnownVariables(env, prefix, flags);
  const values = Object.entries(table).map(([flag, setting]) => {
    const text =
      given[flag] || env[variableOf(prefix, flag)] || setting.fallback;
    const value =
      typeof text === "string" ? setting.parse(`--${flag}`, text) : undefined;
    return [flag, value];
  });
  return Object.fromEntries(values) as SettingsOf<Table>;
}

/** Returns the lines of a table for `--help`, with the defaults. */
export function settingsHelp(table: SettingsTable): string {
  const all = {
    ...table,
    help: { help: "print this text" },
    version: { help: "print the version" },
  };
  return Object.entries<Partial<Setting<unknown>>>(all)
    .map(([flag, { placeholder = "", help, fallback }]) => {
      const shown = `--${flag} ${placeholder}`.padEnd(30);
      const byDefault = fallback === undefined ? "" : ` (${fallback})`;
      return `  ${shown} ${help}${byDefault}\n`;
    })
    .join("");
}

/** Returns the environment variable of a flag. */
export function variableOf(prefix: string, flag: string): string {
  return `${prefix}_${flag.toUpperCase().replaceAll("-", "_")}`;
}

type Parsed = Readonly<Record<string, string | boolean | undefined>>;

function parsedArgs(args: readonly string[], flags: readonly string[]): Parsed {
  const options = Object.fromEntries(
    flags.map((flag) => [flag, { type: "string" as const }]),
  );
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        ...options,
        help: { type: "boolean" },
        version: { type: "boolean" },
      },
    });
    return values as Parsed;
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new ServerKitError("unknown-setting", why, { cause });
  }
}

function expectKnownVariables(
  env: CommandLine<SettingsTable>["env"],
  prefix: string,
  flags: readonly string[],
): void {
  const known = new Set(flags.map((flag) => variableOf(prefix, flag)));
  const unknown = Object.keys(env).find(
    (name) => name.startsWith(`${prefix}_`) && !known.has(name),
  );
  if (unknown === undefined) return;
  throw new ServerKitError(
    "unknown-setting",
    `expected a variable of --help, got ${unknown}`,
  );
}
