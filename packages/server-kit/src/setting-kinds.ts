import { ServerKitError } from "./errors.js";
import type { Setting } from "./settings.js";

/** The text that `--help` shows of a setting. */
export type SettingHelp = Pick<Setting<unknown>, "placeholder" | "help">;
/** A setting with a default, as the text that a flag would have. */
export type SettingWithFallback<Value> = Setting<Value> & {
  readonly fallback: string;
};

const msOfUnit: Readonly<Record<string, number>> = {
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
};

/** The largest number that a limit may be. */
const maxLimit = 2 ** 50;

/** A text, such as a host or a path. */
export function text(
  shown: SettingHelp & { readonly fallback: string },
): SettingWithFallback<string> {
  return { ...shown, parse: (_name, value) => value };
}

/** A text that may be absent. */
export function optionalText(shown: SettingHelp): Setting<string> {
  return { ...shown, parse: (_name, value) => value };
}

/** A whole number between two bounds. */
export function wholeNumber({
  min = 0,
  max = maxLimit,
  fallback,
  ...shown
}: Pick<Setting<unknown>, "help"> & {
  readonly min?: number;
  readonly max?: number;
  readonly fallback: number;
}): SettingWithFallback<number> {
  return {
    placeholder: "N",
    ...shown,
    fallback: `${fallback}`,
    parse: (name, value) => parseWholeNumber(name, value, min, max),
  };
}

/** A number of which 0 means no limit: then the value is undefined. */
export function limit({
  help,
  fallback,
}: {
  readonly help: string;
  readonly fallback: number;
}): SettingWithFallback<number | undefined> {
  return {
    placeholder: "N",
    help: `${help}; 0 for no limit`,
    fallback: `${fallback}`,
    parse: (name, value) =>
      parseWholeNumber(name, value, 0, maxLimit) || undefined,
  };
}

/** A time such as `90s`, `30m`, `12h` or `7d`, in milliseconds. */
export function duration({
  help,
  fallback,
}: {
  readonly help: string;
  readonly fallback: string;
}): SettingWithFallback<number> {
  return { placeholder: "TIME", help, fallback, parse: parseDuration };
}

/** One of a few words. */
export function choice<Choice extends string>({
  choices,
  ...shown
}: SettingHelp & {
  readonly fallback: Choice;
  readonly choices: readonly Choice[];
}): SettingWithFallback<Choice> {
  return {
    ...shown,
    parse(name, value) {
      const found = choices.find((known) => known === value);
      if (found !== undefined) return found;
      throw invalid(name, choices.join(" or "), value);
    },
  };
}

/** @throws {ServerKitError} `invalid-setting` */
export function parseWholeNumber(
  name: string,
  value: string,
  min: number,
  max: number,
): number {
  const number = /^\d{1,16}$/.test(value) ? Number(value) : Number.NaN;
  if (number >= min && number <= max) return number;
  throw invalid(name, `a whole number from ${min} to ${max}`, value);
}

/**
 * Returns the milliseconds of a time such as `12h`.
 *
 * @throws {ServerKitError} `invalid-setting`
 */
export function parseDuration(name: string, value: string): number {
  const [, digits, unit] = /^(\d{1,9})([smhd])$/.exec(value) ?? [];
  const ms = Number(digits) * (msOfUnit[unit ?? ""] ?? Number.NaN);
  if (ms > 0) return ms;
  throw invalid(name, "a time such as 12h or 7d", value);
}

function invalid(name: string, expected: string, got: string): ServerKitError {
  return new ServerKitError(
    "invalid-setting",
    `${name}: expected ${expected}, got ${JSON.stringify(got)}`,
  );
}
