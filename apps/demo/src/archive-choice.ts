import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import medium from "@history-sync/fixtures/libxmtp/medium.json" with {
  type: "json",
};
import { fromHex } from "@history-sync/primitives";

/** A history to start from. */
export interface ArchiveChoice {
  readonly path: string;
  readonly key: Uint8Array;
  readonly origin: string;
}

/** The archive that the command line names, or the one of ours that real libxmtp made. */
export async function chooseArchive(
  path: string | undefined,
  keyHex: string | undefined,
): Promise<ArchiveChoice> {
  if (path === undefined) {
    const url = import.meta.resolve(
      "@history-sync/fixtures/libxmtp/medium.xmtp",
    );
    return {
      path: fileURLToPath(url),
      key: fromHex(medium.keyHex),
      origin: "medium.xmtp, made by libxmtp 1.10.0",
    };
  }
  if (keyHex === undefined) throw new Error("--archive needs --key");
  await readFile(path);
  return { path, key: fromHex(keyHex), origin: path };
}
