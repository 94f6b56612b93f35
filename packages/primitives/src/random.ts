/** Returns `length` random bytes that can't be predicted. It is passed in, so that tests control it. */
export type RandomBytes = (length: number) => Uint8Array<ArrayBuffer>;

// https://www.w3.org/TR/webcrypto/#Crypto-method-getRandomValues
const maxBytesAtOnce = 65_536;

/** The random bytes of the system, from Web Crypto. */
export const systemRandomBytes: RandomBytes = (length) => {
  const bytes = new Uint8Array(length);
  for (let at = 0; at < length; at += maxBytesAtOnce) {
    crypto.getRandomValues(bytes.subarray(at, at + maxBytesAtOnce));
  }
  return bytes;
};
