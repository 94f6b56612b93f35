import { type ParseArgsOptionsConfig, parseArgs } from "node:util";
import { CliError } from "./errors.js";

type Values<Options extends ParseArgsOptionsConfig> = ReturnType<
  typeof parseArgs<{ options: Options; allowPositionals: true }>
>["values"];

export interface Arguments<
  Options extends ParseArgsOptionsConfig,
  Names extends readonly string[],
> {
  readonly values: Values<Options>;
  /** One value for each name. */
  readonly positionals: { readonly [Index in keyof Names]: string };
}

/**
 * Reads a command's arguments: as many positional ones as there are names, and the options. No message contains a value,
 * which could be a key in the wrong place.
 *
 * @throws {CliError} `usage`
 */
export function readArguments<
  const Options extends ParseArgsOptionsConfig,
  const Names extends readonly string[],
>(
  args: readonly string[],
  names: Names,
  options: Options,
): Arguments<Options, Names> {
  const { values, positionals } = parse(args, options);
  if (positionals.length !== names.length) {
    const expected = names.length === 0 ? "none" : names.join(" ");
    throw new CliError(
      "usage",
      `arguments beside options: expected ${expected}, got ${positionals.length}`,
    );
  }
  return {
    values,
    positionals: positionals as readonly string[] as Arguments<
      Options,
      Names
    >["positionals"],
  };
}

function parse<const Options extends ParseArgsOptionsConfig>(
  args: readonly string[],
  options: Options,
) {
  try {
    return parseArgs({ args: [...args], options, allowPositionals: true });
  } catch (cause) {
    const message = cause instanceof Error ? cause.message : String(cause);
    // Node adds advice, in further sentences and lines.
    const [problem = message] = message.split(/\.\s/);
    throw new CliError("usage", problem, { cause });
  }
}
