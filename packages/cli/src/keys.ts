import { createReadStream } from "node:fs";
import { buffer } from "node:stream/consumers";
import { archiveKeyBytes } from "@history-sync/encryption-codec";
import { fromHex } from "@history-sync/primitives";
import { CliError, fileError } from "./errors.js";

/** The possible sources of one key. */
export interface KeySource {
  readonly option: "key" | "out-key";
  readonly fileOption: "key-file" | "out-key-file";
  readonly variable: "HISTORY_SYNC_KEY" | "HISTORY_SYNC_OUT_KEY";
}

export const archiveKey: KeySource = {
  option: "key",
  fileOption: "key-file",
  variable: "HISTORY_SYNC_KEY",
};

export const newArchiveKey: KeySource = {
  option: "out-key",
  fileOption: "out-key-file",
  variable: "HISTORY_SYNC_OUT_KEY",
};

/** The values of the key options. */
export type KeyValues = Readonly<
  Partial<Record<KeySource["option" | "fileOption"], string | undefined>>
>;

// More than any key and the line ends around it, and little for a file named by mistake.
const maxFileBytes = 256;

/**
 * Returns the key, which the caller wipes.
 *
 * @throws {CliError} `no-key`, `invalid-key`, `unreadable-file`
 */
export async function readKey(
  source: KeySource,
  values: KeyValues,
  env: Readonly<Record<string, string | undefined>>,
): Promise<Uint8Array> {
  const key = await readOptionalKey(source, values, env);
  if (key) return key;
  throw new CliError(
    "no-key",
    `expected --${source.option} HEX, --${source.fileOption} FILE or ${source.variable}`,
  );
}

/** Returns the key if there is one. Options take precedence over the environment. No error contains a value, which could be a key in the wrong place. */
export async function readOptionalKey(
  { option, fileOption, variable }: KeySource,
  values: KeyValues,
  env: Readonly<Record<string, string | undefined>>,
): Promise<Uint8Array | undefined> {
  const text = values[option];
  const file = values[fileOption];
  if (text !== undefined && file !== undefined) {
    throw new CliError(
      "usage",
      `expected one of --${option} and --${fileOption}, got both`,
    );
  }
  if (text !== undefined) return keyOfHex(text, `--${option}`);
  if (file !== undefined) return keyOfFile(file, `--${fileOption}`);
  const variableText = env[variable];
  return variableText ? keyOfHex(variableText, variable) : undefined;
}

async function keyOfFile(path: string, where: string): Promise<Uint8Array> {
  const bytes = await buffer(
    createReadStream(path, { end: maxFileBytes - 1 }),
  ).catch((cause: unknown) => {
    throw fileError("unreadable-file", where, cause);
  });
  return bytes.length === archiveKeyBytes
    ? new Uint8Array(bytes)
    : keyOfHex(bytes.toString("latin1"), where);
}

function keyOfHex(text: string, where: string): Uint8Array {
  const digits = text.trim();
  if (!/^[0-9a-fA-F]*$/.test(digits) || digits.length !== 2 * archiveKeyBytes) {
    throw new CliError(
      "invalid-key",
      `${where}: expected ${2 * archiveKeyBytes} hex digits, got ${digits.length} characters`,
    );
  }
  return fromHex(digits);
}
