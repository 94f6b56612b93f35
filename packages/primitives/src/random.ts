/** Where secrets and ids come from: `length` bytes that nobody can guess. */
export type RandomBytes = (length: number) => Uint8Array<ArrayBuffer>;

// https://www.w3.org/TR/webcrypto/#Crypto-method-getRandomValues
const maxBytesAtOnce = 65_536;

export const systemRandomBytes: RandomBytes = (length) => {
  const bytes = new Uint8Array(length);
  for (let at = 0; at < length; at += maxBytesAtOnce) {
    crypto.getRandomValues(bytes.subarray(at, at + maxBytesAtOnce));
  }
  return bytes;
};
