import type { MlsContext } from "./ports.js";

// XMTP waits 50 to 150 ms between its rounds.
const firstWaitMs = 50;
const longestWaitMs = 1_000;

/**
 * Waits after the `lost`th race in a row. After the first one not at all: whoever won it is done. From then on twice as
 * long each time, and half of it by chance, so that two members don't meet again.
 */
export async function waitAfterLostRace(
  lost: number,
  { clock, randomBytes }: MlsContext,
  signal: AbortSignal | undefined,
): Promise<void> {
  if (lost < 2) return;
  const longest = Math.min(firstWaitMs * 2 ** (lost - 1), longestWaitMs);
  const chance = (randomBytes(1)[0] ?? 0) / 0x100;
  await clock.sleep(longest * (0.5 + chance / 2), signal);
}
