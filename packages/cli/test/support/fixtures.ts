import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import mediumFacts from "@history-sync/fixtures/libxmtp/medium.json" with {
  type: "json",
};
import tinyFacts from "@history-sync/fixtures/libxmtp/tiny.json" with {
  type: "json",
};
import tinyConsentFacts from "@history-sync/fixtures/libxmtp/tiny-consent-only.json" with {
  type: "json",
};
import tinyEmptyFacts from "@history-sync/fixtures/libxmtp/tiny-empty-elements.json" with {
  type: "json",
};
import tinyMessagesFacts from "@history-sync/fixtures/libxmtp/tiny-messages-only.json" with {
  type: "json",
};

/** An archive that real libxmtp made. */
export interface Fixture {
  readonly name: string;
  readonly path: string;
  readonly keyHex: string;
}

export const tiny: Fixture = fixtureOf(tinyFacts);
export const medium: Fixture = fixtureOf(mediumFacts);

export const fixtures: readonly Fixture[] = [
  tiny,
  fixtureOf(tinyMessagesFacts),
  fixtureOf(tinyConsentFacts),
  fixtureOf(tinyEmptyFacts),
  medium,
];

/** All of its records bear one nonce. */
export const legacy: Fixture = {
  name: "archive-legacy",
  path: fixturePath("archive-legacy.xmtp"),
  keyHex: "00".repeat(32),
};

/** Its content, as JSON of `BackupElement`s. */
export function elementsOf({ name }: Fixture): readonly unknown[] {
  const path = fixturePath(`${name}.elements.json`);
  return JSON.parse(readFileSync(path, "utf8")) as readonly unknown[];
}

function fixtureOf({ name, keyHex }: Omit<Fixture, "path">): Fixture {
  return { name, path: fixturePath(`${name}.xmtp`), keyHex };
}

function fixturePath(file: string): string {
  return createRequire(import.meta.url).resolve(
    `@history-sync/fixtures/libxmtp/${file}`,
  );
}
