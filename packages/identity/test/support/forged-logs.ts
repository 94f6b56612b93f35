import type { IdentityErrorCode } from "../../src/index.js";
import { forgedBytes } from "./forged-bytes.js";
import { forgedRights } from "./forged-rights.js";
import { forgedSignatures } from "./forged-signatures.js";
import type { Story } from "./story.js";

/** A log with a last entry that has to be refused. */
export interface ForgedLog {
  readonly says: string;
  readonly refusedWith: IdentityErrorCode;
  readonly story: Story;
  /** Asks for the inbox as it was then. */
  readonly atSequenceId?: bigint;
  /** A reader lets it pass; a node refuses to store it. */
  readonly onlyByNodes?: true;
}

export type Forgeries = Readonly<Record<string, () => Promise<ForgedLog>>>;

export const forgedLogs: Forgeries = {
  ...forgedSignatures,
  ...forgedRights,
  ...forgedBytes,
};
