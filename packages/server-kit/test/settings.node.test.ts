import { describe, expect, test } from "vitest";
import {
  choice,
  duration,
  limit,
  optionalText,
  readSettings,
  settingsHelp,
  text,
  variableOf,
  wholeNumber,
} from "../src/node.js";

const table = {
  port: wholeNumber({ help: "port", max: 65_535, fallback: 80 }),
  host: text({ placeholder: "HOST", help: "host", fallback: "127.0.0.1" }),
  "max-bytes": limit({ help: "bytes", fallback: 0 }),
  ttl: duration({ help: "lifetime", fallback: "7d" }),
  metrics: choice({
    placeholder: "WHO",
    help: "readers",
    choices: ["off", "any"],
    fallback: "off",
  }),
  file: optionalText({ placeholder: "FILE", help: "a file" }),
};

const read = (args: readonly string[], env: Record<string, string> = {}) =>
  readSettings({ table, prefix: "A_SERVER", args, env });

test("readSettings takes the arguments, then the environment, then the defaults", () => {
  expect(read([])).toEqual({
    port: 80,
    host: "127.0.0.1",
    "max-bytes": undefined,
    ttl: 604_800_000,
    metrics: "off",
    file: undefined,
  });
  const env = { A_SERVER_PORT: "81", A_SERVER_MAX_BYTES: "9", OTHER: "x" };
  expect(read(["--port", "82", "--file=f"], env)).toMatchObject({
    port: 82,
    "max-bytes": 9,
    file: "f",
  });
});

describe("readSettings refuses", () => {
  test.each([
    ["--port=x", "whole number from 0 to 65535"],
    ["--port=65536", "whole number"],
    ["--port=-1", "whole number"],
    ["--ttl=7", "a time such as"],
    ["--ttl=0d", "a time such as"],
    ["--metrics=all", "off or any"],
  ])("%s", (arg, expected) => {
    expect(() => read([arg])).toThrow(
      expect.objectContaining({
        code: "invalid-setting",
        message: expect.stringContaining(expected),
      }),
    );
  });

  test("an unknown flag", () => {
    expect(() => read(["--prot=1"])).toThrow(
      expect.objectContaining({ code: "unknown-setting" }),
    );
  });

  test("an unknown variable with its prefix", () => {
    expect(() => read([], { A_SERVER_PROT: "1" })).toThrow("A_SERVER_PROT");
  });
});

test("readSettings returns help and version where they are asked for", () => {
  expect(read(["--help"])).toBe("help");
  expect(read(["--version"])).toBe("version");
});

test("settingsHelp names every flag with its default", () => {
  const help = settingsHelp(table);
  for (const flag of [...Object.keys(table), "help", "version"]) {
    expect(help).toContain(`--${flag}`);
  }
  expect(help).toContain("(7d)");
  expect(
    Math.max(...help.split("\n").map(({ length }) => length)),
  ).toBeLessThan(81);
});

test("variableOf writes a flag in capitals", () => {
  expect(variableOf("A_SERVER", "max-bytes")).toBe("A_SERVER_MAX_BYTES");
});
