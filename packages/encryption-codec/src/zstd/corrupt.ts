import { EncryptionCodecError } from "../errors.js";

/** The block decoder's error; its caller, which walks the blocks, adds the position. */
export function corrupt(what: string): EncryptionCodecError {
  return new EncryptionCodecError("invalid-zstd", what);
}
