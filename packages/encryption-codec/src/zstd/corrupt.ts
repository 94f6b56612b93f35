import { EncryptionCodecError } from "../errors.js";

/** What the block decoder throws; whoever walks the blocks adds where it was. */
export function corrupt(what: string): EncryptionCodecError {
  return new EncryptionCodecError("invalid-zstd", what);
}
