import type { ArchiveFormat } from "@history-sync/encryption-codec";
import { CliError } from "./errors.js";

/** The formats that can be written; libxmtp reads the first one only. */
export const archiveFormats: readonly ArchiveFormat[] = ["xmtp-v0", "paged-v1"];

/** Takes a text for a format, or throws `usage`. */
export function readFormat(
  option: string,
  text: string | undefined,
): ArchiveFormat {
  const format = archiveFormats.find((known) => known === text);
  if (format) return format;
  throw new CliError(
    "usage",
    `${option}: expected ${archiveFormats.join(" or ")}`,
  );
}
