import { HistoryServerError } from "../../errors.js";

const msOfUnit: Readonly<Record<string, number>> = {
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
};

export function wholeNumber(
  name: string,
  text: string,
  min: number,
  max: number,
): number {
  const value = /^\d{1,16}$/.test(text) ? Number(text) : Number.NaN;
  if (!(value >= min && value <= max)) {
    throw invalid(name, `a whole number from ${min} to ${max}`, text);
  }
  return value;
}

/** Milliseconds of a time such as `12h`. */
export function duration(name: string, text: string): number {
  const [, digits, unit] = /^(\d{1,9})([smhd])$/.exec(text) ?? [];
  const ms = Number(digits) * (msOfUnit[unit ?? ""] ?? Number.NaN);
  if (!(ms > 0)) throw invalid(name, "a time such as 12h or 7d", text);
  return ms;
}

export function oneOf<T extends string>(
  name: string,
  text: string,
  choices: readonly T[],
): T {
  const choice = choices.find((known) => known === text);
  if (choice === undefined) throw invalid(name, choices.join(" or "), text);
  return choice;
}

/** 0 stands for no limit. */
export function orNone(limit: number): number | undefined {
  return limit === 0 ? undefined : limit;
}

function invalid(
  name: string,
  expected: string,
  got: string,
): HistoryServerError {
  return new HistoryServerError(
    "invalid-setting",
    `${name}: expected ${expected}, got ${JSON.stringify(got)}`,
  );
}
