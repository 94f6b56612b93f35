import type { InstallationId } from "@history-sync/primitives";

/** What a look found since the one before. An app's own look may tell more. */
export interface Finding {
  readonly added: readonly InstallationId[];
  readonly revoked: readonly InstallationId[];
}

/** What came of a call: the look that served it, or that the last look is too recent for another. */
export type Outcome<Found extends Finding = Finding> =
  | {
      readonly kind: "looked";
      /** When the look began: after the call. Nanoseconds since the Unix epoch. */
      readonly lookedAtNs: bigint;
      readonly found: Found;
    }
  | {
      readonly kind: "cooling-down";
      /** When the last look began. */
      readonly lookedAtNs: bigint;
      /** From when on a call for the same reason looks again. */
      readonly againAtNs: bigint;
    };
